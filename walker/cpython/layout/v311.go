package layout

// v311 is CPython 3.11, read from a 3.11.7: frames that are no objects, in
// chunks of the thread's own stack or within generators; attributes in
// PyDictValues before the object; code objects with one table of locals and
// the bytecode in themselves; lines with columns.
//
//   - https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_frame.h
//   - https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_interp.h
//   - https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_dict.h
//   - https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_object.h
//   - https://github.com/python/cpython/blob/v3.11.7/Include/cpython/code.h
//   - https://github.com/python/cpython/blob/v3.11.7/Include/cpython/genobject.h
//   - https://github.com/python/cpython/blob/v3.11.7/Objects/locations.md
func v311() Layout {
	l := v310()

	l.Runtime.Finalizing = 24
	l.Runtime.InterpretersHead = 40
	l.Interp.ID = 48
	l.Interp.ThreadsHead = 16
	l.Interp.Modules = 888
	l.Interp.GC = 648

	l.Thread.Frame = Absent
	l.Thread.CFrame = 56
	l.Thread.CFrameCurrent = 8
	l.Thread.Dict = 128
	l.Thread.ThreadID = 152
	l.Thread.NativeID = 160
	l.Thread.Context = 224
	l.Thread.DatastackChunk = 296

	l.Type.ManagedValues = -32
	l.Type.ManagedDict = -24
	l.Type.ManagedFlag = 1 << 4

	l.Dict.KeysSize = Absent
	l.Dict.KeysLog2Index = 9
	l.Dict.KeysKind = 10
	l.Dict.KeysEntries = 24
	l.Dict.KeysIndices = 32

	l.Code = Code{
		Filename:        112,
		Name:            120,
		Qualname:        128,
		FirstLine:       72,
		LineTable:       136,
		LineFormat:      Locations,
		ArgCount:        56,
		KwOnlyArgCount:  64,
		Flags:           48,
		NLocalsPlus:     76,
		LocalsPlusNames: 96,
		LocalsPlusKinds: 104,
		NLocals:         80,
		VarNames:        Absent,
		FreeVars:        Absent,
		CellVars:        Absent,
		Bytecode:        184,
		ExceptionTable:  40,
		FirstTraceable:  168,
		Size:            192,
	}

	l.Frame = Frame{
		Previous:    48,
		Code:        32,
		Instr:       56,
		InstrKind:   PrevPointer,
		LocalsPlus:  72,
		ValueStack:  Absent,
		StackTop:    Absent,
		StackDepth:  64,
		State:       Absent,
		Executing:   Absent,
		BlockCount:  Absent,
		BlockStack:  Absent,
		Owner:       69,
		FrameObject: 40,
		Globals:     8,
		Function:    0,
		Gen:         Absent,
		Size:        80,
		ObjectFrame: 24,
	}

	l.Gen.Frame = 80
	l.Gen.Embedded = true
	l.Gen.State = 75
	l.Gen.Code = 16
	l.Gen.Name = 32
	l.Gen.Qualname = 40
	l.Gen.Origin = 64
	l.Gen.AGRunning = 74

	l.Exception.Notes = 32
	l.Exception.Traceback = 40
	l.Exception.Context = 48
	l.Exception.Cause = 56
	l.Exception.SuppressContext = 64

	l.Future.CancelledExc = 120
	l.Task.FutWaiter = 128
	l.Task.Coro = 136
	l.Task.Name = 144
	l.Task.Context = 152
	l.Task.MustCancel = Bit{160, 0xff}
	l.Task.CancelRequests = 168
	l.Task.Size = 176
	return l
}
