package cpython

import "github.com/dlv-async/dlv-async/walker/graph"

// onExecutor: run_in_executor and wrap_future chain a Future to that of
// concurrent.futures, which a thread of a pool will finish
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/futures.py#L364).
func onExecutor(w *walk, f *future, wait *graph.Wait) bool {
	for _, c := range w.callbacksOf(f) {
		if !c.is("asyncio.futures.", "_chain_future.<locals>._call_check_cancel") {
			continue
		}
		source := c.cells["source"]
		if source == 0 {
			continue
		}
		wait.Kind = graph.WaitExecutor
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: viaWaiter + " → its concurrent.futures.Future"}
		r := w.b.Resource("executor", uint64(source))
		r.Type = "concurrent.futures.Future"
		wait.Resource = r.ID
		return true
	}
	return false
}
