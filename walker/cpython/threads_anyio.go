package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// anyioWorker is the function of a thread of AnyIO's, which has the Future of the
// job that it works on in a variable
// (https://github.com/agronholm/anyio/blob/4.5.0/src/anyio/_backends/_asyncio.py#L900).
const anyioWorker = "anyio._backends._asyncio.WorkerThread.run"

// onAnyioJob: anyio.to_thread.run_sync on asyncio waits for a Future that a
// thread will give its result.
func onAnyioJob(w *walk, f *future, wait *graph.Wait) bool {
	th, ok := w.anyioJobs()[f.addr]
	if !ok {
		return false
	}
	wait.Kind, wait.Task = graph.WaitExecutor, th.node.ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: viaWaiter + " = future of the thread's " + anyioWorker}
	for i := range th.own {
		if th.own[i].Func == anyioWorker {
			wait.Text = w.functionName(w.fr.Local(&th.own[i], "func"))
		}
	}
	return true
}

// anyioJobs are the threads that work, by the Future of their job. One that waits
// for the next stands in a method of its own queue, and the variable has the last.
func (w *walk) anyioJobs() map[object.Ref]*thread {
	if w.anyioWorkers != nil {
		return w.anyioWorkers
	}
	w.anyioWorkers = map[object.Ref]*thread{}
	for _, th := range w.threads {
		for i := range th.own {
			if th.own[i].Func != anyioWorker || i > 0 && w.fr.Self(&th.own[i-1]) == w.attr(w.fr.Self(&th.own[i]), "queue") {
				continue
			}
			if o := w.some(w.fr.Local(&th.own[i], "future")); o != 0 {
				w.anyioWorkers[o] = th
			}
		}
	}
	return w.anyioWorkers
}
