package layout

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// inDebugInfo says under which names the debug information knows the fields of
// a layout: structure.path, several where versions differ, of which the first
// that is there counts. Bit fields are not in it, nor what is a number's
// meaning rather than a place. Names are those of structures where the other
// name is in places that of a declaration alone.
func inDebugInfo(l *Layout) map[*int]string {
	m := map[*int]string{
		&l.Runtime.Finalizing:       "_PyRuntimeState._finalizing _PyRuntimeState.finalizing",
		&l.Runtime.InterpretersHead: "_PyRuntimeState.interpreters.head",
		&l.Interp.ID:                "_is.id",
		&l.Interp.Next:              "_is.next",
		&l.Interp.ThreadsHead:       "_is.threads.head _is.tstate_head",
		&l.Interp.Modules:           "_is.imports.modules _is.modules",
		&l.Interp.GC:                "_is.gc",
		&l.GC.Runtime:               "_PyRuntimeState.gc",
		&l.GC.Generations:           "_gc_runtime_state.generations",
		&l.GC.Generation0:           "_gc_runtime_state.generation0",
		&l.GC.Generation:            "sizeof gc_generation",
		&l.GC.Header:                "sizeof PyGC_Head",
		&l.Thread.Next:              "PyThreadState.next",
		&l.Thread.Interp:            "PyThreadState.interp",
		&l.Thread.Frame:             "PyThreadState.frame",
		&l.Thread.CurrentFrame:      "PyThreadState.current_frame",
		&l.Thread.ThreadID:          "PyThreadState.thread_id",
		&l.Thread.NativeID:          "PyThreadState.native_thread_id",
		&l.Thread.Context:           "PyThreadState.context",
		&l.Thread.DatastackChunk:    "PyThreadState.datastack_chunk",
		&l.Thread.Dict:              "PyThreadState.dict",
		&l.Thread.RunningLoop:       "_PyThreadStateImpl.asyncio_running_loop",
		&l.Object.Type:              "PyObject.ob_type",
		&l.Object.Size:              "PyVarObject.ob_size",
		&l.Object.Header:            "sizeof PyObject",
		&l.Type.HeapName:            "PyHeapTypeObject.ht_name",
		&l.Type.Qualname:            "PyHeapTypeObject.ht_qualname",
		&l.Type.CachedKeys:          "PyHeapTypeObject.ht_cached_keys",
		&l.Type.Module:              "PyHeapTypeObject.ht_module",
		&l.Type.ValuesHeader:        "PyDictValues.values",
		&l.Unicode.ASCII:            "sizeof PyASCIIObject",
		&l.Unicode.Compact:          "sizeof PyCompactUnicodeObject",
		&l.Int.Size:                 "PyLongObject.long_value.lv_tag PyLongObject.ob_base.ob_size",
		&l.Int.Digit:                "PyLongObject.long_value.ob_digit PyLongObject.ob_digit",
		&l.Container.PartialFn:      "partialobject.fn",
		&l.Container.PartialArgs:    "partialobject.args",
		&l.Container.PartialKw:      "partialobject.kw",
		&l.Container.DequeLeftBlock: "dequeobject.leftblock",
		&l.Container.DequeMaxLen:    "dequeobject.maxlen",
		&l.Container.ByteArrayStart: "PyByteArrayObject.ob_start",
		&l.Container.DequeLeftIndex: "dequeobject.leftindex",
		&l.Code.LineTable:           "PyCodeObject.co_linetable PyCodeObject.co_lnotab",
		&l.Code.Bytecode:            "PyCodeObject.co_code_adaptive PyCodeObject.co_code",
		&l.Code.FirstTraceable:      "PyCodeObject._co_firsttraceable",
		&l.Code.Size:                "sizeof PyCodeObject",
		&l.Gen.Frame:                "PyGenObject.gi_iframe PyGenObject.gi_frame",
		&l.Gen.State:                "PyGenObject.gi_frame_state",
		&l.Gen.Code:                 "PyGenObject.gi_code",
		&l.Gen.Name:                 "PyCoroObject.cr_name",
		&l.Gen.Qualname:             "PyAsyncGenObject.ag_qualname",
		&l.Gen.Origin:               "PyCoroObject.cr_origin_or_finalizer PyCoroObject.cr_origin",
		&l.Gen.AGRunning:            "PyAsyncGenObject.ag_running_async",
		&l.Gen.Wrapped:              "PyCoroWrapper.cw_coroutine",
		&l.Task.Size:                "sizeof TaskObj",
		&l.Future.IterFuture:        "futureiterobject.future",
	}
	if l.Thread.CFrame != Absent { // 3.10 has one that points to no frame
		m[&l.Thread.CFrame] = "PyThreadState.cframe"
		m[&l.Thread.CFrameCurrent] = "_PyCFrame.current_frame"
	}
	frame := map[*int]string{
		&l.Frame.Previous: "f_back", &l.Frame.Code: "f_code", &l.Frame.Instr: "f_lasti",
		&l.Frame.LocalsPlus: "f_localsplus", &l.Frame.ValueStack: "f_valuestack",
		&l.Frame.StackTop: "f_stacktop", &l.Frame.StackDepth: "f_stackdepth", &l.Frame.State: "f_state",
		&l.Frame.Executing: "f_executing", &l.Frame.BlockCount: "f_iblock", &l.Frame.BlockStack: "f_blockstack",
		&l.Frame.Gen: "f_gen", &l.Frame.Globals: "f_globals",
	}
	structure := "_frame"
	if l.Gen.Embedded {
		structure = "_PyInterpreterFrame"
		m[&l.Frame.ObjectFrame] = "_frame.f_frame"
		frame = map[*int]string{
			&l.Frame.Previous: "previous", &l.Frame.Code: "f_code f_executable", &l.Frame.Instr: "prev_instr instr_ptr",
			&l.Frame.LocalsPlus: "localsplus", &l.Frame.StackTop: "stackpointer", &l.Frame.StackDepth: "stacktop",
			&l.Frame.Owner: "owner", &l.Frame.FrameObject: "frame_obj", &l.Frame.Globals: "f_globals",
			&l.Frame.Function: "f_func f_funcobj",
		}
	}
	m[&l.Frame.Size] = "sizeof " + structure
	add(m, structure, "", frame)
	add(m, "PyTypeObject", "tp_", map[*int]string{
		&l.Type.Name: "name", &l.Type.BasicSize: "basicsize", &l.Type.Flags: "flags", &l.Type.ItemSize: "itemsize", &l.Type.DictOffset: "dictoffset",
		&l.Type.WeakList: "weaklistoffset", &l.Type.Base: "base", &l.Type.Dict: "dict", &l.Type.MRO: "mro",
	})
	add(m, "PyASCIIObject", "", map[*int]string{&l.Unicode.Length: "length", &l.Unicode.State: "state"})
	add(m, "PySetObject", "", map[*int]string{
		&l.Container.SetFill: "fill", &l.Container.SetUsed: "used", &l.Container.SetMask: "mask", &l.Container.SetTable: "table",
	})
	for place, name := range map[*int]string{
		&l.Container.TupleItems: "PyTupleObject.ob_item", &l.Container.ListItems: "PyListObject.ob_item",
		&l.Container.BytesData: "PyBytesObject.ob_sval", &l.Container.FloatValue: "PyFloatObject.ob_fval",
		&l.Container.CellValue: "PyCellObject.ob_ref", &l.Container.WeakObject: "PyWeakReference.wr_object",
		&l.Container.MethodFunc: "PyMethodObject.im_func", &l.Container.MethodSelf: "PyMethodObject.im_self",
		&l.Container.CFuncDef: "PyCFunctionObject.m_ml", &l.Container.CFuncSelf: "PyCFunctionObject.m_self",
		&l.Container.ModuleDict: "PyModuleObject.md_dict", &l.Container.MemberDef: "PyMemberDescrObject.d_member",
		&l.Container.DequeBlockData: "BLOCK.data", &l.Container.DequeBlockLeft: "BLOCK.leftlink",
		&l.Container.DequeBlockRight: "BLOCK.rightlink",
	} {
		m[place] = name
	}
	add(m, "PyDictObject", "ma_", map[*int]string{&l.Dict.Used: "used", &l.Dict.Keys: "keys", &l.Dict.Values: "values"})
	add(m, "_dictkeysobject", "dk_", map[*int]string{
		&l.Dict.KeysSize: "size", &l.Dict.KeysLog2Index: "log2_index_bytes", &l.Dict.KeysKind: "kind",
		&l.Dict.KeysEntries: "nentries", &l.Dict.KeysIndices: "indices",
	})
	add(m, "PyFunctionObject", "func_", map[*int]string{
		&l.Function.Code: "code", &l.Function.Closure: "closure", &l.Function.Qualname: "qualname",
		&l.Function.Module: "module", &l.Function.Defaults: "defaults", &l.Function.Dict: "dict",
	})
	add(m, "PyCodeObject", "co_", map[*int]string{
		&l.Code.Filename: "filename", &l.Code.Name: "name", &l.Code.Qualname: "qualname", &l.Code.FirstLine: "firstlineno",
		&l.Code.ArgCount: "argcount", &l.Code.KwOnlyArgCount: "kwonlyargcount", &l.Code.Flags: "flags",
		&l.Code.NLocalsPlus: "nlocalsplus", &l.Code.LocalsPlusNames: "localsplusnames",
		&l.Code.LocalsPlusKinds: "localspluskinds", &l.Code.NLocals: "nlocals", &l.Code.VarNames: "varnames",
		&l.Code.FreeVars: "freevars", &l.Code.CellVars: "cellvars", &l.Code.ExceptionTable: "exceptiontable",
	})
	add(m, "PyBaseExceptionObject", "", map[*int]string{
		&l.Exception.Args: "args", &l.Exception.Traceback: "traceback", &l.Exception.Context: "context",
		&l.Exception.Cause: "cause", &l.Exception.Notes: "notes", &l.Exception.Dict: "dict",
		&l.Exception.SuppressContext: "suppress_context",
	})
	add(m, "PyTracebackObject", "tb_", map[*int]string{
		&l.Traceback.Next: "next", &l.Traceback.Frame: "frame", &l.Traceback.LastI: "lasti", &l.Traceback.Line: "lineno",
	})
	future := map[*int]string{
		&l.Future.Loop: "loop", &l.Future.Callback0: "callback0", &l.Future.Context0: "context0",
		&l.Future.Callbacks: "callbacks", &l.Future.Exception: "exception", &l.Future.ExceptionTB: "exception_tb",
		&l.Future.Result: "result", &l.Future.SourceTB: "source_tb", &l.Future.CancelMsg: "cancel_msg",
		&l.Future.CancelledExc: "cancelled_exc cancelled_exc_state.exc_value",
		&l.Future.State:        "state", &l.Task.AwaitedBy: "awaited_by", &l.Task.AwaitedByIsSet: "awaited_by_is_set",
	}
	add(m, "FutureObj", "fut_", future)
	add(m, "FutureObj", "", map[*int]string{&l.Future.Dict: "dict"})
	add(m, "TaskObj", "task_", map[*int]string{
		&l.Task.FutWaiter: "fut_waiter", &l.Task.Coro: "coro", &l.Task.Name: "name", &l.Task.Context: "context",
		&l.Task.CancelRequests: "num_cancels_requested", &l.Task.Node: "node",
	})
	if l.Task.MustCancel.Mask == 0xff { // else bit fields
		m[&l.Future.LogTB.Offset] = "FutureObj.fut_log_tb"
		m[&l.Task.MustCancel.Offset] = "TaskObj.task_must_cancel"
	}
	return m
}

