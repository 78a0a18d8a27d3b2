package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// failure describes an exception.
func (w *walk) failure(o object.Ref) *graph.Failure {
	e := w.r.Exception(o)
	return &graph.Failure{Type: e.Type.FullName(), Message: w.message(e)}
}

// message is what str() makes of most exceptions: their only argument, or all
// of them as a tuple.
func (w *walk) message(e object.Exception) string {
	if len(e.Args) == 1 && w.isA(e.Args[0], "str") {
		return w.r.Str(e.Args[0])
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
