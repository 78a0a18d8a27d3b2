package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// locks are the classes of asyncio/locks.py. A task that waits on one stands
// in its method, with the object as self
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/locks.py).
var locks = []awaitable{
	{[]string{"asyncio.locks.Lock.acquire"}, onSelf(graph.WaitLock, "lock", lockState)},
	{[]string{"asyncio.locks.Event.wait"}, onEvent},
	{[]string{"asyncio.locks.Condition.wait"}, onCondition},
	{[]string{"asyncio.locks.Semaphore.acquire"}, onSelf(graph.WaitSemaphore, "semaphore", semaphoreState)},
}

// onEvent: queues, servers and pools have events of their own, and AnyIO makes some
// of its own of events.
func onEvent(w *walk, at standing, wait *graph.Wait) {
	if !onQueueJoin(w, at, wait) && !onClient(w, at, wait) && !onHTTPCorePool(w, at, wait) && !onAnyioEvent(w, at, wait) {
		onSelf(graph.WaitEvent, "event", eventState)(w, at, wait)
	}
}

// onCondition: a Barrier (3.11) has a Condition of its own on which those wait
// that came before the others.
func onCondition(w *walk, at standing, wait *graph.Wait) {
	for i := range 3 {
		if f := at.outer(i + 1); f == "asyncio.locks.Barrier._wait" || f == "asyncio.locks.Barrier._block" {
			at = w.standing(at.task, at.index+i+1)
			onSelf(graph.WaitBarrier, "barrier", barrierState)(w, at, wait)
			wait.Frame = int32(at.index)
			return
		}
	}
	onSelf(graph.WaitCondition, "condition", conditionState)(w, at, wait)
}

// onSelf describes a wait for the object whose method the task stands in.
func onSelf(kind graph.WaitKind, resource string, state func(*walk, object.Ref) []graph.Attr) func(*walk, standing, *graph.Wait) {
	return func(w *walk, at standing, wait *graph.Wait) {
		if at.self == 0 {
			return
		}
		r := w.resource(resource, at.self, state)
		wait.Kind, wait.Resource = kind, r.ID
		wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
	}
}

// resource is the resource that a Python object is, with its state.
func (w *walk) resource(kind string, o object.Ref, state func(*walk, object.Ref) []graph.Attr) *graph.Resource {
	r := w.b.Resource(kind, uint64(o))
	if r.Type == "" {
		r.Type = publicName(w.r.Type(o))
		r.Detail = state(w, o)
	}
	return r
}

// publicName is a class as people import it: asyncio.Lock, not asyncio.locks.Lock.
func publicName(t *object.Type) string {
	name := t.FullName()
	if rest, ok := strings.CutPrefix(name, "asyncio."); ok && strings.Contains(rest, ".") {
		return "asyncio." + t.Qualname
	}
	return name
}

func lockState(w *walk, o object.Ref) []graph.Attr {
	locked, ok := w.boolAttr(o, "_locked")
	if !ok {
		return nil
	}
	return []graph.Attr{{Key: "locked", Value: locked}}
}

func eventState(w *walk, o object.Ref) []graph.Attr {
	set, ok := w.boolAttr(o, "_value")
	if !ok {
		return nil
	}
	return []graph.Attr{{Key: "set", Value: set}}
}

func conditionState(w *walk, o object.Ref) []graph.Attr {
	lock := w.attr(o, "_lock")
	if lock == 0 {
		return nil
	}
	return lockState(w, lock)
}

// semaphoreState: a semaphore keeps what is free, and only some how much there was.
func semaphoreState(w *walk, o object.Ref) []graph.Attr {
	free, ok := w.intAttr(o, "_value")
	if !ok {
		return nil
	}
	if size, ok := w.semaphoreSize(o); ok {
		return []graph.Attr{{Key: "size", Value: size}, {Key: "held", Value: size - free}}
	}
	return []graph.Attr{{Key: "free", Value: free}}
}

// semaphoreSize is how many can hold a semaphore: asyncio's BoundedSemaphore and
// those of AnyIO and Trio that were given a maximum know.
func (w *walk) semaphoreSize(o object.Ref) (int64, bool) {
	if size, ok := w.intAttr(o, "_bound_value"); ok {
		return size, true
	}
	return w.intAttr(o, "_max_value")
}

func barrierState(w *walk, o object.Ref) (state []graph.Attr) {
	if parties, ok := w.intAttr(o, "_parties"); ok {
		state = append(state, graph.Attr{Key: "parties", Value: parties})
	}
	if count, ok := w.intAttr(o, "_count"); ok {
		state = append(state, graph.Attr{Key: "waiters", Value: count})
	}
	return state
}
