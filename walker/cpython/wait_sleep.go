package cpython

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// sleeps is asyncio.sleep: a Future, and a TimerHandle of the loop that will
// give it its result
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L653).
var sleeps = []awaitable{{[]string{"asyncio.tasks.sleep"}, onSleep}}

func onSleep(w *walk, at standing, wait *graph.Wait) {
	wait.Kind = graph.WaitSleep
	timer := w.fr.Local(at.frame, "h")
	if timer = w.some(timer); timer == 0 {
		return
	}
	wait.Resource = w.timer(timer, at.task.loop).ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "h of asyncio.tasks.sleep"}
}

// timer is the resource that a TimerHandle of a loop is. Its time is that of the loop's
// clock, time.monotonic in all loops of asyncio.
func (w *walk) timer(o, loop object.Ref) *graph.Resource {
	return w.resource("timer", o, func(w *walk, o object.Ref) []graph.Attr {
		when, ok := w.whenOf(o)
		due, known := w.due(when)
		if !ok || !known || w.ownClock(loop) {
			return nil
		}
		return []graph.Attr{{Key: "due_in_ms", Value: due}}
	})
}

// due is how long it is from the capture to a time of the loop's clock, in seconds; false
// where the capture's own time is not known, as in a core.
func (w *walk) due(seconds float64) (time.Duration, bool) {
	if w.img.Monotonic == 0 || !(seconds > 0 && seconds < 1e9) {
		return 0, false
	}
	return time.Duration(seconds*1e9) - w.img.Monotonic, true
}

// ownClock tells of loops whose time is not time.monotonic: trio-asyncio's have
// that of Trio.
func (w *walk) ownClock(loop object.Ref) bool {
	return w.isA(loop, "trio_asyncio.BaseTrioEventLoop") || w.isA(loop, "trio_asyncio._base.BaseTrioEventLoop")
}
