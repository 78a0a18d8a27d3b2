package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A thread in concurrent.futures.wait or as_completed waits for several
// Futures
// (https://github.com/python/cpython/blob/v3.12.1/Lib/concurrent/futures/_base.py#L199).

func onConcurrentWait(w *walk, f *frame.Frame, wait *graph.Wait) bool {
	when := w.str(w.fr.Local(f, "return_when"))
	wait.Kind, wait.Text = graph.WaitAny, "concurrent.futures.wait for "+when
	if when == "ALL_COMPLETED" {
		wait.Kind = graph.WaitGather
	}
	return w.concurrentBranches(f, wait)
}

func onConcurrentCompleted(w *walk, f *frame.Frame, wait *graph.Wait) bool {
	wait.Kind, wait.Text = graph.WaitAny, "concurrent.futures.as_completed"
	return w.concurrentBranches(f, wait)
}

// concurrentBranches adds those of a function's Futures that are not done.
func (w *walk) concurrentBranches(f *frame.Frame, wait *graph.Wait) bool {
	wait.Evidence.How = "fs of " + f.Func
	for _, o := range w.items(w.fr.Local(f, "fs")) {
		if s := w.strAttr(o, "_state"); s != "PENDING" && s != "RUNNING" {
			continue
		}
		branch := graph.Wait{}
		onConcurrentFuture(w, o, &branch)
		branch.Evidence.How = wait.Evidence.How
		wait.Branches = append(wait.Branches, branch)
	}
	return len(wait.Branches) > 0
}
