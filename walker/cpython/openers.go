package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// opening is a frame of a task, and how it is known what it has open.
type opening struct {
	node     *graph.Task
	frames   []*frame.Frame
	index    int
	evidence graph.Evidence
}

// How openers are known.
var (
	onValueStack = graph.Evidence{Confidence: graph.Proven, How: "__aexit__ of the group on the frame's value stack"}
	inGenerator  = graph.Evidence{Confidence: graph.Inferred, How: "open in an async generator on the frame's value stack"}
	inAttribute  = graph.Evidence{Confidence: graph.Inferred, How: "a with-block of an object that has the group as an attribute"}
	inVariable   = graph.Evidence{Confidence: graph.Inferred, How: "the outermost frame of its owner with the group in a variable"}
	inExit       = graph.Evidence{Confidence: graph.Inferred, How: "left in the __aexit__ of an object whose with-block it is"}
)

// opens notes that a frame opened a group: the manager itself, or one that a
// manager of the program's own has, as wrappers do.
func (w *walk) opens(at opening, manager object.Ref) bool {
	if g := w.group(manager); g != nil {
		if g.Owner == at.node.ID && at.evidence == inGenerator {
			at.evidence.Confidence = graph.Proven // both say so
		}
		w.openedAt(at, g)
		return true
	}
	if g := w.wrapped(at.node, manager); g != nil {
		at.evidence = inAttribute
		w.openedAt(at, g)
		return true
	}
	return false
}

// openedAt says where a group was opened, unless that is known better: by
// surer evidence or, while the group is left, of a frame further in. A manager's own
// __aexit__ leaves what its __aenter__ opened for the frame around both.
func (w *walk) openedAt(at opening, g *graph.Group) {
	i := at.index
	for i+1 < len(at.frames) && at.frames[i].Code.Name == "__aexit__" {
		i++
		if at.node.Frames[i-1].Origin != graph.OriginStdlib {
			at.evidence = inExit
		}
	}
	if o := g.OpenedAt; o != nil && o.Evidence.Confidence <= at.evidence.Confidence {
		return
	}
	g.OpenedAt = &graph.Opening{Task: at.node.ID, Frame: int32(i), Evidence: at.evidence}
	if g.Owner == "" {
		g.Owner = at.node.ID
	}
}

// maxAttributes bounds the attributes of a manager that are looked at.
const maxAttributes = 64

// wrapped is the only group of this task among a manager's attributes, or
// within a manager of contextlib's that is one of them; nil when there is
// none, or more than one.
func (w *walk) wrapped(owner *graph.Task, manager object.Ref) (only *graph.Group) {
	if t := w.r.Type(manager); t.Module == "builtins" || t.Module == "contextlib" || lockClass(t) != "" {
		return nil
	}
	n := 0
	for _, value := range w.r.Attrs(manager) {
		if n++; n > maxAttributes {
			return nil
		}
		for _, g := range w.groupsIn(value) {
			if g.Owner != "" && g.Owner != owner.ID {
				continue
			}
			if only != nil && only != g {
				return nil
			}
			only = g
		}
	}
	return only
}

// groupsIn are the groups that a value is or, of contextlib's managers and of
// async generators that are not run, has open.
func (w *walk) groupsIn(o object.Ref) (found []*graph.Group) {
	if o == 0 {
		return nil
	}
	if g := w.group(o); g != nil {
		return []*graph.Group{g}
	}
	var managers []frame.Manager
	switch t := w.r.Type(o); {
	case t.Module == "contextlib":
		managers = w.fr.Opened(o)
	case t.FullName() == "async_generator":
		if f, state := w.fr.Generator(o); state == frame.Suspended {
			managers = w.fr.Managers(&f, nil)
		}
	}
	for _, m := range managers {
		if g := w.group(m.Object); g != nil && m.State == frame.Inside {
			found = append(found, g)
		}
	}
	return found
}

// findOpeners is for groups that stand in no with-block: those that were
// entered by hand, or through a generator that is run by hand. It takes the
// outermost frame of the owner that has the group in a variable. A group that
// is an attribute of something that lives longer has no opener.
func (w *walk) findOpeners() {
	open := map[graph.TaskID][]*graph.Group{}
	for _, g := range w.groups {
		if g.OpenedAt == nil && g.Owner != "" && len(g.Members) > 0 {
			open[g.Owner] = append(open[g.Owner], g)
		}
	}
	for id := range open {
		if t := w.byID(id); t != nil {
			w.openersIn(t)
			w.check(t.node, "the task's variables")
		}
	}
}

func (w *walk) openersIn(t *task) {
	for i := len(t.frames) - 1; i >= 0; i-- {
		for _, v := range w.fr.Locals(t.frames[i]) {
			for _, g := range w.groupsIn(v.Value) {
				if g.Owner == t.node.ID && g.OpenedAt == nil {
					w.openedAt(opening{t.node, t.frames, i, inVariable}, g)
				}
			}
		}
	}
}
