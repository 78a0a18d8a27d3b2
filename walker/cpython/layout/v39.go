package layout

// v39 is CPython 3.9, read from a 3.9.18: the garbage collector moved into the
// interpreter, and a cancelled future keeps its message.
//
//   - https://github.com/python/cpython/blob/v3.9.18/Include/internal/pycore_interp.h
//   - https://github.com/python/cpython/blob/v3.9.18/Modules/_asynciomodule.c
func v39() Layout {
	l := v38()

	l.Interp.ID = 24
	l.Interp.Modules = 856
	l.Interp.GC = 616
	l.GC.Runtime = Absent

	// tp_print, kept for 3.8's sake, went; ht_module came.
	l.Type.HeapName = 840
	l.Type.Qualname = 856
	l.Type.CachedKeys = 864
	l.Type.Module = 872

	l.Future.CancelMsg = 72
	l.Future.CancelledExc = 120
	l.Future.State = 80
	l.Future.LogTB = Bit{84, 0xff}
	l.Future.Dict = 96
	l.Task.FutWaiter = 144
	l.Task.Coro = 152
	l.Task.Name = 160
	l.Task.Context = 168
	l.Task.MustCancel = Bit{176, 0xff}
	l.Task.Size = 184
	return l
}
