package layout

// Absent is the offset of a field that this version does not have.
const Absent = -1

// Layout is where fields lie: offsets in bytes from the start of the C
// structure that holds them, and a few sizes. A field that the version does
// not have is [Absent]. Code decides by that, not by version numbers.
//
// Names are CPython's own, without its prefixes: Thread.CurrentFrame is
// PyThreadState.current_frame.
type Layout struct {
	Version Version
	Source  string // table, or self-described: the fields that the interpreter tells are its own

	Runtime    Runtime
	Interp     Interp
	Thread     Thread
	GC         GC
	Object     Object
	Type       Type
	Unicode    Unicode
	Int        Int
	Container  Container
	Dict       Dict
	Function   Function
	Code       Code
	Frame      Frame
	Gen        Gen
	Exception  Exception
	Traceback  Traceback
	Future     Future
	Task       Task
	AsyncioMod AsyncioMod
}

// Runtime is _PyRuntimeState.
type Runtime struct {
	Finalizing       int // non-zero while the interpreter shuts down
	InterpretersHead int
}

// Interp is PyInterpreterState.
type Interp struct {
	ID, Next         int
	ThreadsHead      int // first of the PyThreadStates; newer threads come first
	Modules          int // sys.modules
	GC               int // of its own; 3.8 has it in the runtime, and Absent here
	AsyncioTasksHead int // 3.14: llist of tasks whose thread state is gone
}

// Thread is PyThreadState, and _PyThreadStateImpl where that adds fields.
type Thread struct {
	Next, Interp   int
	Frame          int // to 3.10: PyFrameObject* on top
	CFrame         int // 3.11, 3.12: _PyCFrame*, whose current_frame is at CFrameCurrent
	CFrameCurrent  int
	CurrentFrame   int // 3.13: _PyInterpreterFrame* on top
	ThreadID       int // pthread_t
	NativeID       int // the OS's id of the thread; Absent to 3.10
	Context        int // the current contextvars.Context
	DatastackChunk int // 3.11: first _PyStackChunk of the interpreter frames' memory
	Dict           int // of the thread; to 3.12 it has the running event loop
	RunningLoop    int // 3.13: asyncio_running_loop
	RunningTask    int // 3.14: asyncio_running_task
	AsyncioTasks   int // 3.14: llist of the tasks of this thread's loops
}

// GC is struct _gc_runtime_state and the headers of tracked objects.
type GC struct {
	Runtime     int // 3.8: of the state in _PyRuntimeState; else Absent
	Generations int // in the state: the first generation's list head; the low two bits of the links are flags
	Generation0 int // in the state: a pointer to that head, which 3.14.0 to 3.14.4 do not have
	Generation  int // size of one struct gc_generation
	Count       int // how many lists there are, young to old, without the permanent one
	Header      int // size of PyGC_Head, which stands before each object
}

// Object is PyObject and PyVarObject.
type Object struct {
	Type   int
	Size   int // ob_size of PyVarObject
	Header int // size of PyObject
}

// Type is PyTypeObject and PyHeapTypeObject.
type Type struct {
	Name       int // tp_name: char*
	BasicSize  int
	ItemSize   int
	Flags      int
	DictOffset int
	WeakList   int // tp_weaklistoffset
	Base       int
	Dict       int // tp_dict
	MRO        int
	HeapName   int // ht_name: str; of heap types alone
	Qualname   int // ht_qualname: str; of heap types alone
	CachedKeys int // ht_cached_keys; of heap types alone
	Module     int // ht_module; Absent to 3.8

	// Where an instance keeps its attributes.
	//
	//   ManagedValues, ManagedDict  negative offsets from the object: 3.11 has
	//                  both, 3.12 one word for either (the lowest bit tells),
	//                  3.13 a dict alone at ManagedDict
	//   InlineValues   3.13: values follow the object at tp_basicsize when the
	//                  type has this flag
	ManagedValues   int
	ManagedDict     int
	ManagedFlag     uint64 // Py_TPFLAGS_MANAGED_DICT; 0: the version has none
	InlineFlag      uint64 // Py_TPFLAGS_INLINE_VALUES; 0: the version has none
	ManagedIsTagged bool   // 3.12: the word at ManagedDict is values-1 when odd
	ValuesHeader    int    // bytes before the first value of PyDictValues
}

// Unicode is PyUnicodeObject in its compact forms. The bits of state are the
// same in all versions: kind 2 to 4, compact 5, ascii 6.
type Unicode struct {
	Length, State int
	ASCII         int // where the characters of an ASCII string begin: sizeof PyASCIIObject
	Compact       int // where those of any other compact one begin
}

