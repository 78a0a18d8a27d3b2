package layout

// v314 is CPython 3.14: a pointer to the top of the stack and tagged references
// in frames, hashes in tuples, tasks in lists of their threads, awaited_by. Read
// from what the compiler makes of the headers of 3.14.10; asyncio's own, which
// no header has, from the source and from the memory of a 3.14.6.
//
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_debug_offsets.h
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_interp_structs.h
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_interpframe_structs.h
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_tstate.h
//   - https://github.com/python/cpython/blob/v3.14.0/Include/cpython/tupleobject.h
//   - https://github.com/python/cpython/blob/v3.14.0/Modules/_asynciomodule.c
func v314() Layout {
	l := v313()

	l.Runtime.Finalizing = 784
	l.Runtime.InterpretersHead = 808
	l.Interp.ID = 7280
	l.Interp.Next = 7272
	l.Interp.Modules = 7688
	l.Interp.GC = 7408
	l.Interp.AsyncioTasksHead = 10880

	l.Thread.RunningLoop = 864
	l.Thread.RunningTask = 872
	l.Thread.AsyncioTasks = 880

	l.GC.Generation0 = 256

	l.Container.TupleItems = 32

	l.Code.Bytecode = 208
	l.Code.FirstTraceable = 192
	l.Code.Size = 216

	l.Frame.LocalsPlus = 80
	l.Frame.Owner = 74
	l.Frame.StackTop = 64
	l.Frame.StackDepth = Absent
	l.Frame.Size = 88
	l.Frame.Tagged = true

	l.Future.State = 104
	l.Future.LogTB = Bit{110, 1 << 0}
	l.Task.FutWaiter = 120
	l.Task.Coro = 128
	l.Task.Name = 136
	l.Task.Context = 144
	l.Task.MustCancel = Bit{110, 1 << 2}
	l.Task.CancelRequests = 112
	l.Task.AwaitedBy = 96
	l.Task.AwaitedByIsSet = 109
	l.Task.Node = 152
	l.Task.Size = 168

	// The module keeps no registry: the threads' lists are it.
	l.AsyncioMod = AsyncioMod{}
	return l
}
