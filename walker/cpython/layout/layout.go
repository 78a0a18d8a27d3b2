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
