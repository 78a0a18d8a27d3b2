package cpython

import (
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

// findGroups finds the groups: by what their children call when they are done,
// and by what open frames hold. A group without children has the latter alone.
func (w *walk) findGroups() {
	w.groups = map[object.Ref]*graph.Group{}
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		for _, c := range w.callbacksOf(&t.future) {
			w.noteCompletion(&c)
			switch {
			case c.name == asyncioGroup+"._on_task_done":
				w.group(c.self)
			case c.is("anyio._backends._asyncio.", "TaskGroup._spawn.<locals>.task_done"):
				w.group(c.cells["self"])
			}
		}
		w.check(t.node, "the task's callbacks")
	}
}

// group is the graph's group of a TaskGroup; nil for any other object.
func (w *walk) group(o object.Ref) *graph.Group {
	if g := w.groups[o]; g != nil || o == 0 {
		return g
	}
	typ := w.r.Type(o)
	if !typ.Inherits(asyncioGroup) && !typ.Inherits(anyioGroup) {
		return nil
	}
	g := w.b.Group(publicName(typ), uint64(o))
	w.groups[o] = g
	g.Evidence = graph.Evidence{Confidence: graph.Proven, How: typ.Qualname + "._tasks"}
	if tasks := w.attr(o, "_tasks"); tasks != 0 {
		members := w.items(tasks)
		g.Outstanding = len(members)
		for _, m := range members {
			if t := w.byAddr[m]; t != nil {
				g.Members = append(g.Members, t.node.ID)
				t.node.Groups = append(t.node.Groups, g.ID)
			}
		}
	}
	parent := w.attr(o, "_parent_task")
	if parent == 0 {
		parent = w.attr(w.attr(o, "cancel_scope"), "_host_task")
	}
	if t := w.byAddr[parent]; t != nil {
		g.Owner = t.node.ID
	}
	w.groupError(o, g)
	return g
}

// groupError is the first of the errors that a group has collected.
func (w *walk) groupError(o object.Ref, g *graph.Group) {
	errors := w.items(w.attr(o, "_errors"))
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