// Int is PyLongObject: 30-bit digits in 4 bytes each.
type Int struct {
	Size  int  // ob_size, negative for negative numbers; or lv_tag
	Tag   bool // 3.12: lv_tag, the number of digits shifted left by 3, sign in the low 2 bits
	Digit int
}

// Container is the sequences, sets and other small objects.
type Container struct {
	TupleItems int
	ListItems  int // PyObject**
	BytesData  int
	FloatValue int // of complex: two, the real part first

	ByteArrayStart int // PyByteArrayObject.ob_start

	SetFill, SetUsed, SetMask, SetTable int // entries of 16 bytes: key, hash

	CellValue   int // PyCellObject.ob_ref
	WeakObject  int // PyWeakReference.wr_object
	MethodFunc  int // PyMethodObject.im_func
	MethodSelf  int
	CFuncDef    int // PyCFunctionObject.m_ml: PyMethodDef, whose first word is the name
	CFuncSelf   int
	PartialFn   int
	PartialArgs int
	PartialKw   int
	ModuleDict  int // PyModuleObject.md_dict
	MemberDef   int // PyMemberDescrObject.d_member: PyMemberDef{name, type, offset at 16}

	// dequeobject of _collections; a block is {leftlink, data[64], rightlink}.
	// simplequeueobject of _queue: to 3.12 a list and where it begins, from 3.13
	// on a ring of references.
	SimpleList, SimpleListPos                  int
	RingGet, RingItems, RingCapacity, RingUsed int

	DequeLeftBlock, DequeLeftIndex  int
	DequeBlockData                  int
	DequeBlockLeft, DequeBlockRight int
	DequeMaxLen                     int // -1: none
}

// Dict is PyDictObject and PyDictKeysObject.
type Dict struct {
	Used   int
	Keys   int
	Values int // of a split dict; zero: combined

	KeysSize      int // to 3.10: dk_size, the number of index slots
	KeysLog2Index int // 3.11: dk_log2_index_bytes
	KeysKind      int // 3.11: dk_kind: 0 general entries {hash, key, value}, else {key, value}
	KeysEntries   int // dk_nentries
	KeysIndices   int // where the index table begins; entries follow it
}

// Function is PyFunctionObject.
type Function struct {
	Code, Closure, Qualname, Module, Defaults int
	Dict                                      int // of attributes: functools.wraps puts __wrapped__ there
}

// Code is PyCodeObject.
type Code struct {
	Filename, Name    int
	Qualname          int // Absent to 3.10
	FirstLine         int
	LineTable         int // co_lnotab, co_linetable: a bytes object
	LineFormat        LineFormat
	ArgCount          int
	KwOnlyArgCount    int
	Flags             int
	NLocalsPlus       int // 3.11: locals, cells and free variables together
	LocalsPlusNames   int // 3.11: tuple
	LocalsPlusKinds   int // 3.11: bytes; 0x20 local, 0x40 cell, 0x80 free
	NLocals           int // to 3.10
	VarNames          int // to 3.10: tuple
	FreeVars          int // to 3.10: tuple
	CellVars          int // to 3.10: tuple
	Bytecode          int // co_code_adaptive, in the object itself; to 3.10 co_code, a bytes object
	BytecodeIsPointer bool
	ExceptionTable    int // 3.11: co_exceptiontable, a bytes object; Absent to 3.10
	FirstTraceable    int // 3.11: _co_firsttraceable, in instructions; Absent to 3.10
	Size              int // sizeof, with the bytecode's first word where it has any
}

// LineFormat is how a code object tells lines.
type LineFormat uint8

// The formats.
const (
	Lnotab    LineFormat = iota // to 3.9: pairs of bytes, from the first line
	PEP626                      // 3.10: pairs of bytes, ranges of instructions
	Locations                   // 3.11: variable-length entries with columns
)

