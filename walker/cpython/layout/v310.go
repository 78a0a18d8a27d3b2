package layout

// v310 is CPython 3.10, read from a 3.10.13: f_state and a stack depth in the
// frame, new line tables, functions in another order.
//
//   - https://github.com/python/cpython/blob/v3.10.13/Include/cpython/frameobject.h
//   - https://github.com/python/cpython/blob/v3.10.13/Include/internal/pycore_frame.h
//   - https://github.com/python/cpython/blob/v3.10.13/Include/funcobject.h
//   - https://github.com/python/cpython/blob/v3.10.13/Objects/lnotab_notes.txt
func v310() Layout {
	l := v39()

	// ht_qualname's neighbour _ht_tpname came with 3.10.
	l.Type.HeapName = 848
	l.Type.Qualname = 864
	l.Type.CachedKeys = 872
	l.Type.Module = 880

	l.Function = Function{Code: 48, Closure: 72, Qualname: 40, Module: 104, Defaults: 56, Dict: 88}

	l.Code.LineFormat = PEP626

	l.Frame.StackTop = Absent
	l.Frame.StackDepth = 80
	l.Frame.Gen = 88
	l.Frame.BlockCount = 104
	l.Frame.BlockStack = 112
	l.Frame.Instr = 96
	l.Frame.InstrKind = LastWord
	l.Frame.State = 108
	l.Frame.Executing = Absent
	l.Frame.LocalsPlus = 352
	l.Frame.Size = 360

	// gi_running went.
	l.Gen.Code = 24
	l.Gen.Name = 40
	l.Gen.Qualname = 48
	l.Gen.Origin = 88
	l.Gen.AGRunning = 104
	l.Gen.Created = -2
	l.Gen.Suspended = -1
	l.Gen.YieldFrom = -1
	l.Gen.Executing = 0
	l.Gen.Completed = 1

	l.Future.ExceptionTB = 56
	l.Future.Result = 64
	l.Future.SourceTB = 72
	l.Future.CancelMsg = 80
	l.Future.CancelledExc = 128
	l.Future.State = 88
	l.Future.LogTB = Bit{92, 0xff}
	l.Future.Dict = 104
	l.Task.FutWaiter = 152
	l.Task.Coro = 160
	l.Task.Name = 168
	l.Task.Context = 176
	l.Task.MustCancel = Bit{184, 0xff}
	l.Task.Size = 192
	return l
}
