package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Bounds of what is looked through for handles.
const (
	maxHandlesInOne = 1 << 12 // items of one list or set
	maxHandles      = 1 << 16 // of one task
)

// findHandles finds the tasks that a task's own variables refer to and that it
// does not wait for now: it may await them later. A gather that was made and
// is not awaited yet refers to its children.
func (w *walk) findHandles() {
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		if t.state != pendingFuture || len(t.frames) == 0 {
			continue
		}
		seen := map[*task]bool{t: true}
		w.awaited(t, t.node.Waits, seen)
		found := 0
		for i, f := range t.frames {
			if o := t.node.Frames[i].Origin; o == graph.OriginStdlib || o == graph.OriginRuntime {
				continue
			}
			for _, v := range w.fr.Locals(f) {
				for _, held := range w.tasksIn(v.Value) {
					if seen[held] || held.state != pendingFuture || found == maxHandles {
						continue
					}
					seen[held] = true
					found++
					w.b.Handle(t.node.ID, held.node.ID, graph.Evidence{
						Confidence: graph.Proven, How: "variable " + v.Name + " of " + f.Func,
					})
				}
			}
		}
		w.check(t.node, "the task's variables")
	}
}

// awaited adds the tasks that these waits are for, and the members of groups.
func (w *walk) awaited(t *task, waits []graph.Wait, to map[*task]bool) {
	for i := range waits {
		if held := w.byID(waits[i].Task); held != nil {
			to[held] = true
		}
		w.awaited(t, waits[i].Branches, to)
	}
}

// tasksIn are the tasks that a value is or has in it: itself, a collection's
// items, those that a gather, a shield or as_completed stands for.
func (w *walk) tasksIn(o object.Ref) []*task { return w.appendTasks(nil, o, 0) }

// maxHandleNesting bounds gathers of shields of gathers.
const maxHandleNesting = 4

func (w *walk) appendTasks(found []*task, o object.Ref, nesting int) []*task {
	if o == 0 || nesting > maxHandleNesting || len(found) >= maxHandles {
		return found
	}
	if t := w.byAddr[o]; t != nil {
		if t.trio != nil {
			return found // nobody can await it
		}
		return append(found, t)
	}
	for i, item := range w.standsFor(o, nesting) {
		if i == maxHandlesInOne {
			break
		}
		found = w.appendTasks(found, item, nesting+1)
	}
	return found
}

// standsFor are what a value that is no task could have tasks among.
func (w *walk) standsFor(o object.Ref, nesting int) []object.Ref {
	typ := w.r.Type(o)
	switch {
	case typ.Inherits("asyncio.tasks._GatheringFuture"):
		return w.items(w.attr(o, "_children"))
	case typ.Name == "generator", typ.Name == "_AsCompletedIterator":
		return w.iterated(o)
	case typ.Module == "builtins" && nesting == 0:
		return w.items(o)
	}
	if f := w.readFuture(o); f.isFuture && f.state == pendingFuture {
		if inner := w.shielded(&f); inner != 0 {
			return []object.Ref{inner}
		}
	}
	return nil
}
