package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// onExecutor: run_in_executor, to_thread and wrap_future chain a Future to one
// of concurrent.futures, which a thread of a pool will finish
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/futures.py#L365).
func onExecutor(w *walk, f *future, wait *graph.Wait) bool {
	for _, c := range w.callbacksOf(f) {
		if !c.is("asyncio.futures.", "_chain_future.<locals>._call_check_cancel") {
			continue
		}
		if source := c.cells["source"]; source != 0 {
			w.onJob(source, wait)
			return true
		}
	}
	return false
}

// onJob: of a job that a thread runs, the thread is what is waited for; of one
// that none has begun, the pool; of any other, its Future.
func (w *walk) onJob(future object.Ref, wait *graph.Wait) {
	wait.Kind = graph.WaitExecutor
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: viaWaiter + " → its concurrent.futures.Future"}
	j, known := w.jobs[future]
	wait.Text = j.function
	switch {
	case !known:
		r := w.b.Resource("future", uint64(future))
		r.Type = publicName(w.r.Type(future))
		r.Detail = w.concurrentState(future)
		wait.Resource = r.ID
	case j.worker != nil:
		wait.Task = j.worker.node.ID
		wait.Evidence.How += " = work_item.future of the thread's " + workerLoop
	default:
		wait.Resource = w.pool(j.executor).ID
		wait.Evidence.How += " in the executor's queue"
	}
}

// concurrentState is the state of a Future of concurrent.futures.
func (w *walk) concurrentState(o object.Ref) []graph.Attr {
	if s := w.strAttr(o, "_state"); s != "" {
		return []graph.Attr{{Key: "state", Value: s}}
	}
	return nil
}
