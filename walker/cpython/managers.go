package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// holding is an object whose with-block a frame of a task stands in.
type holding struct {
	node   *graph.Task
	frames []*frame.Frame
	object object.Ref
}

// findManagers walks the open with-blocks of all frames: groups that they
// opened, and whatever else they hold.
func (w *walk) findManagers() {
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		w.managersOf(t.node, t.frames)
		w.check(t.node, "what the task's frames have open")
	}
	for _, th := range w.threads {
		frames := make([]*frame.Frame, len(th.own))
		for i := range th.own {
			frames[i] = &th.own[i]
		}
		w.managersOf(th.node, frames)
		w.check(th.node, "what the thread's frames have open")
	}
	w.findOpeners()
}

func (w *walk) managersOf(node *graph.Task, frames []*frame.Frame) {
	var next *frame.Frame
	for i, f := range frames {
		at := opening{node, frames, i, onValueStack}
		for _, m := range w.fr.Managers(f, next) {
			w.manager(at, &m)
		}
		w.openedWithin(at, f, 0)
		next = f
	}
}

// manager notes what a with-block has open: a group, or something that
// whoever stands inside may hold.
func (w *walk) manager(at opening, m *frame.Manager) {
	if w.opens(at, m.Object) || m.State != frame.Inside {
		return
	}
	w.holdings = append(w.holdings, holding{
		node: at.node, frames: at.frames, object: m.Object,
	})
}

// maxGenerators bounds generators that go through generators with async for.
const maxGenerators = 8

// openedWithin looks into the async generators that a frame goes through with
// async for: while the body runs, they stand at their yield, and what they
// have open is open around the body. That it is for the body's sake is a
// guess: a value on the stack may be an argument too.
func (w *walk) openedWithin(at opening, f *frame.Frame, nesting int) {
	if f.State != frame.Awaiting && nesting == 0 || nesting == maxGenerators {
		return
	}
	at.evidence = inGenerator
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
				w.manager(at, &m)
			}
		}
		w.openedWithin(at, &inner, nesting+1)
	}
}
