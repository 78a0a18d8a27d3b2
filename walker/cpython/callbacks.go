package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// callback is what a Future calls when it is done. Who waits for a Future is
// in its callbacks: a task has its wake-up there, gather and its like a closure
// whose cells lead on.
type callback struct {
	task  object.Ref            // of a task's wake-up: the task
	name  string                // of a function or a method: module and qualified name
	self  object.Ref            // of a method: what it is bound to
	cells map[string]object.Ref // of a function: what it closes over
	args  []object.Ref          // of a functools.partial: the arguments it has
}

// is tells whether it is the function of this name, within whatever function:
// "asyncio.tasks.", "gather.<locals>._done_callback".
func (c *callback) is(module, name string) bool {
	rest, ok := strings.CutPrefix(c.name, module)
	return ok && strings.HasSuffix(rest, name)
}

// callbacksOf takes a Future's callbacks apart. One of a kind that is not known
// has nothing set.
func (w *walk) callbacksOf(f *future) []callback {
	all := make([]callback, len(f.callbacks))
	for i, o := range f.callbacks {
		all[i] = w.callback(o)
	}
	return all
}

func (w *walk) callback(o object.Ref) callback {
	switch t := w.r.Type(o); t.Name {
	case "TaskWakeupMethWrapper": // to 3.9
		return callback{task: w.r.Ref(uint64(o) + uint64(w.lay.Object.Header))}
	case "builtin_function_or_method":
		if name, self, _ := w.r.Builtin(o); name == "task_wakeup" || name == "__wakeup" { // from 3.10 on
			return callback{task: self}
		}
	case "function":
		return w.functionCallback(o)
	case "method":
		fn, self, _ := w.r.Method(o)
		c := w.functionCallback(fn)
		if c.self = self; c.name == "asyncio.tasks.Task.__wakeup" { // a task of Python code
			return callback{task: self}
		}
		return c
	case "partial":
		fn, args, _ := w.r.Partial(o)
		if t := w.r.Type(fn).Name; t == "function" || t == "method" {
			c := w.callback(fn)
			c.args = args
			return c
		}
	}
	return callback{}
}

func (w *walk) functionCallback(fn object.Ref) callback {
	f := w.r.Function(fn)
	return callback{name: f.Module + "." + f.Qualname, cells: w.r.Cells(fn)}
}
