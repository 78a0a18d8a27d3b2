package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// canStir are the kinds of wait that something outside the goroutines ends:
// the clock, the kernel, the runtime itself.
var canStir = map[graph.WaitKind]bool{
	graph.WaitSleep: true, graph.WaitTimer: true, graph.WaitNetwork: true, graph.WaitFile: true,
	graph.WaitSyscall: true, graph.WaitRuntime: true, graph.WaitUnknown: true,
}

// checkAsleep reports a program in which every goroutine waits for another.
// The runtime ends such a program by itself, unless it has cgo in it, whose
// threads might call back; so it is met in cores and under cgo.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/proc.go#L6367
func (w *walk) checkAsleep() {
	if len(w.unreadable) > 0 || w.cut > 0 || w.wakers != 0 {
		return
	}
	stirring := make([]bool, len(w.kinds)) // by reason
	for i, k := range w.kinds {
		stirring[i] = canStir[k]
	}
	users := 0
	for _, g := range w.goroutines {
		if w.isSystem(g) {
			continue
		}
		if !parked(g.status) || int(g.reason) >= len(stirring) || stirring[g.reason] || g.isTorn() || w.timed(g) {
			return
		}
		users++
	}
	if users == 0 {
		return
	}
	asleep := make([]graph.TaskID, 0, users)
	for _, g := range w.goroutines {
		if !w.isSystem(g) {
			asleep = append(asleep, taskID(g.id))
		}
	}
	message, timers := "nothing is left that could wake any of them", "no timer in any p"
	if w.pendingTimers > 0 {
		message += "; the deadline of the tests will end them"
		timers = "no timer in any p that would wake one"
	}
	evidence := proven("every g.waitreason, and " + timers)
	if w.cgo {
		evidence = inferred("every g.waitreason, and " + timers + "; a thread of C code could still call Go")
	}
	w.b.Problem(&graph.Problem{
		Code: "all-asleep", Severity: graph.Error, Tasks: asleep,
		Message:  "every goroutine waits for another one: " + message,
		Evidence: evidence,
	})
}

// timed tells whether one of the channels that a goroutine waits on is a
// timer's.
func (w *walk) timed(g *goroutine) bool {
	for _, s := range g.sudogs {
		if ch := s.ch; ch != nil && ch.timer != 0 {
			return true
		}
	}
	return false
}
