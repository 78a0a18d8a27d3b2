package layout

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
