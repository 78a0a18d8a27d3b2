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
		if held := w.byID[waits[i].Task]; held != nil {
			to[held] = true
		}
		w.awaited(t, waits[i].Branches, to)
	}
}

// tasksIn are the tasks that a value is or has in it: itself, a collection's
// items, a gather's children.
func (w *walk) tasksIn(o object.Ref) (found []*task) {
	if o == 0 {
		return nil
	}
	if t := w.byAddr[o]; t != nil {
		return []*task{t}
	}
	typ := w.r.Type(o)
	if typ.Inherits("asyncio.tasks._GatheringFuture") {
		o = w.attr(o, "_children")
	} else if typ.Module != "builtins" {
		return nil
	}
	for i, item := range w.items(o) {
		if i == maxHandlesInOne {
			break
		}
		if t := w.byAddr[item]; t != nil {
			found = append(found, t)
		}
	}
	return found
}
