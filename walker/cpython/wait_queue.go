package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// queues are the classes of asyncio/queues.py
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/queues.py).
var queues = []awaitable{
	{[]string{"asyncio.queues.Queue.get"}, onQueueGet},
	{[]string{"asyncio.queues.Queue.put"}, onSelf(graph.WaitQueuePut, "queue", queueState)},
}

// onQueueJoin: Queue.join waits for an Event of the queue's own.
func onQueueJoin(w *walk, at standing, wait *graph.Wait) bool {
	if at.outer(1) != "asyncio.queues.Queue.join" {
		return false
	}
	at = w.standing(at.task, at.index+1)
	onSelf(graph.WaitQueueJoin, "queue", queueState)(w, at, wait)
	wait.Frame = int32(at.index)
	return true
}

// onQueueGet: as_completed has a queue of its own, of those that are done, and
// a pool of SQLAlchemy's one of the connections that are free.
func onQueueGet(w *walk, at standing, wait *graph.Wait) {
	if !onCompletionQueue(w, at, wait) && !onSQLPool(w, at, wait) {
		onSelf(graph.WaitQueueGet, "queue", queueState)(w, at, wait)
	}
}

func queueState(w *walk, o object.Ref) (state []graph.Attr) {
	if n, ok := w.length(w.attr(o, "_queue")); ok {
		state = append(state, graph.Attr{Key: "size", Value: n})
	}
	if most, ok := w.intAttr(o, "_maxsize"); ok && most > 0 {
		state = append(state, graph.Attr{Key: "max", Value: most})
	}
	if n, ok := w.intAttr(o, "_unfinished_tasks"); ok && n > 0 {
		state = append(state, graph.Attr{Key: "unfinished", Value: n})
	}
	if down, _ := w.boolAttr(o, "_is_shutdown"); down { // from 3.13 on
		state = append(state, graph.Attr{Key: "closed", Value: true})
	}
	return state
}
