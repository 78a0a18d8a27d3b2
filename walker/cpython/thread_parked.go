package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// The locks of threads are of C: who waits for one has no frame that says so.
// But the thread stands in a futex, and the futex's address is the lock's.
//
// To 3.12, and for locks to 3.13, a lock is a semaphore of the C library,
// which the object points to with its first field. Its futex is its first word
// (https://github.com/python/cpython/blob/v3.12.1/Python/thread_pthread.h#L434).
// Later a lock is a byte of the object, and a thread that waits for it parks:
// a struct wait_entry on its stack has the address of that byte, and the
// semaphore that the thread stands in
// (https://github.com/python/cpython/blob/v3.14.0/Python/parking_lot.c#L33).
type parked struct {
	futex uint64 // the address in the system call
	word  uint64 // what the thread parks at; 0: it does not
}

// entryWord is how far before wait_entry's semaphore the address stands.
const entryWord = 8

// parkedAt says at which futex a thread stands; false: at none.
func (w *walk) parkedAt(th *thread) (parked, bool) {
	call, in := w.osThread(th)
	if !in || call.Name != "futex" || call.Args[0] == 0 {
		return parked{}, false
	}
	p := parked{futex: call.Args[0]}
	if w.py.Version.AtLeast(3, 13) {
		p.word = w.r.U64(p.futex - entryWord)
	}
	return p, true
}

// parkables are the classes of C that threads stand at.
var parkables = map[string]bool{threadLock: true, threadRLock: true, "_queue.SimpleQueue": true}

// at tells whether it is this object that the thread stands at.
func (p parked) at(w *walk, o object.Ref) bool {
	if !parkables[w.r.Type(o).FullName()] {
		return false
	}
	first := uint64(o) + uint64(w.lay.Object.Header)
	return p.word == first || w.r.U64(first) == p.futex
}

// Bounds of what is looked through for the object that a thread stands at.
const (
	parkedFrames  = 3       // of the innermost
	parkedObjects = 1 << 10 // in all
)

// parkedObject is the object at which a thread stands; 0: none that its inner
// frames refer to, and none whose with-block anybody stands in.
func (w *walk) parkedObject(th *thread) object.Ref {
	p, ok := w.parkedAt(th)
	if !ok {
		return 0
	}
	s := parkedSearch{w: w, p: p, seen: map[object.Ref]bool{}}
	if p.word != 0 {
		s.look(object.Ref(p.word - uint64(w.lay.Object.Header)))
		s.err = nil // most words are no object's
	}
	for _, h := range w.holdings {
		s.look(h.object)
		s.look(w.lockOfManager(h.object))
	}
	for i := range min(parkedFrames, len(th.frames)) {
		s.frame(&th.frames[i])
		s.pass()
	}
	if s.found == 0 && s.err != nil {
		w.r.Fail(s.err)
	}
	return s.found
}

// parkedSearch looks for the one object that a thread stands at.
type parkedSearch struct {
	w     *walk
	p     parked
	seen  map[object.Ref]bool
	found object.Ref
	err   error // of the first thing that could not be looked at
}

// pass goes on after something that could not be read.
func (s *parkedSearch) pass() {
	if err := s.w.r.Take(); err != nil && s.err == nil {
		s.err = err
	}
}

// full tells that there is nothing left to look for.
func (s *parkedSearch) full() bool {
	return s.found != 0 || len(s.seen) >= parkedObjects || s.w.r.Err() != nil
}

// frame looks at a frame's variables, what these have in them, and the globals
// of its module.
func (s *parkedSearch) frame(f *frame.Frame) {
	for _, v := range s.w.fr.Locals(f) {
		s.look(v.Value)
		s.within(v.Value)
		s.pass()
	}
	if f.Globals == 0 || s.full() || !s.w.isA(f.Globals, "dict") {
		return
	}
	for _, value := range s.w.r.Dict(f.Globals) {
		if s.look(value); s.full() {
			return
		}
	}
}

// within looks at an object's attributes, or at what a collection has in it.
func (s *parkedSearch) within(o object.Ref) {
	if o == 0 || s.full() {
		return
	}
	if s.w.isA(o, "dict") {
		for _, value := range s.w.r.Dict(o) {
			if s.look(value); s.full() {
				return
			}
		}
		return
	}
	if t := s.w.r.Type(o); t.Module == "builtins" {
		for _, item := range s.w.items(o) {
			if s.look(item); s.full() {
				return
			}
		}
		return
	}
	for _, value := range s.w.r.Attrs(o) {
		if s.look(value); s.full() {
			return
		}
	}
}

func (s *parkedSearch) look(o object.Ref) {
	s.pass()
	if o == 0 || s.full() || s.seen[o] {
		return
	}
	s.seen[o] = true
	if s.p.at(s.w, o) && s.w.r.Err() == nil {
		s.found = o
	}
	s.pass()
}
