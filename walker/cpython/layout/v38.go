package layout

// v38 is CPython 3.8, read from a 3.8.18.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Include/internal/pycore_pystate.h
//   - https://github.com/python/cpython/blob/v3.8.18/Include/cpython/pystate.h
//   - https://github.com/python/cpython/blob/v3.8.18/Include/internal/pycore_pymem.h
//   - https://github.com/python/cpython/blob/v3.8.18/Include/cpython/object.h
//   - https://github.com/python/cpython/blob/v3.8.18/Include/frameobject.h
//   - https://github.com/python/cpython/blob/v3.8.18/Include/genobject.h
//   - https://github.com/python/cpython/blob/v3.8.18/Modules/_asynciomodule.c
func v38() Layout {
	return Layout{
		Runtime: Runtime{
			Finalizing:       16,
			InterpretersHead: 32,
		},
		Interp: Interp{
			ID:               16,
			Next:             0,
			ThreadsHead:      8,
			Modules:          56,
			GC:               Absent,
			AsyncioTasksHead: Absent,
		},
		Thread: Thread{
			Next:           8,
			Interp:         16,
			Frame:          24,
			CFrame:         Absent,
			CFrameCurrent:  Absent,
			CurrentFrame:   Absent,
			ThreadID:       176,
			NativeID:       Absent,
			Context:        240,
			DatastackChunk: Absent,
			Dict:           152,
			RunningLoop:    Absent,
			RunningTask:    Absent,
			AsyncioTasks:   Absent,
		},
		GC:     GC{Runtime: 344, Generations: 24, Generation0: 96, Generation: 24, Count: 3, Header: 16},
		Object: Object{Type: 8, Size: 16, Header: 16},
		Type: Type{
			Name:          24,
			BasicSize:     32,
			ItemSize:      40,
			Flags:         168,
			WeakList:      208,
			Base:          256,
			Dict:          264,
			DictOffset:    288,
			MRO:           344,
			HeapName:      848,
			Qualname:      864,
			CachedKeys:    872,
			Module:        Absent,
			ManagedValues: Absent,
			ManagedDict:   Absent,
		},
		Unicode:   Unicode{Length: 16, State: 32, ASCII: 48, Compact: 72},
		Int:       Int{Size: 16, Digit: 24},
		Container: containers38(),
		Dict: Dict{
			Used:          16,
			Keys:          32,
			Values:        40,
			KeysSize:      8,
			KeysLog2Index: Absent,
			KeysKind:      Absent,
			KeysEntries:   32,
			KeysIndices:   40,
		},
		Function: Function{Code: 16, Closure: 48, Qualname: 104, Module: 88, Defaults: 32, Dict: 72},
		Code: Code{
			Filename:        104,
			Name:            112,
			Qualname:        Absent,
			FirstLine:       40,
			LineTable:       120,
			LineFormat:      Lnotab,
			ArgCount:        16,
			KwOnlyArgCount:  24,
			Flags:           36,
			NLocalsPlus:     Absent,
			LocalsPlusNames: Absent,
			LocalsPlusKinds: Absent,
			NLocals:         28,
			VarNames:        72,
			FreeVars:        80,
			CellVars:        88,

			Bytecode:          48,
			BytecodeIsPointer: true,
			ExceptionTable:    Absent,
			FirstTraceable:    Absent,
			Size:              176,
		},
		Frame: Frame{
			Previous:    24,
			Code:        32,
			Instr:       104,
			InstrKind:   LastByte,
			LocalsPlus:  360,
			ValueStack:  64,
			StackTop:    72,
			StackDepth:  Absent,
			State:       Absent,
			Executing:   116,
			BlockCount:  112,
			BlockStack:  120,
			Owner:       Absent,
			FrameObject: Absent,
			Globals:     48,
			Function:    Absent,
			Gen:         96,
			Size:        368,
			ObjectFrame: Absent,
		},
		Gen: Gen{
			Frame:        16,
			State:        Absent,
			Code:         32,
			Name:         48,
			Qualname:     56,
			Origin:       96,
			AGRunning:    112,
			AwaitedDepth: 1,
			Wrapped:      16,
		},
		Exception: Exception{
			Dict: 16, Args: 24, Notes: Absent, Traceback: 32, Context: 40, Cause: 48,
			SuppressContext: 56,
		},
		Traceback: Traceback{Next: 16, Frame: 24, LastI: 32, Line: 36},
		Future: Future{
			Loop: 16, Callback0: 24, Context0: 32, Callbacks: 40,
			Exception: 48, ExceptionTB: Absent,
			Result: 56, SourceTB: 64, CancelMsg: Absent, CancelledExc: Absent,
			State:      72,
			LogTB:      Bit{76, 0xff},
			Dict:       88,
			IterFuture: 16,
		},
		Task: Task{
			FutWaiter: 104, Coro: 112, Name: 120, Context: 128,
			MustCancel:     Bit{136, 0xff},
			CancelRequests: Absent,
			AwaitedBy:      Absent,
			AwaitedByIsSet: Absent,
			Node:           Absent,
			Size:           144,
		},
		AsyncioMod: AsyncioMod{AllTasks: "_all_tasks", CurrentTasks: "_current_tasks"},
	}
}

// containers38 is the objects that hardly change.
func containers38() Container {
	return Container{
		TupleItems: 24,
		ListItems:  24,
		BytesData:  32,
		FloatValue: 16,

		ByteArrayStart: 40,

		SetFill: 16, SetUsed: 24, SetMask: 32, SetTable: 40,

		CellValue:   16,
		WeakObject:  16,
		MethodFunc:  16,
		MethodSelf:  24,
		CFuncDef:    16,
		CFuncSelf:   24,
		PartialFn:   16,
		PartialArgs: 24,
		PartialKw:   32,
		ModuleDict:  16,
		MemberDef:   40,

		DequeLeftBlock: 24, DequeLeftIndex: 40,
		DequeBlockData: 8,
		DequeBlockLeft: 0, DequeBlockRight: 520,
		DequeMaxLen: 64,

		SimpleList: 32, SimpleListPos: 40,
		RingGet: Absent, RingItems: Absent, RingCapacity: Absent, RingUsed: Absent,
	}
}
