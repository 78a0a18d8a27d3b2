package layout

// v313 is CPython 3.13, read from a 3.13.0: debug offsets, values within the
// object, a frame state that tells awaiting from yielding, bit fields in tasks.
// What the debug offsets tell is here too, to be held against them.
//
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_runtime.h
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_interp.h
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_tstate.h
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_dict.h
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_frame.h
//   - https://github.com/python/cpython/blob/v3.13.0/Modules/_asynciomodule.c
func v313() Layout {
	l := v312()

	l.Runtime.Finalizing = 608
	l.Runtime.InterpretersHead = 632
	l.Interp.ID = 7272
	l.Interp.Next = 7264
	l.Interp.ThreadsHead = 7344
	l.Interp.Modules = 7656
	l.Interp.GC = 7400

	l.Thread.CFrame = Absent
	l.Thread.CFrameCurrent = Absent
	l.Thread.CurrentFrame = 72
	l.Thread.Dict = 128
	l.Thread.ThreadID = 152
	l.Thread.NativeID = 160
	l.Thread.RunningLoop = 304

	l.Container.SimpleList, l.Container.SimpleListPos = Absent, Absent
	l.Container.RingGet, l.Container.RingItems = 32, 40
	l.Container.RingCapacity, l.Container.RingUsed = 48, 56

	l.Type.ManagedIsTagged = false
	l.Type.InlineFlag = 1 << 2
	l.Type.ValuesHeader = 8

	l.Code.Bytecode = 200
	l.Code.FirstTraceable = 184
	l.Code.Size = 208

	l.Frame.InstrKind = NextPointer

	l.Gen.Created = -3
	l.Gen.Suspended = -2
	l.Gen.YieldFrom = -1

	l.Future.CancelledExc = 88
	l.Future.State = 96
	l.Future.LogTB = Bit{100, 1 << 0}
	l.Future.Dict = Absent
	l.Task.FutWaiter = 112
	l.Task.Coro = 120
	l.Task.Name = 128
	l.Task.Context = 136
	l.Task.MustCancel = Bit{100, 1 << 2}
	l.Task.CancelRequests = 104
	l.Task.Size = 144
	return l
}
