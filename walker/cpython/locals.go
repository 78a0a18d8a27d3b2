package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Bounds of the variables of one walk.
const (
	maxVariables     = 64       // of one frame, or of one context
	maxVariablesText = 64 << 20 // bytes of the values of all frames
)

// readLocals gives the frames of tasks and threads their variables, when these
// are wanted. The frames are then each task's own.
func (w *walk) readLocals() {
	if !w.o.Locals {
		return
	}
	told, all := 0, len(w.tasks)+len(w.threads)
	for _, t := range w.tasks {
		if !w.roomForLocals() {
			break
		}
		frames := t.frames
		if len(frames) == 0 {
			frames = t.raised
		}
		w.localsOf(t.interp, t.node, frames)
		w.contextOf(t)
		w.check(t.node, "the task's variables")
		told++
	}
	for _, t := range w.threads {
		if !w.roomForLocals() {
			break
		}
		frames := make([]*frame.Frame, len(t.own))
		for i := range t.own {
			frames[i] = &t.own[i]
		}
		w.localsOf(t.interp, t.node, frames)
		w.check(t.node, "the thread's variables")
		told++
	}
	if told < all {
		w.b.Truncated("tasks with variables", told, all)
	}
}

// roomForLocals tells whether more variables may be read: while there are not
// too many, and nobody waits for the walk to end.
func (w *walk) roomForLocals() bool {
	return w.localsText < maxVariablesText && !w.over()
}

// localsOf gives a task's frames their variables. The standard library's own
// plumbing goes without.
func (w *walk) localsOf(in *interp, node *graph.Task, frames []*frame.Frame) {
	if len(frames) != len(node.Frames) {
		return
	}
	own := make([]*graph.Frame, len(frames))
	var hide secrets
	for i := len(frames) - 1; i >= 0; i-- { // from the outermost on: what it names stays hidden further in
		f := frames[i]
		w.addSecrets(&hide, in, f)
		g := *node.Frames[i]
		own[i] = &g
		if g.Hidden {
			continue
		}
		for _, v := range w.fr.Locals(f) {
			if len(g.Locals) == maxVariables {
				g.Locals = append(g.Locals, graph.Local{Name: "…", Value: "more variables"})
				break
			}
			g.Locals = append(g.Locals, w.local(v.Name, v.Value, &hide, hide.of(f)))
		}
	}
	node.Frames = own
}

// hiddenValue stands for the value of a variable that is not to be shown.
const hiddenValue = "<hidden>"

// local is a variable in words; hidden: whatever its name.
func (w *walk) local(name string, value object.Ref, hide *secrets, hidden bool) graph.Local {
	l := graph.Local{Name: name, Type: w.r.Type(value).FullName(), Value: hiddenValue}
	if !hidden && !hide.named(name) {
		l.Value = w.r.Repr(value, object.Bounds{Redact: w.o.Redact, Hide: hide.named, Describe: w.describe})
	}
	w.localsText += len(l.Name) + len(l.Type) + len(l.Value)
	return l
}
