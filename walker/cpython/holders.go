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
	"trio.Semaphore":          {"semaphore", semaphoreState, ""}, // Trio's locks know who holds them
	anyioSemaphore:            {"semaphore", semaphoreState, ""}, // AnyIO's others know who holds them
	anyioOldSemaphore:         {"semaphore", semaphoreState, ""},
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
// whose frame stands inside "async with lock" has taken it. That is no proof: it
// may have released it by hand since, and somebody else taken it.
func (w *walk) findHolders() {
	inside := map[object.Ref][]*graph.Task{}
	var order []object.Ref
	for _, h := range w.holdings {
		o, released := w.lockOf(h.object), w.releasedWhileWaiting(h)
		if !w.check(h.node, "what it holds") || o == 0 || released {
			continue
		}
		if inside[o] == nil {
			order = append(order, o)
		}
		inside[o] = append(inside[o], h.node)
	}
	w.guards(inside)
	for _, o := range order {
		w.describeHolders(o, inside[o])
		if err := w.r.Take(); err != nil {
			w.unreadable("who holds a lock", err)
		}
	}
}

// guards are classes of the program's own whose __aenter__ takes a lock that
// they have as an attribute. That they do shows while somebody waits in it;
// who stands inside the with-block of such an object has its lock, by a guess,
// when nobody is known to stand inside the lock's own.
func (w *walk) guards(inside map[object.Ref][]*graph.Task) {
	attribute := map[*object.Type]string{}
	for _, t := range w.tasks {
		if len(t.frames) < 2 || t.frames[1].Code.Name != "__aenter__" || t.state != pendingFuture {
			continue
		}
		lock, guard := w.fr.Self(t.frames[0]), w.fr.Self(t.frames[1])
		if guard == 0 || lock == 0 || lockClass(w.r.Type(lock)) == "" {
			continue
		}
		for name, value := range w.r.Attrs(guard) {
			if value == lock {
				attribute[w.r.Type(guard)] = name
			}
		}
	}
	guarded := map[object.Ref][]*graph.Task{}
	for _, h := range w.holdings {
		if name := attribute[w.r.Type(h.object)]; name != "" {
			if lock := w.attr(h.object, name); inside[lock] == nil {
				guarded[lock] = append(guarded[lock], h.node)
			}
		}
	}
	for lock, tasks := range guarded {
		w.holders(lock, tasks, graph.Evidence{Confidence: graph.Inferred, How: "inside the async with of an object whose __aenter__ takes it"})
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

func (w *walk) describeHolders(o object.Ref, inside []*graph.Task) {
	w.holders(o, inside, graph.Evidence{Confidence: graph.Inferred, How: "it stands inside its async with, and it is locked"})
}

// holders notes who holds a lock: those that stand inside. Of more than can
// hold it some have released it by hand, and nobody knows which: none is named.
func (w *walk) holders(o object.Ref, tasks []*graph.Task, evidence graph.Evidence) {
	class, ok := lockClasses[lockClass(w.r.Type(o))]
	if !ok || class.lock != "" {
		return
	}
	r := w.resource(class.resource, o, class.state)
	most, known := w.capacity(o, class.resource)
	switch {
	case known && len(tasks) > most:
		return
	case !known:
		evidence = graph.Evidence{Confidence: graph.Inferred, How: "inside its async with"}
	}
	for _, t := range tasks {
		r.Holders = append(r.Holders, graph.Holder{Task: t.ID, Evidence: evidence})
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
	size, bounded := w.semaphoreSize(o)
	free, ok := w.intAttr(o, "_value")
	return int(size - free), bounded && ok
}
