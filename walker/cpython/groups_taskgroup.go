package cpython

import (
	"cmp"
	"slices"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A TaskGroup knows its parent and its children
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/taskgroups.py),
// and each child has the group's method _on_task_done as a callback. AnyIO's
// keeps its children in the same way, and its parent in its cancel scope.
const (
	asyncioGroup = "asyncio.taskgroups.TaskGroup"
	anyioGroup   = "anyio._backends._asyncio.TaskGroup"
)

// taskGroups are the functions in which an owner waits for its group.
var taskGroups = []awaitable{
	{[]string{
		asyncioGroup + ".__aexit__", asyncioGroup + "._aexit", // the latter from 3.13 on
		anyioGroup + ".__aexit__",
	}, onTaskGroup},
}

func onTaskGroup(w *walk, at standing, wait *graph.Wait) {
	g := w.groups[at.self]
	if g == nil {
		return
	}
	if e := w.leftBy(at.frame); g.Error == nil && e != 0 {
		g.Error = w.failure(e)
		g.Error.Task = at.task.node.ID
	}
	wait.Kind, wait.Group = graph.WaitTaskGroup, g.ID
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "self of " + at.frame.Func}
}

// leftBy is the exception by which the body of a group's with-block was left,
// which the group keeps in no attribute while it waits for its members. 0:
// there is none, or a cancellation, which brings down the owner and not the group.
func (w *walk) leftBy(exit *frame.Frame) object.Ref {
	for _, v := range [...]string{"exc", "exc_val"} { // of asyncio, of AnyIO
		if e := w.some(w.fr.Local(exit, v)); w.isA(e, "BaseException") && !w.isA(e, "asyncio.exceptions.CancelledError") {
			return e
		}
	}
	return 0
}

// group is the graph's group of a TaskGroup; nil for any other object but a
// supervisor that is known already.
func (w *walk) group(o object.Ref) *graph.Group {
	if g := w.groups[o]; g != nil || o == 0 {
		return g
	}
	typ := w.r.Type(o)
	switch {
	case typ.Inherits(asyncioGroup), typ.Inherits(anyioGroup):
	case typ.Inherits(nurseryManager):
		return w.group(w.attr(o, "_nursery"))
	case isNursery(typ):
		return w.nursery(o)
	default:
		return nil
	}
	g := w.b.Group(publicName(typ), uint64(o))
	w.groups[o] = g
	g.Evidence = graph.Evidence{Confidence: graph.Proven, How: typ.Qualname + "._tasks"}
	scope := w.attr(o, "cancel_scope")
	parent := cmp.Or(w.attr(o, "_parent_task"), w.attr(scope, "_host_task"))
	if t := w.byAddr[parent]; t != nil {
		g.Owner = t.node.ID
	}
	tasks := w.attr(o, "_tasks")
	if tasks == 0 { // AnyIO 3 has them, and the host while it is inside, in the cancel scope
		tasks = w.attr(scope, "_tasks")
	}
	g.Outstanding = 0
	for _, m := range w.items(tasks) {
		if m == parent {
			continue
		}
		g.Outstanding++
		if t := w.byAddr[m]; t != nil {
			w.member(g, t)
		}
	}
	w.groupError(o, g)
	return g
}

// member notes that a task is in a group, once.
func (w *walk) member(g *graph.Group, t *task) {
	if slices.Contains(t.node.Groups, g.ID) {
		return
	}
	g.Members = append(g.Members, t.node.ID)
	t.node.Groups = append(t.node.Groups, g.ID)
	g.Outstanding = max(g.Outstanding, len(g.Members))
}

// groupError is the first of the errors that a group has collected.
func (w *walk) groupError(o object.Ref, g *graph.Group) {
	errors := w.items(cmp.Or(w.attr(o, "_errors"), w.attr(o, "_exceptions"))) // of asyncio, of AnyIO
	if len(errors) == 0 {
		return
	}
	g.Error = w.failure(errors[0])
	for _, t := range w.tasks {
		if t.exception == errors[0] {
			g.Error.Task = t.node.ID
		}
	}
}
