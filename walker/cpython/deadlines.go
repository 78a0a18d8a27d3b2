package cpython

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// findDeadlines says when tasks will be told to give up waiting: by the
// timeouts that their frames stand inside of, by AnyIO's cancel scopes, and by
// the timers of wait_for and of asyncio.wait. The first of these counts.
func (w *walk) findDeadlines() {
	first := map[*graph.Task]time.Duration{}
	w.limited = map[*graph.Task]bool{}
	note := func(node *graph.Task, seconds float64, ok bool) {
		if !ok {
			return
		}
		w.limited[node] = true // in a core too, of which nobody knows what time it was
		due, known := w.due(seconds)
		if !known {
			return
		}
		if have, some := first[node]; !some || due < have {
			first[node] = due
		}
	}
	for _, h := range w.holdings {
		when, ok := w.timeoutOf(h.object)
		note(h.node, when, ok)
	}
	for _, t := range w.tasks {
		if t.trio != nil {
			w.trioScopes(t)
			w.check(t.node, "its cancel scopes")
			continue
		}
		for _, f := range t.frames {
			if f.Func == "asyncio.tasks.wait_for" || f.Func == "asyncio.tasks._wait" {
				if timer := w.some(w.fr.Local(f, "timeout_handle")); timer != 0 {
					when, ok := w.whenOf(timer)
					cancelled, _ := w.boolAttr(timer, "_cancelled")
					note(t.node, when, ok && !cancelled)
				}
			}
		}
		note(t.node, t.scopeEnds, t.scopeEnds > 0)
		if due, ok := first[t.node]; ok && len(t.node.Waits) > 0 && !w.ownClock(t.loop) {
			t.node.Waits[0].Deadline = due
		}
		w.check(t.node, "its timeouts")
	}
}

// timeoutOf is when a timeout is over, by the loop's clock: of an
// asyncio.timeout (from 3.11 on, and from 3.12 on of wait_for too) while it has
// not come to that, and of the package async_timeout, as others need it before.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/timeouts.py#L26
//   - https://github.com/aio-libs/async-timeout/blob/v4.0.3/async_timeout/__init__.py
func (w *walk) timeoutOf(o object.Ref) (seconds float64, ok bool) {
	switch {
	case w.isA(o, "asyncio.timeouts.Timeout"):
		if state := w.attr(o, "_state"); state == 0 || w.strAttr(state, "_value_") != "active" {
			return 0, false
		}
		return w.floatAttr(o, "_when")
	case w.isA(o, "async_timeout.Timeout"):
		return w.floatAttr(o, "_deadline")
	}
	return 0, false
}
