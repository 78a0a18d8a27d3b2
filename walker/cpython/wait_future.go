package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// awaitedFuture is one way in which a Future is more than a Future: it stands
// for others. Its describe returns false for a Future that is not of its sort.
type awaitedFuture func(w *walk, f *future, wait *graph.Wait) bool

// awaitedFutures are all that this walker knows, the surest first. (A function,
// since what stands for others leads to futures again.)
func awaitedFutures() []awaitedFuture {
	return []awaitedFuture{onTask, onGather, onShield, onExecutor, onAnyioJob}
}

// maxNesting bounds how far gathers of gathers are followed.
const maxNesting = 32

// onFuture says what waiting for a Future means.
func (w *walk) onFuture(o object.Ref, wait *graph.Wait) {
	w.nesting++
	defer func() { w.nesting-- }()
	f := w.readFuture(o)
	if w.nesting <= maxNesting {
		for _, is := range awaitedFutures() {
			if is(w, &f, wait) {
				return
			}
		}
	}
	w.onPlainFuture(&f, wait)
}

const viaWaiter = "task._fut_waiter"

// onTask: the Future is a task.
func onTask(w *walk, f *future, wait *graph.Wait) bool {
	if !f.isTask {
		return false
	}
	wait.Kind, wait.Task = graph.WaitTask, taskID(f.addr)
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: viaWaiter}
	return true
}

// onPlainFuture: somebody will set the Future's result, and nothing tells who.
func (w *walk) onPlainFuture(f *future, wait *graph.Wait) {
	r := w.b.Resource("future", uint64(f.addr))
	if r.Type == "" {
		r.Type = f.typ.FullName()
		if f.isFuture {
			r.Detail = []graph.Attr{{Key: "state", Value: f.state.String()}}
		}
	}
	wait.Kind, wait.Resource = graph.WaitFuture, r.ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: viaWaiter}
}

func (s futureState) String() string {
	switch s {
	case pendingFuture:
		return "pending"
	case cancelledFuture:
		return "cancelled"
	case finishedFuture:
		return "finished"
	}
	return "unknown"
}