// add puts the fields of one structure into m.
func add(m map[*int]string, structure, prefix string, fields map[*int]string) {
	for place, names := range fields {
		for _, name := range strings.Fields(names) {
			m[place] = strings.TrimSpace(m[place] + " " + structure + "." + prefix + name)
		}
	}
}

// lookUp finds what the debug information says under names. ok is false when
// it has none of the structures; a structure without the field is Absent.
func lookUp(t *testing.T, modules []*dlvext.Module, names string) (value int, ok bool) {
	t.Helper()
	size := false
	if rest, cut := strings.CutPrefix(names, "sizeof "); cut {
		size, names = true, rest
	}
	for _, name := range strings.Fields(names) {
		structure, path, _ := strings.Cut(name, ".")
		for _, m := range modules {
			typ, err := m.Type(structure)
			if errors.Is(err, dlvext.ErrAbsent) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			ok = true
			if size {
				return int(typ.Size), true
			}
			if f, err := typ.Field(path); err == nil {
				return int(f.Offset), true
			}
		}
	}
	return Absent, ok
}

// The tables say what the debug information of a CPython says, wherever there
// is any.
func TestTablesAgreeWithDebugInfo(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			tg := testtarget.StartPython(t, p, "chain.py")
			img := open(t, tg.PID)
			interp := only(t, img)
			modules := []*dlvext.Module{interp.Module}
			for _, m := range img.Modules {
				if strings.Contains(m.Path, "/_asyncio.") {
					modules = append(modules, m)
				}
			}
			if _, err := interp.Module.Type("PyThreadState"); errors.Is(err, dlvext.ErrAbsent) {
				t.Skip("it has no debug information") // as distributions build it
			}
			compared := 0
			places := inDebugInfo(interp.Layout)
			for _, place := range slices.SortedFunc(maps.Keys(places), func(a, b *int) int { return strings.Compare(places[a], places[b]) }) {
				want, ok := lookUp(t, modules, places[place])
				if !ok {
					continue
				}
				compared++
				if places[place] == "PyDictValues.values" && want == Absent {
					want = 0
				}
				if *place != want {
					t.Errorf("%s: %d, and the debug information says %d", places[place], *place, want)
				}
			}
			t.Logf("%s: %d fields compared", interp, compared)
			if compared < 110 {
				t.Errorf("only %d fields were compared", compared)
			}
		})
	}
}

// open opens a process for reading.
func open(t *testing.T, pid int) *dlvext.Image {
	t.Helper()
	p, err := dlvext.OpenProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Image()
}

// only returns the one interpreter of an image.
func only(t *testing.T, img *dlvext.Image) *Interpreter {
	t.Helper()
	found, err := Find(img)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Fatalf("there are %d interpreters: %v", len(found), found)
	}
	return found[0]
}
