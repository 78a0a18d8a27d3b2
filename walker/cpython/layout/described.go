package layout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// From 3.13 on _PyRuntime begins with _Py_DebugOffsets: a cookie, the version,
// and one 8-byte word for each size and offset that a debugger may want. From
// 3.14 on the module _asyncio has such words too, in a section of its own.
// What the words mean is by their order alone, which differs between minor
// versions and does not change within one.
const (
	cookie         = "xdebugpy" // what the runtime's words follow
	asyncioSection = ".AsyncioDebug"
)

// headers are the words after the cookie, as structure.field.
//
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_runtime.h
//   - https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_debug_offsets.h
//   - https://github.com/python/cpython/blob/v3.15.0/Include/internal/pycore_debug_offsets.h
var headers = map[int][]string{
	13: words(`
		version free_threaded
		runtime: size finalizing interpreters_head
		interp: size id next threads_head gc modules sysdict builtins ceval_gil
			gil gil_enabled gil_locked gil_holder
		thread: size prev next interp current_frame thread_id native_id datastack_chunk status
		frame: size previous code instr localsplus owner
		code: size filename name qualname linetable firstlineno argcount
			localsplusnames localspluskinds bytecode
		object: size type
		type: size name repr flags
		tuple: size items ob_size
		list: size items ob_size
		dict: size keys values
		float: size value
		int: size tag digit
		bytes: size ob_size data
		str: size state length ascii
		gc: size collecting`),
	14: words(`
		version free_threaded
		runtime: size finalizing interpreters_head
		interp: size id next threads_head threads_main gc modules sysdict builtins ceval_gil
			gil gil_enabled gil_locked gil_holder code_generation tlbc_generation
		thread: size prev next interp current_frame thread_id native_id datastack_chunk status
		frame: size previous code instr localsplus owner stackpointer tlbc_index
		code: size filename name qualname linetable firstlineno argcount
			localsplusnames localspluskinds bytecode tlbc
		object: size type
		type: size name repr flags
		tuple: size items ob_size
		list: size items ob_size
		set: size used table mask
		dict: size keys values
		float: size value
		int: size tag digit
		bytes: size ob_size data
		str: size state length ascii
		gc: size collecting
		gen: size name frame state
		llist: next prev`),
	15: words(`
		version free_threaded
		runtime: size finalizing interpreters_head
		interp: size id next threads_head threads_main gc modules sysdict builtins ceval_gil
			gil gil_enabled gil_locked gil_holder code_generation tlbc_generation
		thread: size prev next interp current_frame base_frame last_frame last_frame_seq
			thread_id native_id datastack_chunk status holds_gil gil_requested
			current_exception exc_state
		exc_item: value
		frame: size previous code instr localsplus owner stackpointer tlbc_index
		code: size filename name qualname linetable firstlineno argcount
			localsplusnames localspluskinds bytecode tlbc
		object: size type
		type: size name repr flags basicsize dictoffset
		heaptype: size cached_keys
		tuple: size items ob_size
		list: size items ob_size
		set: size used table mask
		dict: size keys values
		float: size value
		int: size tag digit
		bytes: size ob_size data
		str: size state length ascii compact
		gc: size collecting frame stats_size stats
		gen: size name frame state
		llist: next prev`),
}

// asyncioHeader are the words of the section, in 3.14 and 3.15.
//
// https://github.com/python/cpython/blob/v3.14.0/Modules/_asynciomodule.c
var asyncioHeader = words(`
	task: size name awaited_by is_task awaited_by_is_set coro node
	interp: size asyncio_tasks
	thread: size running_loop running_task asyncio_tasks`)

// words makes the names of a header's words from the text: "frame: size" is
// frame.size.
func words(text string) []string {
	var names []string
	group := ""
	for _, w := range strings.Fields(text) {
		if g, ok := strings.CutSuffix(w, ":"); ok {
			group = g + "."
			continue
		}
		names = append(names, group+w)
	}
	return names
}

// described are the words that an interpreter tells, by name.
type described map[string]uint64

