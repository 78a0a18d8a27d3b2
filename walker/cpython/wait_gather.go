package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// onGather: asyncio.gather returns a Future that is done when all of its
// children are (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L731).
func onGather(w *walk, f *future, wait *graph.Wait) bool {
	if !f.typ.Inherits("asyncio.tasks._GatheringFuture") {
		return false
	}
	children := w.attr(f.addr, "_children")
	if children == 0 {
		return false
	}
	wait.Kind = graph.WaitGather
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: viaWaiter + " → _GatheringFuture._children"}
	wait.Branches = w.pending(w.r.List(children), wait.Evidence.How)
	return true
}

// pending describes a wait for each of these Futures that is not done.
func (w *walk) pending(futures []object.Ref, how string) (waits []graph.Wait) {
	for _, o := range futures {
		if f := w.readFuture(o); !f.isFuture || f.state != pendingFuture {
			continue
		}
		branch := graph.Wait{}
		w.onFuture(o, &branch)
		branch.Evidence.How = how
		waits = append(waits, branch)
	}
	return waits
}

// onShield: asyncio.shield returns an outer Future that is done when an inner
// one is (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L865).
func onShield(w *walk, f *future, wait *graph.Wait) bool {
	inner := w.shielded(f)
	if inner == 0 {
		return false
	}
	if w.onFuture(inner, wait); wait.Text == "" { // of a job, that is its function
		wait.Text = "asyncio.shield"
	}
	wait.Evidence.How = viaWaiter + " → shield's inner Future"
	return true
}

// shielded is the Future that shield was given, of the one that it returned;
// 0 for any other.
func (w *walk) shielded(f *future) object.Ref {
	for _, c := range w.callbacksOf(f) {
		if c.is("asyncio.tasks.", "shield.<locals>._outer_done_callback") && c.cells["inner"] != 0 {
			return c.cells["inner"]
		}
	}
	return 0
}
