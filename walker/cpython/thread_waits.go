package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// threadWait is a function of the standard library in which a thread waits,
// with the object that it waits for as self. A function that waits by way of
// another of these stands further out, and says more: the outermost counts.
type threadWait struct {
	kind     graph.WaitKind
	resource string
	state    func(*walk, object.Ref) []graph.Attr
	describe func(*walk, object.Ref, *graph.Wait) bool   // instead, for what is no resource of its own
	within   func(*walk, *frame.Frame, *graph.Wait) bool // instead, for a function that is no method
}

// threadWaits are all that this walker knows
// (https://github.com/python/cpython/blob/v3.12.1/Lib/threading.py,
// https://github.com/python/cpython/blob/v3.12.1/Lib/queue.py,
// https://github.com/python/cpython/blob/v3.12.1/Lib/concurrent/futures/_base.py).
var threadWaits = map[string]threadWait{
	"threading.Condition.wait":                  {kind: graph.WaitCondition, resource: "condition", state: noState},
	"threading.Event.wait":                      {kind: graph.WaitEvent, resource: "event", state: threadEventState},
	"threading.Semaphore.acquire":               {kind: graph.WaitSemaphore, resource: "semaphore", state: threadSemaphoreState},
	"threading.Barrier.wait":                    {kind: graph.WaitBarrier, resource: "barrier", state: noState},
	"queue.Queue.get":                           {kind: graph.WaitQueueGet, resource: "queue", state: threadQueueState},
	"queue.Queue.put":                           {kind: graph.WaitQueuePut, resource: "queue", state: threadQueueState},
	"queue.Queue.join":                          {kind: graph.WaitQueueJoin, resource: "queue", state: threadQueueState},
	sqlPool + "._do_get":                        {kind: graph.WaitSemaphore, resource: "semaphore", state: sqlPoolState},
	"threading.Thread.join":                     {describe: onThreadJoin},
	"concurrent.futures._base.Future.result":    {describe: onConcurrentFuture},
	"concurrent.futures._base.Future.exception": {describe: onConcurrentFuture},
	"concurrent.futures._base.wait":             {within: onConcurrentWait},
	"concurrent.futures._base.as_completed":     {within: onConcurrentCompleted},
	asgirefRun:                                  {within: onAsyncToSync},
	"trio._threads._send_message_to_trio":       {within: onTrioMessage},
	"trio._threads._run_fn_as_system_task":      {within: onTrioMessage}, // to 0.22
}

// maxInward is how far out from its innermost frame the function may stand
// that says what a thread waits for: Condition.wait within Condition.wait_for
// within Barrier._wait within Barrier.wait.
const maxInward = 4

// waitFunction is the function that the frames' thread waits in, and its frame.
func waitFunction(frames []frame.Frame) (found *threadWait, at int) {
	for i := range min(maxInward, len(frames)) {
		if known, ok := threadWaits[frames[i].Func]; ok {
			found, at = &known, i
		}
	}
	return found, at
}

// fill describes the wait of a thread in a frame of that function.
func (tw *threadWait) fill(w *walk, f *frame.Frame, wait *graph.Wait) bool {
	wait.Kind = tw.kind
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + f.Func}
	if tw.within != nil {
		return tw.within(w, f, wait)
	}
	self := w.fr.Self(f)
	if self == 0 {
		return false
	}
	if tw.describe != nil {
		return tw.describe(w, self, wait)
	}
	wait.Resource = w.resource(tw.resource, self, tw.state).ID
	return true
}

// waitOfThread says what a thread waits for, as far as its frames and its
// futex tell.
func (w *walk) waitOfThread(t *thread) {
	if t.runs != nil {
		return // it is the task's wait
	}
	waits, known := w.threadWait(t, t.own)
	if !known {
		w.waitInCall(t)
		return
	}
	t.node.Waits, t.node.State = waits, graph.StateWaiting
}

func noState(*walk, object.Ref) []graph.Attr { return nil }

func threadEventState(w *walk, o object.Ref) []graph.Attr {
	set, ok := w.boolAttr(o, "_flag")
	if !ok {
		return nil
	}
	return []graph.Attr{{Key: "set", Value: set}}
}

func threadQueueState(w *walk, o object.Ref) (state []graph.Attr) {
	if n, ok := w.length(w.attr(o, "queue")); ok {
		state = append(state, graph.Attr{Key: "size", Value: n})
	}
	if most, ok := w.intAttr(o, "maxsize"); ok && most > 0 {
		state = append(state, graph.Attr{Key: "max", Value: most})
	}
	if n, ok := w.intAttr(o, "unfinished_tasks"); ok && n > 0 {
		state = append(state, graph.Attr{Key: "unfinished", Value: n})
	}
	return state
}

// onThreadJoin: the other thread is known by its ident.
func onThreadJoin(w *walk, self object.Ref, wait *graph.Wait) bool {
	wait.Kind = graph.WaitThread
	ident, ok := w.intAttr(self, "_ident")
	if !ok {
		return false
	}
	for _, t := range w.threads {
		if t.ident == uint64(ident) {
			wait.Task = t.node.ID
			wait.Evidence.How += "._ident"
			return true
		}
	}
	return false
}

// onConcurrentFuture: a thread that waits for the result of a coroutine that it
// gave to a loop waits for that task, which has the Future in a callback.
func onConcurrentFuture(w *walk, self object.Ref, wait *graph.Wait) bool {
	if t := w.threadsafe()[self]; t != nil {
		wait.Kind, wait.Task = graph.WaitTask, t.node.ID
		wait.Text = "asyncio.run_coroutine_threadsafe"
		wait.Evidence.How += " → _chain_future's callback of the task"
		return true
	}
	if keeper := w.unbegun[self]; keeper != nil {
		*wait = w.turn(keeper)
		wait.Text = "asyncio.run_coroutine_threadsafe"
		wait.Evidence.How = "the Future of a callback in loop._ready; " + wait.Evidence.How
		return true
	}
	w.onJob(self, wait)
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of Future.result"}
	return true
}

// threadsafe are the tasks whose result a Future of concurrent.futures gets, by
// that Future: run_coroutine_threadsafe makes them
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L931).
func (w *walk) threadsafe() map[object.Ref]*task {
	if w.byResult != nil {
		return w.byResult
	}
	w.byResult = map[object.Ref]*task{}
	for _, t := range w.tasks {
		for _, c := range w.callbacksOf(&t.future) {
			if c.is("asyncio.futures.", "_chain_future.<locals>._call_set_state") {
				if o := c.cells["destination"]; o != 0 {
					w.byResult[o] = t
				}
			}
		}
	}
	return w.byResult
}
