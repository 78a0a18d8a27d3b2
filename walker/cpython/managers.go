package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// holding is an object whose with-block a frame of a task or thread stands in.
type holding struct {
	node   *graph.Task
	frames []*frame.Frame
	object object.Ref
	state  frame.ManagerState
}

// findManagers walks the open with-blocks of all frames: groups that they
// opened, and whatever else they hold.
func (w *walk) findManagers() {
	for _, t := range w.tasks {
		w.managersOf(t.node, t.frames)
		w.check(t.node, "what the task's frames have open")
	}
}

func (w *walk) managersOf(node *graph.Task, frames []*frame.Frame) {
	var next *frame.Frame
	for i, f := range frames {
		for _, m := range w.fr.Managers(f, next) {
			if m.State == frame.Entering {
				continue
			}
			if !w.opens(node, int32(i), m.Object) && m.State == frame.Inside {
				w.holdings = append(w.holdings, holding{node, frames, m.Object, m.State})
			}
		}
		w.openedWithin(node, int32(i), f)
		next = f
	}
}

// openedWithin looks into the async generators that a frame goes through with
// async for: while the body runs, they stand at their yield, and what they
// have open is open around the body.
func (w *walk) openedWithin(node *graph.Task, at int32, f *frame.Frame) {
	if f.State != frame.Awaiting {
		return
	}
	values, _ := w.fr.Stack(f)
	for _, v := range values {
		if v == 0 || w.r.Type(v).FullName() != "async_generator" {
			continue
		}
		inner, state := w.fr.Generator(v)
		if state != frame.Suspended {
			continue // it is in the chain itself, or done
		}
		for _, m := range w.fr.Managers(&inner, nil) {
			if m.State == frame.Inside {
				w.opens(node, at, m.Object)
			}
		}
	}
}

// opens notes that a frame opened a group: the manager itself, or one that a
// manager of the user's own keeps in an attribute, as wrappers do.
func (w *walk) opens(node *graph.Task, at int32, manager object.Ref) bool {
	evidence := graph.Evidence{Confidence: graph.Proven, How: "__aexit__ of the group on the frame's value stack"}
	g := w.group(manager)
	if g == nil {
		if g = w.wrapped(manager); g == nil {
			return false
		}
		evidence = graph.Evidence{Confidence: graph.Inferred, How: "__aexit__ on the frame's value stack, of an object that has the group as an attribute"}
	}
	if g.OpenedAt == nil {
		g.OpenedAt = &graph.Opening{Task: node.ID, Frame: at, Evidence: evidence}
		if g.Owner == "" {
			g.Owner = node.ID
		}
	}
	return true
}

// maxAttributes bounds the attributes of a manager that are looked at.
const maxAttributes = 64

// wrapped is the only group among a manager's attributes; nil when there is
// none, or more than one.
func (w *walk) wrapped(manager object.Ref) (only *graph.Group) {
	if t := w.r.Type(manager); t.Module == "builtins" || t.Module == "contextlib" {
		return nil
	}
	n := 0
	for _, value := range w.r.Attrs(manager) {
		if n++; n > maxAttributes {
			return nil
		}
		if value == 0 {
			continue
		}
		if g := w.group(value); g != nil {
			if only != nil && only != g {
				return nil
			}
			only = g
		}
	}
	return only
}
