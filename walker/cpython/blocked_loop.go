package cpython

import (
	"fmt"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// longBlocked is from when on a loop that does nothing is one that is kept from it:
// a timer has been due for so long, or who keeps the loop sleeps so long yet.
const longBlocked = time.Second

// findBlockedLoops: a loop runs one task at a time. While that one stands in a
// system call, nobody else runs: who is ready, whose timer is due, and whoever would
// come.
func (w *walk) findBlockedLoops() {
	for _, th := range w.threads {
		t := th.runs
		if t == nil || len(t.node.Frames) == 0 {
			continue
		}
		call, inCall := w.systemCall(th)
		if !inCall {
			continue // it is on a CPU: a loop at work
		}
		top := t.node.Frames[0]
		if call == "futex" && th.waits == nil && th.wants == 0 {
			continue // no lock of the program's: the GIL, as far as can be told
		}
		if library, _, _ := strings.Cut(top.Module, "."); neverBlocks[library] || neverBlocks[top.Func] {
			continue // a call that returns at once
		}
		what, how := w.keptWaiting(th, t)
		if what == "" {
			continue
		}
		w.b.Problem(&graph.Problem{
			Code: "blocked-loop", Severity: graph.Warning, Tasks: []graph.TaskID{t.node.ID},
			Message: fmt.Sprintf("%s keeps its event loop from running: it stands in the system call %s at %s, %s",
				t.node.ID, call, top.Func, what),
			Evidence: graph.Evidence{Confidence: graph.Proven, How: "the thread's registers" + how},
		})
	}
}

// keptWaiting says what a thread in a system call keeps from happening, and how that
// is known; empty: nothing that is known.
func (w *walk) keptWaiting(th *thread, t *task) (what, how string) {
	var missed []string
	if late, by := w.overdueIn(t); late > longBlocked {
		missed, how = append(missed, "a timer is overdue by "+inWords(late)), ", "+by
	}
	if ready, by := w.readyIn(t); ready != "" {
		missed, how = append(missed, ready), how+", "+by
	}
	if len(missed) > 0 {
		return "while " + strings.Join(missed, " and "), how
	}
	if timer, sleeps := w.sleeping(th); sleeps {
		if left, ok := w.dueIn(timer); ok && left > longBlocked {
			return "for " + inWords(left) + " more", ", and the time in memory that the call was given"
		}
	}
	return "", ""
}

// neverBlocks are the packages of event loops, whose calls of the system are
// made so that they do not wait, and functions that let go of locks.
var neverBlocks = map[string]bool{
	"asyncio": true, "uvloop": true, "anyio": true, "trio": true, "threading.Condition.notify": true,
}

// readyIn says what the loop of a task would run if it could, and how that is
// known; empty: nothing.
func (w *walk) readyIn(t *task) (ready, how string) {
	if t.trio == nil {
		callbacks, _ := w.readyOf(t.loop)
		if callbacks == 0 {
			return "", ""
		}
		return plural(int(callbacks), "callback is ready", "callbacks are ready"), "len(loop._ready)"
	}
	n := 0
	for _, other := range w.tasks {
		if other.trio == t.trio && other != t && !other.parked {
			n++
		}
	}
	if n == 0 {
		return "", ""
	}
	return plural(n, "task is ready", "tasks are ready"), "Task._next_send_fn of the others"
}

// overdueIn is for how long the loop of a task has not come to a timer that is due: of
// asyncio's the first in its heap, of any other that for which a task of it sleeps.
func (w *walk) overdueIn(t *task) (late time.Duration, how string) {
	if t.trio != nil || w.ownClock(t.loop) {
		return 0, ""
	}
	if timers := w.items(w.attr(t.loop, "_scheduled")); len(timers) > 0 {
		if when, ok := w.floatAttr(timers[0], "_when"); ok {
			due, _ := w.due(when)
			return -due, "_when of the first in loop._scheduled"
		}
	}
	for _, other := range w.tasks {
		if other.loop != t.loop || len(other.node.Waits) == 0 || other.node.Waits[0].Kind != graph.WaitSleep {
			continue
		}
		if due, ok := w.dueIn(other.node.Waits[0].Resource); ok && -due > late {
			late, how = -due, "h of asyncio.tasks.sleep of "+string(other.node.ID)
		}
	}
	return late, how
}

// dueIn is when a timer is due that is a resource; false: it does not tell.
func (w *walk) dueIn(id graph.ResourceID) (time.Duration, bool) {
	if r := w.b.ResourceByID(id); r != nil && r.Kind == "timer" {
		for _, a := range r.Detail {
			if due, ok := a.Value.(time.Duration); ok && a.Key == "due_in_ms" {
				return due, true
			}
		}
	}
	return 0, false
}

// inWords is a duration to two figures or so.
func inWords(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