// Frame is the interpreter's frame of a Python function: PyFrameObject to
// 3.10, _PyInterpreterFrame from 3.11 on.
type Frame struct {
	Previous    int // f_back or previous
	Code        int // f_code, f_executable
	Instr       int // f_lasti (an index), prev_instr, instr_ptr
	InstrKind   InstrKind
	LocalsPlus  int
	ValueStack  int // to 3.10: f_valuestack, a pointer to the stack's bottom
	StackTop    int // 3.8, 3.9: f_stacktop, a pointer, zero while it runs; 3.14: stackpointer
	StackDepth  int // 3.10: f_stackdepth; 3.11 to 3.13: stacktop, both counts (3.11: from LocalsPlus on)
	State       int // 3.10: f_state
	Executing   int // 3.8, 3.9: f_executing
	BlockCount  int // to 3.10: f_iblock, how many of BlockStack are in use; Absent from 3.11 on
	BlockStack  int // to 3.10: f_blockstack: {int type, handler, level}, 12 bytes each; Absent from 3.11 on
	Gen         int // to 3.10: f_gen, the generator that owns the frame; Absent from 3.11 on
	Owner       int // 3.11: who owns the frame's memory
	FrameObject int // 3.11: PyFrameObject* if one was made
	Globals     int
	Function    int  // 3.11: f_func, f_funcobj
	Size        int  // sizeof, with the first of LocalsPlus
	ObjectFrame int  // 3.11: in a PyFrameObject: f_frame, a pointer to this
	Tagged      bool // 3.14: the low two bits of references are tags; with both set it is an integer and no reference
}

// InstrKind is how a frame tells where it stands.
type InstrKind uint8

// The kinds.
const (
	LastByte    InstrKind = iota // 3.8, 3.9: f_lasti, offset in bytes of the last instruction
	LastWord                     // 3.10: f_lasti, offset in instructions of 2 bytes
	PrevPointer                  // 3.11, 3.12: prev_instr, a pointer to the last instruction
	NextPointer                  // 3.13: instr_ptr; of a suspended frame, the instruction to go on with
)

// Values of Frame.Owner, from 3.11 on. What is OwnedByCStack and above is an
// entry frame of the interpreter itself and no Python function.
const (
	OwnedByThread      = 0
	OwnedByGenerator   = 1
	OwnedByFrameObject = 2
	OwnedByCStack      = 3
)

// Exception is PyBaseExceptionObject.
type Exception struct {
	Args, Traceback, Context, Cause int
	Notes                           int // 3.11; before, and at times now, in the attributes
	SuppressContext                 int // one byte
	Dict                            int
}

// Traceback is PyTracebackObject.
type Traceback struct {
	Next  int
	Frame int // PyFrameObject*
	LastI int // in bytes, in all versions
	Line  int // from some 3.11 on -1 until somebody asks for it: then LastI tells
}

// Gen is PyGenObject, PyCoroObject and PyAsyncGenObject, which begin alike.
type Gen struct {
	Frame     int // gi_frame, a pointer to 3.10; gi_iframe, in the object itself, from 3.11 on
	Embedded  bool
	State     int // gi_frame_state, one signed byte; Absent to 3.10
	Code      int // gi_code; Absent from 3.12 on
	Name      int
	Qualname  int
	Origin    int // cr_origin, of coroutines
	AGRunning int // ag_running_async, of async generators

	// Values of State, and of Frame.State in 3.10.
	Created, Suspended, YieldFrom int8 // YieldFrom: awaiting; equal to Suspended where the version does not tell
	Executing                     int8
	Completed                     int8 // and above: there is no frame any more

	// The awaited object lies this many words below the stack's top: 1, and 2
	// from 3.15 on.
	AwaitedDepth int

	Wrapped int // in async_generator_asend, _athrow, coroutine_wrapper, anext_awaitable: what they wrap
}

// Future is FutureObj of Modules/_asynciomodule.c.
type Future struct {
	Loop, Callback0, Context0, Callbacks int
	Exception, ExceptionTB               int // the latter Absent to 3.9
	Result, SourceTB, CancelMsg          int
	CancelledExc                         int // the CancelledError that it ended with, until somebody retrieves it; 3.9, 3.10: exc_value of a _PyErr_StackItem
	State                                int // 0 pending, 1 cancelled, 2 finished; 4 bytes
	LogTB                                Bit
	Dict                                 int // Absent where the dict is managed
	IterFuture                           int // FutureIter.future
}

// Task is TaskObj, which begins as FutureObj does.
type Task struct {
	FutWaiter, Coro, Name, Context int
	MustCancel                     Bit
	CancelRequests                 int // task_num_cancels_requested; Absent to 3.10
	AwaitedBy                      int // 3.14
	AwaitedByIsSet                 int
	Node                           int // 3.14: llist_node in a thread's list
	Size                           int
}

// Bit is a flag in a structure: the mask is of a 1-byte word at the offset.
type Bit struct {
	Offset int
	Mask   byte
}

// AsyncioMod is what the C module _asyncio keeps of its own, to be found in
// the module's dict by these names; an empty name is not there.
type AsyncioMod struct {
	AllTasks     string // to 3.11 WeakSet of every task; 3.12, 3.13 _scheduled_tasks
	EagerTasks   string // 3.12: a set
	CurrentTasks string // to 3.13: {loop: task}
}
