package declared

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// idOf is the id of a task by what is declared, else by where it lies.
func (w *describer) idOf(o *object) graph.TaskID {
	if text := w.word(o, "id", o.task.ID); text != "" && len(text) <= 64 {
		return graph.TaskID(w.name + ":" + strings.Map(idRune, text))
	}
	return graph.TaskID(w.name + ":" + strconv.FormatUint(o.addr, 16))
}

// idRune keeps an id one word.
func idRune(r rune) rune {
	if r <= ' ' || r == 0x7f {
		return '_'
	}
	return r
}

// goroutineOf is the goroutine that runs a task: named by its id, by its g, or by
// the channel that it waits on; or the only one that has it on its stack.
func (w *describer) goroutineOf(o *object) graph.TaskID {
	for _, way := range o.task.goroutines() {
		if way == onStacks {
			if goid := w.stackOf[o.addr]; goid != 0 {
				return goroutineID(goid)
			}
			continue
		}
		for _, v := range w.lead(o, "goroutine", way) {
			if id := w.goroutineAt(v); id != "" {
				return id
			}
		}
	}
	return ""
}

func goroutineID(goid uint64) graph.TaskID {
	return graph.TaskID("go:" + strconv.FormatUint(goid, 10))
}

// goroutineAt is the goroutine that a value names; "": none.
func (w *describer) goroutineAt(v dlvext.Value) graph.TaskID {
	if v.Err() == nil && v.Type().Kind == reflect.Chan {
		p, err := v.Pointer()
		if err != nil {
			return ""
		}
		return w.receivers[p]
	}
	v, err := w.reach(v)
	if err != nil {
		return ""
	}
	if v.Type().Name == "runtime.g" {
		v = v.Field("goid")
	}
	id, err := v.Uint()
	if err != nil || id == 0 {
		return ""
	}
	return goroutineID(id)
}

// goroutineNumber is the number of the goroutine that a task is.
func goroutineNumber(id graph.TaskID) (goid int64, ok bool) {
	number, ok := strings.CutPrefix(string(id), "go:")
	goid, err := strconv.ParseInt(number, 10, 64)
	return goid, ok && err == nil
}
