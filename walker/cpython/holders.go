package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// lockClasses are the classes whose with-block holds something, and what of
// the object it holds: a Condition its lock.
var lockClasses = map[string]struct {
	resource string
	state    func(*walk, object.Ref) []graph.Attr
	lock     string // the attribute that is the lock itself; empty: the object is
}{
	"asyncio.locks.Lock":      {"lock", lockState, ""},
	"asyncio.locks.Semaphore": {"semaphore", semaphoreState, ""},
	"asyncio.locks.Condition": {"lock", lockState, "_lock"},
	anyioSemaphore:            {"semaphore", anyioSemaphoreState, ""}, // AnyIO's others know who holds them
	anyioOldSemaphore:         {"semaphore", anyioSemaphoreState, ""},
}

// lockClass is the class of lockClasses that a type is of; empty: none.
func lockClass(t *object.Type) string {
	for name := range lockClasses {
		if t.Inherits(name) {
			return name
		}
	}
	return ""
}

// findHolders says who holds the locks. asyncio's Lock does not know: but a task
// whose frame stands inside "async with lock" has taken it. That is proof
// while the lock is locked and no one else stands inside too; somebody may
// have released it by hand in between, so that of several each is a guess.
func (w *walk) findHolders() {
	inside := map[object.Ref][]*graph.Task{}
	var order []object.Ref
	for _, h := range w.holdings {
		o := w.lockOf(h.object)
		if o == 0 || w.releasedWhileWaiting(h) {
			continue
		}
		if inside[o] == nil {
			order = append(order, o)
		}
		inside[o] = append(inside[o], h.node)
	}
	for _, o := range order {
		w.describeHolders(o, inside[o])
	}
}

// lockOf is the lock that being inside an object's with-block holds.
func (w *walk) lockOf(o object.Ref) object.Ref {
	for name, class := range lockClasses {
		if class.lock != "" && w.isA(o, name) {
			return w.attr(o, class.lock)
		}
	}
	return o
}

// releasedWhileWaiting: Condition.wait lets go of the lock, and takes it again
// before it returns.
func (w *walk) releasedWhileWaiting(h holding) bool {
	for _, f := range h.frames {
		if f.Func == "asyncio.locks.Condition.wait" && w.fr.Self(f) == h.object {
			return true
		}
	}
	return false
}

func (w *walk) describeHolders(o object.Ref, tasks []*graph.Task) {
	typ := w.r.Type(o)
	for name, class := range lockClasses {
		if class.lock != "" || !typ.Inherits(name) {
			continue
		}
		r := w.resource(class.resource, o, class.state)
		most, known := w.capacity(o, class.resource)
		if known && most == 0 {
			return // it is free: who stands inside has released it by hand
		}
		evidence := graph.Evidence{Confidence: graph.Proven, How: "inside its async with, and it is locked"}
		if !known || len(tasks) > most {
			evidence = graph.Evidence{Confidence: graph.Inferred, How: "inside its async with"}
		}
		for _, t := range tasks {
			r.Holders = append(r.Holders, graph.Holder{Task: t.ID, Evidence: evidence})
		}
	}
}

// capacity is how many tasks hold an object at this moment; false when it
// does not tell.
func (w *walk) capacity(o object.Ref, resource string) (int, bool) {
	if resource == "lock" {
		locked, ok := w.boolAttr(o, "_locked")
		if locked {
			return 1, ok
		}
		return 0, ok
	}
	size, bounded := w.intAttr(o, "_bound_value")
	free, ok := w.intAttr(o, "_value")
	return int(size - free), bounded && ok
}
