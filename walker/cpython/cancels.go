package cpython

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// findSwallowedCancels: a task was asked to end, was told so, and waits on. Of
// members of a group that one of them, or the owner, has brought down, it says so.
func (w *walk) findSwallowedCancels() {
	failed := map[graph.GroupID]*graph.Group{}
	for _, g := range w.groups {
		if g.Error != nil {
			failed[g.ID] = g
		}
	}
	found := map[graph.GroupID]*graph.Problem{}
	for _, t := range w.tasks {
		c := t.node.Cancel
		if c == nil || c.Requested == 0 || c.Pending || t.state != pendingFuture || t.waiter == 0 || w.beingCancelled(t.waiter) {
			continue
		}
		if len(t.node.Waits) == 1 && t.node.Waits[0].Kind == graph.WaitTaskGroup {
			continue // it goes on to end once the members of its group have
		}
		var g *graph.Group
		for _, id := range t.node.Groups {
			if g = failed[id]; g != nil {
				break
			}
		}
		w.swallowed(found, g, t.node.ID)
	}
}

// findShielded: tasks that a shield keeps from hearing that a scope of Trio's or AnyIO's
// around them was cancelled. Whoever stands in that scope, or waits for its group,
// waits until they are done, whatever its timeout is.
func (w *walk) findShielded() {
	found := map[uint64]*graph.Problem{}
	for _, t := range w.tasks {
		if c := t.node.Cancel; c == nil || !t.waits() || len(t.node.Waits) == 1 && t.node.Waits[0].Kind == graph.WaitTaskGroup {
			continue
		}
		s := keptOff(t.node.Cancel.Scopes)
		if s == nil {
			continue
		}
		p := found[s.Address]
		if p == nil {
			p = &graph.Problem{
				Code: "swallowed-cancel", Severity: graph.Info,
				Evidence: graph.Evidence{Confidence: graph.Proven, How: "_cancel_called of a scope around one that has _shield"},
			}
			found[s.Address] = p
			w.b.Problem(p)
		}
		p.Tasks = append(p.Tasks, t.node.ID)
		p.Message = plural(len(p.Tasks), "task waits on behind a shield", "tasks wait on behind shields") + ", and a scope around was cancelled"
		if s.Reason != "" {
			p.Message += " (" + s.Reason + ")"
		}
		p.Message += ": to clean up, which has to come to an end"
	}
}

// keptOff is the innermost cancelled one of a task's scopes, if there is a
// shield further in, and none that is cancelled.
func keptOff(scopes []graph.CancelScope) *graph.CancelScope {
	shield := false
	for i := range scopes {
		if scopes[i].Cancelled {
			if shield {
				return &scopes[i]
			}
			return nil
		}
		shield = shield || scopes[i].Shield
	}
	return nil
}

// swallowed adds a task to the problem of its group, nil for none.
func (w *walk) swallowed(found map[graph.GroupID]*graph.Problem, g *graph.Group, id graph.TaskID) {
	var key graph.GroupID
	if g != nil {
		key = g.ID
	}
	p := found[key]
	if p == nil {
		p = &graph.Problem{
			Code: "swallowed-cancel", Severity: graph.Info,
			Evidence: graph.Evidence{Confidence: graph.Proven, How: "task_num_cancels_requested"},
		}
		found[key] = p
		w.b.Problem(p)
	}
	p.Tasks = append(p.Tasks, id)
	p.Message = plural(len(p.Tasks), "task was cancelled and waits on", "tasks were cancelled and wait on") + ": to clean up, or because the cancellation was swallowed"
	if g == nil {
		return
	}
	p.Groups = []graph.GroupID{key}
	by := "its owner"
	if g.Error.Task != g.Owner && g.Error.Task != "" {
		by = string(g.Error.Task)
	}
	p.Message += fmt.Sprintf("; %s of %s has brought down the %s around", g.Error.Type, by, g.Kind)
}