// fields are the places in a layout of those words that it has.
func (l *Layout) fields() map[string]*int {
	return map[string]*int{
		"runtime.finalizing":        &l.Runtime.Finalizing,
		"runtime.interpreters_head": &l.Runtime.InterpretersHead,
		"interp.id":                 &l.Interp.ID,
		"interp.next":               &l.Interp.Next,
		"interp.threads_head":       &l.Interp.ThreadsHead,
		"interp.modules":            &l.Interp.Modules,
		"interp.gc":                 &l.Interp.GC,
		"interp.asyncio_tasks":      &l.Interp.AsyncioTasksHead,
		"thread.next":               &l.Thread.Next,
		"thread.interp":             &l.Thread.Interp,
		"thread.current_frame":      &l.Thread.CurrentFrame,
		"thread.thread_id":          &l.Thread.ThreadID,
		"thread.native_id":          &l.Thread.NativeID,
		"thread.datastack_chunk":    &l.Thread.DatastackChunk,
		"thread.running_loop":       &l.Thread.RunningLoop,
		"thread.running_task":       &l.Thread.RunningTask,
		"thread.asyncio_tasks":      &l.Thread.AsyncioTasks,
		"frame.size":                &l.Frame.Size,
		"frame.previous":            &l.Frame.Previous,
		"frame.code":                &l.Frame.Code,
		"frame.instr":               &l.Frame.Instr,
		"frame.localsplus":          &l.Frame.LocalsPlus,
		"frame.owner":               &l.Frame.Owner,
		"frame.stackpointer":        &l.Frame.StackTop,
		"code.size":                 &l.Code.Size,
		"code.filename":             &l.Code.Filename,
		"code.name":                 &l.Code.Name,
		"code.qualname":             &l.Code.Qualname,
		"code.linetable":            &l.Code.LineTable,
		"code.firstlineno":          &l.Code.FirstLine,
		"code.argcount":             &l.Code.ArgCount,
		"code.localsplusnames":      &l.Code.LocalsPlusNames,
		"code.localspluskinds":      &l.Code.LocalsPlusKinds,
		"code.bytecode":             &l.Code.Bytecode,
		"object.size":               &l.Object.Header,
		"object.type":               &l.Object.Type,
		"type.name":                 &l.Type.Name,
		"type.flags":                &l.Type.Flags,
		"type.basicsize":            &l.Type.BasicSize,
		"type.dictoffset":           &l.Type.DictOffset,
		"heaptype.cached_keys":      &l.Type.CachedKeys,
		"tuple.items":               &l.Container.TupleItems,
		"tuple.ob_size":             &l.Object.Size,
		"list.items":                &l.Container.ListItems,
		"set.used":                  &l.Container.SetUsed,
		"set.table":                 &l.Container.SetTable,
		"set.mask":                  &l.Container.SetMask,
		"dict.keys":                 &l.Dict.Keys,
		"dict.values":               &l.Dict.Values,
		"float.value":               &l.Container.FloatValue,
		"int.tag":                   &l.Int.Size,
		"int.digit":                 &l.Int.Digit,
		"bytes.data":                &l.Container.BytesData,
		"str.state":                 &l.Unicode.State,
		"str.length":                &l.Unicode.Length,
		"str.ascii":                 &l.Unicode.ASCII,
		"str.compact":               &l.Unicode.Compact,
		"gen.name":                  &l.Gen.Name,
		"gen.frame":                 &l.Gen.Frame,
		"gen.state":                 &l.Gen.State,
		"task.size":                 &l.Task.Size,
		"task.name":                 &l.Task.Name,
		"task.awaited_by":           &l.Task.AwaitedBy,
		"task.awaited_by_is_set":    &l.Task.AwaitedByIsSet,
		"task.coro":                 &l.Task.Coro,
		"task.node":                 &l.Task.Node,
	}
}

// elastic are the structures that grow within a minor version and between
// builds of one: what they tell is taken as it is.
var elastic = []string{"runtime", "interp"}

// elasticFields grow likewise, in a structure that does not as a whole.
var elasticFields = []string{"thread.running_loop", "thread.running_task", "thread.asyncio_tasks"}

// maxStruct bounds the size that a structure may have: the runtime, the
// largest, has less than 500 kB.
const maxStruct = 1 << 22

// apply puts what the interpreter tells into a layout of the table. An error
// says what does not fit together: the words are then not to be trusted, nor
// is the table for what they do not tell.
func (d described) apply(l *Layout) error {
	fields := l.fields()
	for _, name := range slices.Sorted(maps.Keys(d)) {
		value := d[name]
		structure, field, _ := strings.Cut(name, ".")
		size, sized := d[structure+".size"]
		switch {
		case field == "size" && (value == 0 || value > maxStruct):
			return fmt.Errorf("its %s has %d bytes", structure, value)
		case sized && field != "size" && !strings.HasSuffix(field, "_size") && value >= size:
			return fmt.Errorf("its %s is %d bytes into a structure of %d", name, value, size)
		}
		place := fields[name]
		if place == nil {
			continue
		}
		free := slices.Contains(elastic, structure) || slices.Contains(elasticFields, name)
		if !free && *place != int(value) {
			return fmt.Errorf("its %s is %d, and in CPython's own builds %d", name, value, *place)
		}
		*place = int(value)
	}
	return nil
}
