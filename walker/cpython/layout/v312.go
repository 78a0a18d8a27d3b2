package layout

// v312 is CPython 3.12, read from a 3.12.1: shorter strings, tagged integers
// and one word for an object's attributes.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/longintrepr.h
//   - https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_interp.h
//   - https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_frame.h
//   - https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_object.h
//   - https://github.com/python/cpython/blob/v3.12.1/Modules/_asynciomodule.c
func v312() Layout {
	l := v311()

	l.Interp.ID = 8
	l.Interp.ThreadsHead = 72
	l.Interp.Modules = 944
	l.Interp.GC = 112

	l.Thread.CFrameCurrent = 0
	l.Thread.Dict = 112
	l.Thread.ThreadID = 136
	l.Thread.NativeID = 144
	l.Thread.Context = 208
	l.Thread.DatastackChunk = 232

	l.Type.HeapName = 856
	l.Type.Qualname = 872
	l.Type.CachedKeys = 880
	l.Type.Module = 888
	l.Type.ManagedValues = Absent
	l.Type.ManagedIsTagged = true

	l.Unicode.ASCII = 40
	l.Unicode.Compact = 56

	l.Int.Tag = true

	l.Code.FirstLine = 68
	l.Code.ArgCount = 52
	l.Code.KwOnlyArgCount = 60
	l.Code.NLocalsPlus = 72
	l.Code.Bytecode = 192
	l.Code.FirstTraceable = 176
	l.Code.Size = 200

	l.Frame.Code = 0
	l.Frame.Previous = 8
	l.Frame.Function = 16
	l.Frame.Globals = 24
	l.Frame.FrameObject = 48
	l.Frame.Owner = 70

	// gi_code went.
	l.Gen.Frame = 72
	l.Gen.State = 67
	l.Gen.Code = Absent
	l.Gen.Name = 24
	l.Gen.Qualname = 32
	l.Gen.Origin = 56
	l.Gen.AGRunning = 66

	l.AsyncioMod.AllTasks = "_scheduled_tasks"
	l.AsyncioMod.EagerTasks = "_eager_tasks"
	return l
}
