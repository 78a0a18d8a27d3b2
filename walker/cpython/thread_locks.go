package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// The classes of the threading module's locks: those of C, and those of
// Python code around them
// (https://github.com/python/cpython/blob/v3.12.1/Modules/_threadmodule.c#L26,
// https://github.com/python/cpython/blob/v3.14.0/Modules/_threadmodule.c#L732).
const (
	threadLock      = "_thread.lock"
	threadRLock     = "_thread.RLock"
	threadCondition = "threading.Condition"
	threadSemaphore = "threading.Semaphore"
)

// Offsets in the objects of C, behind their head.
const (
	lockByte   = 0  // lockobject.lock, from 3.14 on: a PyMutex, whose lowest bit is that it is locked
	lockLocked = 16 // lockobject.locked, to 3.13
	rlockOwner = 8  // rlockobject.rlock_owner, the pthread_t
)

// threadLockResource is the resource that a lock of C is, named as people
// make it.
func (w *walk) threadLockResource(o object.Ref) *graph.Resource {
	r := w.b.Resource("lock", uint64(o))
	if r.Type != "" {
		return r
	}
	switch w.r.Type(o).FullName() {
	case threadRLock:
		r.Type = "threading.RLock"
	default:
		r.Type = "threading.Lock"
	}
	r.Detail = []graph.Attr{{Key: "locked", Value: w.threadLocked(o)}}
	return r
}

// threadLocked tells whether anybody has a lock of C.
func (w *walk) threadLocked(o object.Ref) bool {
	at := uint64(o) + uint64(w.lay.Object.Header)
	switch {
	case w.r.Type(o).FullName() == threadRLock:
		return w.rlockOwner(o) != 0
	case w.py.Version.AtLeast(3, 14):
		return w.r.U8(at+lockByte)&1 != 0
	}
	return w.r.U8(at+lockLocked) != 0
}

// rlockOwner is the thread that has an RLock, by its ident; 0: nobody has.
func (w *walk) rlockOwner(o object.Ref) uint64 {
	return w.r.U64(uint64(o) + uint64(w.lay.Object.Header) + rlockOwner)
}

// lockOfManager is the lock that is held inside "with o"; 0: none of a thread.
func (w *walk) lockOfManager(o object.Ref) object.Ref {
	if w.isA(o, threadCondition) {
		o = w.attr(o, "_lock")
	}
	if o == 0 {
		return 0
	}
	switch w.r.Type(o).FullName() {
	case threadLock, threadRLock:
		return o
	}
	if w.isA(o, threadSemaphore) {
		return o
	}
	return 0
}

// findThreadHolders says who has the locks of threads: an RLock names its
// thread, and of any other one who stands inside its with-block does.
func (w *walk) findThreadHolders() {
	inside := map[object.Ref][]*graph.Task{}
	var order []object.Ref
	for _, h := range w.holdings {
		o := w.lockOfManager(h.object)
		if o == 0 || w.waitsInCondition(h) {
			continue
		}
		if inside[o] == nil {
			order = append(order, o)
		}
		inside[o] = append(inside[o], h.node)
	}
	for _, th := range w.threads { // RLocks that were acquired without with
		if o := th.wants; o != 0 && inside[o] == nil && w.r.Type(o).FullName() == threadRLock {
			inside[o], order = []*graph.Task{}, append(order, o)
		}
	}
	for _, o := range order {
		w.threadHolders(o, inside[o])
		if err := w.r.Take(); err != nil {
			w.unreadable("a lock of threads", err)
		}
	}
}

// waitsInCondition: while a thread is in Condition.wait it does not have the
// Condition's lock.
func (w *walk) waitsInCondition(h holding) bool {
	for _, f := range h.frames {
		if f.Func == threadCondition+".wait" && w.fr.Self(f) == h.object {
			return true
		}
	}
	return false
}

func (w *walk) threadHolders(o object.Ref, inside []*graph.Task) {
	evidence := graph.Evidence{Confidence: graph.Inferred, How: "it stands inside its with, and it is locked"}
	if w.isA(o, threadSemaphore) {
		r := w.resource("semaphore", o, threadSemaphoreState)
		for _, t := range inside {
			r.Holders = append(r.Holders, graph.Holder{Task: t.ID, Evidence: evidence})
		}
		return
	}
	r := w.threadLockResource(o)
	if !w.threadLocked(o) {
		return
	}
	if w.r.Type(o).FullName() == threadRLock {
		w.rlockHolder(o, r, inside)
		return
	}
	for _, t := range inside {
		r.Holders = append(r.Holders, graph.Holder{Task: t.ID, Evidence: evidence})
	}
}

// rlockHolder: an RLock has its owner's ident. Where that thread runs tasks,
// the one that stands inside is meant.
func (w *walk) rlockHolder(o object.Ref, r *graph.Resource, inside []*graph.Task) {
	owner := w.rlockOwner(o)
	for _, th := range w.threads {
		if th.ident != owner {
			continue
		}
		id, how := th.node.ID, "rlock_owner"
		for _, t := range inside {
			if t == th.node || int(t.Thread) == th.native || len(inside) == 1 {
				id, how = t.ID, "rlock_owner, inside its with"
				break
			}
		}
		r.Holders = []graph.Holder{{Task: id, Evidence: graph.Evidence{Confidence: graph.Proven, How: how}}}
		return
	}
}

// threadSemaphoreState: how many more may come in.
func threadSemaphoreState(w *walk, o object.Ref) []graph.Attr {
	free, ok := w.intAttr(o, "_value")
	if !ok {
		return nil
	}
	if size, ok := w.intAttr(o, "_initial_value"); ok { // a BoundedSemaphore
		return []graph.Attr{{Key: "size", Value: size}, {Key: "held", Value: size - free}}
	}
	return []graph.Attr{{Key: "free", Value: free}}
}
