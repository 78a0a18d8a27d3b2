package cpython

import (
	"math"
	"slices"
	"time"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// trioScopes reads the cancel scopes that a task stands inside of, its own and
// those of the tasks whose nurseries it is in
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_core/_run.py#L318).
func (w *walk) trioScopes(t *task) {
	status := w.attr(t.addr, "_cancel_status")
	c := &graph.Cancellation{Scopes: w.scopesFrom(t.trio, status)}
	t.node.Cancel = c
	if cancelled, _ := w.boolAttr(status, "effectively_cancelled"); cancelled {
		c.Requested = 1
		if i := slices.IndexFunc(c.Scopes, func(s graph.CancelScope) bool { return s.Cancelled }); i >= 0 {
			c.Message = c.Scopes[i].Reason
		}
		// A wait is told once. What cannot be ended, as a call in a thread, goes on.
		c.Pending = t.waits() && w.attr(t.addr, "_abort_func") != 0
	}
	if due := firstDeadline(c.Scopes); due != 0 && len(t.node.Waits) > 0 && t.node.Waits[0].Kind != graph.WaitSleep {
		t.node.Waits[0].Deadline = due
	}
}

// firstDeadline is when the first of these scopes is cancelled by time that can
// reach who stands in the innermost; 0: none is.
func firstDeadline(scopes []graph.CancelScope) (first time.Duration) {
	for _, s := range scopes {
		if s.Deadline != 0 && (first == 0 || s.Deadline < first) {
			first = s.Deadline
		}
		if s.Shield {
			break
		}
	}
	return first
}

// scopesFrom are the scope of a CancelStatus and those around it, the innermost
// first. Tasks that are in the same have one list.
func (w *walk) scopesFrom(run *trioRun, status object.Ref) []graph.CancelScope {
	if known, ok := run.scopes[status]; ok || status == 0 {
		return known
	}
	var all []graph.CancelScope
	for at := status; at != 0 && len(all) < maxScopes; at = w.attr(at, "_parent") {
		o := w.attr(at, "_scope")
		if o == 0 {
			break
		}
		s := graph.CancelScope{Address: uint64(o)}
		s.Deadline, _ = w.trioDue(run, o)
		s.Shield, _ = w.boolAttr(o, "_shield")
		if s.Cancelled, _ = w.boolAttr(o, "_cancel_called"); s.Cancelled {
			s.Reason = w.cancelReason(o)
		}
		all = append(all, s)
	}
	run.scopes[status] = all
	return all
}

// cancelReason says why a scope was cancelled, as far as it knows, which it did not in 0.27:
// "deadline", "nursery: child task raised exception ...".
func (w *walk) cancelReason(scope object.Ref) string {
	reason := w.attr(scope, "_cancel_reason")
	if reason == 0 {
		return ""
	}
	source, text := w.strAttr(reason, "source"), w.strAttr(reason, "reason")
	if text == "" {
		return source
	}
	return source + ": " + text
}

// trioDue is how long it is until a scope's deadline; false when it has none, or
// time cannot be told.
func (w *walk) trioDue(run *trioRun, scope object.Ref) (time.Duration, bool) {
	at, ok := w.floatAttr(scope, "_deadline")
	if !ok || !run.timed || math.IsInf(at, 0) || math.IsNaN(at) {
		return 0, false
	}
	return w.due(at - run.offset)
}

// isTrioScope tells Trio's scopes, whose deadlines are in a clock of its own.
func (w *walk) isTrioScope(o object.Ref) bool { return w.isA(o, "trio.CancelScope") }
