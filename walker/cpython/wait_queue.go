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
	{[]string{"asyncio.queues.Queue.join"}, onSelf(graph.WaitQueueJoin, "queue", queueState)},
}

// onQueueGet: as_completed has a queue of its own, of those that are done.
func onQueueGet(w *walk, at standing, wait *graph.Wait) {
	if !onCompletionQueue(w, at, wait) {
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
	return state
}
