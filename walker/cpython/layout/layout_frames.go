package layout

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
