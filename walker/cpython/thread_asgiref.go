package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// asgiref's async_to_sync, by which synchronous code of Django's calls coroutines,
// has a task of the loop run one, and the thread wait for a Future of
// concurrent.futures that the task's outermost function sets
// (https://github.com/django/asgiref/blob/3.8.1/asgiref/sync.py#L186).
const (
	asgirefRun  = "asgiref.current_thread_executor.CurrentThreadExecutor.run_until_future"
	asgirefTask = "asgiref.sync.AsyncToSync.main_wrap"
)

// onAsyncToSync: a thread waits for that task or, where there was no loop, for
// another thread that runs one.
func onAsyncToSync(w *walk, f *frame.Frame, wait *graph.Wait) bool {
	future := w.some(w.fr.Local(f, "future"))
	if future == 0 {
		return false
	}
	for _, t := range w.tasks {
		for _, outer := range t.frames {
			if outer.Func == asgirefTask && w.fr.Local(outer, "call_result") == future {
				wait.Kind, wait.Task, wait.Text = graph.WaitTask, t.node.ID, "asgiref.sync.async_to_sync"
				wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "future of " + asgirefRun + " = call_result of the task's " + asgirefTask}
				return true
			}
		}
	}
	return onConcurrentFuture(w, future, wait)
}
