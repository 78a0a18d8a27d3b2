package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// nurseryManager is what "async with trio.open_nursery()" enters.
const nurseryManager = "trio._core._run.NurseryManager"

func isNursery(t *object.Type) bool {
	return t.Inherits("trio.Nursery") || t.Inherits("trio._core._run.Nursery")
}

// nurseriesOf finds the nurseries that a task is in and has open.
func (w *walk) nurseriesOf(t *task) {
	w.group(w.attr(t.addr, "_parent_nursery"))
	for _, o := range w.items(w.attr(t.addr, "_child_nurseries")) {
		w.group(o)
	}
}

// nursery is the graph's group of a Nursery; nil for those in which a run has the
// main task and its own: nobody opened them.
//
// https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_core/_run.py#L1086
func (w *walk) nursery(o object.Ref) *graph.Group {
	parent := w.byAddr[w.attr(o, "_parent_task")]
	if parent != nil && parent.trio != nil && parent.trio.init == parent.addr {
		return nil
	}
	g := w.b.Group("trio.Nursery", uint64(o))
	w.groups[o] = g
	g.Evidence = graph.Evidence{Confidence: graph.Proven, How: "Nursery._children"}
	if parent != nil {
		g.Owner = parent.node.ID
	}
	g.Outstanding = 0
	for _, m := range w.items(w.attr(o, "_children")) {
		g.Outstanding++
		if t := w.byAddr[m]; t != nil {
			w.member(g, t)
		}
	}
	if pending := w.items(w.attr(o, "_pending_excs")); len(pending) > 0 {
		g.Error = w.failure(pending[0])
	}
	return g
}

// onNursery: who leaves a nursery's with-block waits for its children. Who
// called nursery.start waits for one to say that it has started, or to end.
func onNursery(w *walk, at standing, wait *graph.Wait) {
	g := w.group(at.self)
	if g == nil {
		if w.isA(at.self, "trio.Nursery") {
			wait.Kind, wait.Text = graph.WaitRuntime, "the end of the run"
		}
		return
	}
	wait.Kind, wait.Group = graph.WaitTaskGroup, g.ID
	if at.outer(2) == "trio._core._run.Nursery.start" {
		wait.Text, wait.Frame = "trio.Nursery.start", int32(at.index)+2
	}
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
}
