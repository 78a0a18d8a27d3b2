package golang

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// sleeps are time.Sleep's: the goroutine has a timer of its own, g.timer, and
// since Go 1.23 says itself when it will be due, g.sleepWhen:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/time.go#L330
var sleeps = awaitable{
	kinds: []graph.WaitKind{graph.WaitSleep},
	collect: func(c *collection, waiting []*goroutine) {
		var addrs []uint64
		for _, g := range waiting {
			if g.sleepWhen == 0 {
				addrs = append(addrs, g.timer)
			}
		}
		c.readTimers(addrs)
	},
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		t, ok := w.timers[g.timer]
		how := "g.timer → timer.when"
		if g.sleepWhen != 0 {
			t, ok, how = timer{when: g.sleepWhen}, true, "g.sleepWhen"
		}
		if g.timer == 0 || !ok {
			return false
		}
		r := w.b.Resource("timer", g.timer)
		r.Detail = w.due(t)
		wait.Resource = r.ID
		wait.Evidence = proven(how)
		return true
	},
}

// never is when timers go off that are set to go off never: centuries from now.
const never = 1 << 62

// due says when a timer will go off, where the target's clock is known
// exactly: in a core only a lower bound of it is, and nothing is said.
func (w *walk) due(t timer) []graph.Attr {
	var out []graph.Attr
	if t.when == 0 { // stopped, or it went off and somebody else received that
		out = append(out, graph.Attr{Key: "set", Value: false})
	}
	if w.nowExact && t.when > 0 && t.when < never {
		out = append(out, graph.Attr{Key: "due_in_ms", Value: time.Duration(t.when - w.now)})
	}
	if t.period > 0 {
		out = append(out, graph.Attr{Key: "period_ms", Value: time.Duration(t.period)})
	}
	return out
}
