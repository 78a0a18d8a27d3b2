package layout

// v315 is CPython 3.15: other states of generators, and one more slot on the
// stack above what a SEND awaits. Read from what the compiler makes of the
// headers of 3.15.2; asyncio's own from the memory of a 3.15.2.
//
//   - https://github.com/python/cpython/blob/v3.15.0/Include/internal/pycore_debug_offsets.h
//   - https://github.com/python/cpython/blob/v3.15.0/Include/internal/pycore_interp_structs.h
//   - https://github.com/python/cpython/blob/v3.15.0/Include/internal/pycore_frame.h
//   - https://github.com/python/cpython/blob/v3.15.0/Include/internal/pycore_tstate.h
//   - https://github.com/python/cpython/blob/v3.15.0/Include/cpython/object.h
//   - https://github.com/python/cpython/blob/v3.15.0/Modules/_asynciomodule.c
func v315() Layout {
	l := v314()

	l.Runtime.Finalizing = 912
	l.Runtime.InterpretersHead = 936
	l.Interp.ID = 7272
	l.Interp.Next = 7264
	l.Interp.ThreadsHead = 7336
	l.Interp.Modules = 7592
	l.Interp.GC = 7400
	l.Interp.AsyncioTasksHead = 10856

	l.Thread.Dict = 152
	l.Thread.ThreadID = 176
	l.Thread.NativeID = 184
	l.Thread.Context = 232
	l.Thread.DatastackChunk = 256
	l.Thread.RunningLoop = 1024
	l.Thread.RunningTask = 1032
	l.Thread.AsyncioTasks = 1048

	// What it kept to delete later went to the threads.
	l.GC.Generations = 8
	l.GC.Generation0 = 168

	l.Type.HeapName = 864
	l.Type.Qualname = 880
	l.Type.CachedKeys = 888
	l.Type.Module = 896

	l.Gen.Created = 0
	l.Gen.Suspended = 1
	l.Gen.YieldFrom = 2
	l.Gen.Executing = 4
	l.Gen.Completed = 5
	l.Gen.AwaitedDepth = 2
	return l
}
