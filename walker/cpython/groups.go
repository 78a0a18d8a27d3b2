package cpython

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// findGroups finds the groups: by what their children call when they are done,
// and by what open frames hold. A group without children has the latter alone.
func (w *walk) findGroups() {
	w.groups = map[object.Ref]*graph.Group{}
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		if t.trio != nil {
			w.nurseriesOf(t)
			w.foldSystemTask(t)
		}
		for _, c := range w.callbacksOf(&t.future) {
			w.noteCompletion(&c)
			switch {
			case c.name == asyncioGroup+"._on_task_done":
				w.group(c.self)
			case c.is("anyio._backends._asyncio.", "TaskGroup._spawn.<locals>.task_done"):
				// A member that is inside a cancel scope of its own is in that one's
				// tasks, and no longer in the group's.
				if g := w.group(c.cells["self"]); g != nil && t.state == pendingFuture {
					w.member(g, t)
				}
			case c.self != 0 && t.state == pendingFuture:
				w.supervised(c.self, t)
			}
		}
		w.check(t.node, "the task's callbacks")
	}
}

// supervised finds groups of classes that this walker does not know: an object
// whose method a task calls when it is done, and which has the task in one of
// its collections. That is how a program keeps its tasks alive, and
// aiotools.PersistentTaskGroup its children. Who opened such a group, or waits
// for it, shows by its with-block.
func (w *walk) supervised(o object.Ref, t *task) {
	typ := w.r.Type(o)
	if typ.Module == "builtins" || strings.HasPrefix(typ.Module, "asyncio.") || !slices.Contains(w.collected(o), t.addr) {
		return
	}
	g := w.groups[o]
	if g == nil {
		g = w.b.Group(typ.FullName(), uint64(o))
		g.Evidence = graph.Evidence{Confidence: graph.Inferred, How: "its method is the task's done callback, and it has the task in a collection"}
		if parent := w.byAddr[w.attr(o, "_parent_task")]; parent != nil {
			g.Owner = parent.node.ID
		}
		w.groups[o] = g
	}
	w.member(g, t)
}

// collected are the tasks in an object's collections.
func (w *walk) collected(o object.Ref) []object.Ref {
	if known, ok := w.keeps[o]; ok {
		return known
	}
	var all []object.Ref
	n := 0
	for _, value := range w.r.Attrs(o) {
		if n++; n > maxAttributes || value == 0 {
			continue
		}
		for _, item := range w.collection(value) {
			if w.byAddr[item] != nil {
				all = append(all, item)
			}
		}
	}
	w.keeps[o] = all
	return all
}

// collection is what is in a collection of whatever kind.
func (w *walk) collection(o object.Ref) []object.Ref {
	switch {
	case w.isA(o, "_weakrefset.WeakSet"):
		return w.r.WeakSet(o)
	case w.isA(o, "dict"):
		var values []object.Ref
		for k, v := range w.r.Dict(o) {
			values = append(values, k, v)
		}
		return values
	}
	return w.items(o)
}

// onSupervisor: the task stands in a method of a supervisor, and what it waits
// for is the supervisor's.
func (w *walk) onSupervisor(t *task, wait *graph.Wait) bool {
	for i := range min(len(t.frames), 3) {
		o := w.fr.Self(t.frames[i])
		g := w.groups[o]
		if g == nil {
			continue
		}
		for _, value := range w.r.Attrs(o) {
			if value != t.waiter {
				continue
			}
			wait.Kind, wait.Group, wait.Frame = graph.WaitTaskGroup, g.ID, int32(i)
			wait.Evidence = graph.Evidence{Confidence: graph.Inferred, How: viaWaiter + ", an attribute of self of " + t.frames[i].Func}
			return true
		}
	}
	return false
}
