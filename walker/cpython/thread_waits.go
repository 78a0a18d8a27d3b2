package cpython

import (
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
	describe func(*walk, object.Ref, *graph.Wait) bool // instead, for what is no resource of its own
}

// threadWaits are all that this walker knows
// (https://github.com/python/cpython/blob/v3.12.1/Lib/threading.py,
// https://github.com/python/cpython/blob/v3.12.1/Lib/queue.py,
// https://github.com/python/cpython/blob/v3.12.1/Lib/concurrent/futures/_base.py).
var threadWaits = map[string]threadWait{
	"threading.Condition.wait":                  {kind: graph.WaitCondition, resource: "condition", state: noState},
	"threading.Event.wait":                      {kind: graph.WaitEvent, resource: "event", state: threadEventState},
	"threading.Semaphore.acquire":               {kind: graph.WaitSemaphore, resource: "semaphore", state: noState},
	"threading.Barrier.wait":                    {kind: graph.WaitBarrier, resource: "barrier", state: noState},
	"queue.Queue.get":                           {kind: graph.WaitQueueGet, resource: "queue", state: threadQueueState},
	"queue.Queue.put":                           {kind: graph.WaitQueuePut, resource: "queue", state: threadQueueState},
	"queue.Queue.join":                          {kind: graph.WaitQueueJoin, resource: "queue", state: threadQueueState},
	"threading.Thread.join":                     {describe: onThreadJoin},
	"concurrent.futures._base.Future.result":    {describe: onConcurrentFuture},
	"concurrent.futures._base.Future.exception": {describe: onConcurrentFuture},
}

// maxInward is how far out from its innermost frame the function may stand
// that says what a thread waits for: Condition.wait within Condition.wait_for
// within Barrier._wait within Barrier.wait.
const maxInward = 4

// waitOfThread says what a thread waits for, as far as its frames tell.
func (w *walk) waitOfThread(t *thread) {
	var found *threadWait
	at := 0
	for i := range min(maxInward, len(t.own)) {
		if known, ok := threadWaits[t.own[i].Func]; ok {
			found, at = &known, i
		}
	}
	if found == nil {
		w.waitInCall(t)
		return
	}
	f := &t.own[at]
	self := w.fr.Self(f)
	if self == 0 {
		return
	}
	wait := graph.Wait{Frame: int32(at), Kind: found.kind}
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + f.Func}
	if found.describe != nil {
		if !found.describe(w, self, &wait) {
			return
		}
	} else {
		wait.Resource = w.resource(found.resource, self, found.state).ID
	}
	t.node.Waits = []graph.Wait{wait}
	t.node.State = graph.StateWaiting
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
	w.onJob(self, wait)
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of Future.result"}
	return true
}

// threadsafe are the tasks whose result a Future of concurrent.futures gets, by
// that Future: run_coroutine_threadsafe makes them
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L978).
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
