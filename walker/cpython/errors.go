package cpython

import (
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// failure describes an exception.
func (w *walk) failure(o object.Ref) *graph.Failure {
	e := w.r.Exception(o)
	return &graph.Failure{Type: e.Type.FullName(), Message: w.message(e)}
}

// message is what str() makes of an exception, as tracebacks show it: its only
// argument, or several as a tuple; of a KeyError's argument the repr. An
// exception group's also counts what is in it
// (https://github.com/python/cpython/blob/v3.12.1/Objects/exceptions.c#L909).
// Classes with a __str__ of their own may say something else.
func (w *walk) message(e object.Exception) string {
	bounds := object.Bounds{Redact: w.o.Redact}
	switch args := e.Args; {
	case len(args) == 2 && e.Type.Inherits("BaseExceptionGroup") && w.isA(args[0], "str"):
		in := w.r.Tuple
		if w.isA(args[1], "list") {
			in = w.r.List
		}
		n, plural := len(in(args[1])), "s"
		if n == 1 {
			plural = ""
		}
		return fmt.Sprintf("%s (%d sub-exception%s)", w.r.Str(args[0]), n, plural)
	case len(args) == 2 && e.Type.Inherits("OSError") && w.isA(args[1], "str"):
		return fmt.Sprintf("[Errno %s] %s", w.r.Repr(args[0], bounds), w.r.Str(args[1]))
	case len(args) == 1 && w.isA(args[0], "str") && !e.Type.Inherits("KeyError"):
		return w.r.Str(args[0])
	case len(args) == 1:
		return w.r.Repr(args[0], bounds)
	case len(args) > 1:
		parts := make([]string, 0, 4)
		for _, a := range args[:min(len(args), cap(parts))] {
			parts = append(parts, w.r.Repr(a, bounds))
		}
		if len(args) > cap(parts) {
			parts = append(parts, "…")
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return ""
}

// describeErrors says how the tasks that are over have ended.
func (w *walk) describeErrors() {
	for _, t := range w.tasks {
		if t.exception == 0 {
			continue
		}
		t.node.Error = w.failure(t.exception)
		t.node.Error.Retrieved = !t.logTB
		w.check(t.node, "its exception")
	}
}
