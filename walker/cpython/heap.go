package cpython

import (
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// maxObjects bounds the objects that the garbage collector knows. A process of
// some gigabytes has a few million.
const maxObjects = 1 << 23

// wanted is what a class means to whoever looks through the heap.
type wanted uint8

const (
	notYet wanted = iota
	ofNoInterest
	aTask
	aCoroutine
	aGreenlet
	aTrioRun
)

// heapSearch looks through the lists of the garbage collector, which have every
// object that can refer to others: for tasks that have ended and are still
// referred to, which the registries forget from 3.14 on, and for coroutines
// that nothing has begun
// (https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_gc.h).
//
// It takes as long as it takes to find the tasks, and is done beside that.
type heapSearch struct {
	r       *object.Reader // its own
	py      *layout.Interpreter
	lay     *layout.Layout
	over    func() bool
	classes map[object.Ref]wanted
	left    int    // objects that it may still look at
	wait    func() // until nothing is read any more

	found    []heapObject
	problems []heapProblem
	err      error // of the first class that could not be read
}

// heapObject is one that is of interest.
type heapObject struct {
	in   *interp
	what wanted
	o    object.Ref
}

// heapProblem is a list that could not be followed to its end.
type heapProblem struct {
	what string
	err  error
}

// beginHeap begins to look through the heap, which needs all of it: a capture of a
// large process has not got that, and says so in a note.
func (w *walk) beginHeap() {
	if !w.img.Whole {
		w.node.Notes = append(w.node.Notes, "the heap was not captured whole: tasks that have ended and coroutines that nobody awaits may be missing")
		return
	}
	w.heap = &heapSearch{
		r: object.NewReader(w.img, w.lay), py: w.py, lay: w.lay, over: w.over,
		classes: map[object.Ref]wanted{}, left: maxObjects, wait: func() {},
	}
	if dlvext.ReadSet(w.img) != nil {
		w.heap.run(w.interps) // what is read when stays the same from one recording to the next
		return
	}
	w.heap.wait = walker.Beside(func() { w.heap.run(w.interps) })
}

func (h *heapSearch) run(interps []*interp) {
	for _, in := range interps {
		state := in.addr + uint64(h.lay.Interp.GC)
		if h.lay.GC.Runtime != layout.Absent {
			state = h.py.Runtime + uint64(h.lay.GC.Runtime)
		}
		for i := range h.lay.GC.Count {
			h.list(in, state+uint64(h.lay.GC.Generations+i*h.lay.GC.Generation))
			if err := h.r.Take(); err != nil {
				h.problems = append(h.problems, heapProblem{fmt.Sprintf("the garbage collector's generation %d of interpreter %d", i, in.id), err})
			}
		}
	}
}

// gcFlags are the bits of a link that are none of the address.
const gcFlags = 3

// list goes through one list. Each link is checked against the way back,
// so that a list that is none is left at once.
func (h *heapSearch) list(in *interp, head uint64) {
	previous := head
	for at := h.r.U64(head) &^ gcFlags; at != head && at != 0 && h.left > 0; h.left-- {
		if back := h.r.U64(at+8) &^ gcFlags; back != previous && h.r.Err() == nil {
			h.r.Fail(fmt.Errorf("the object at %#x does not follow the one at %#x", at, previous))
		}
		o := object.Ref(at + uint64(h.lay.GC.Header))
		class := h.r.Ref(uint64(o) + uint64(h.lay.Object.Type))
		if h.r.Err() != nil || h.left%1024 == 0 && h.over() {
			return
		}
		want := h.classes[class]
		if want == notYet {
			want = h.interest(class)
			h.classes[class] = want
		}
		if want != ofNoInterest {
			h.found = append(h.found, heapObject{in, want, o})
		}
		previous, at = at, h.r.U64(at)&^gcFlags
	}
}

// interest tells what a class means.
func (h *heapSearch) interest(class object.Ref) wanted {
	t := h.r.TypeAt(class)
	if err := h.r.Take(); err != nil {
		if h.err == nil {
			h.err = err // its objects may have been tasks
		}
		return ofNoInterest
	}
	switch {
	case t.FullName() == "coroutine":
		return aCoroutine
	case t.Inherits("_asyncio.Task"), t.Inherits("asyncio.tasks.Task"):
		return aTask
	case t.Inherits("greenlet.greenlet"):
		return aGreenlet
	case t.FullName() == trioRunner:
		return aTrioRun
	}
	return ofNoInterest
}

// endHeap waits for the search, of a walk that was ended too.
func (w *walk) endHeap() {
	if w.heap != nil {
		w.heap.wait()
	}
}

// addHeap adds what was found in the heap to what is known.
func (w *walk) addHeap() {
	h := w.heap
	if h == nil {
		return
	}
	h.wait()
	w.heapErr = h.err
	for _, p := range h.problems {
		w.unreadable(p.what, p.err)
	}
	greenlets := 0
	for _, f := range h.found {
		switch f.what {
		case aTask:
			w.addTask(f.in, f.o)
		case aCoroutine:
			w.coroutines = append(w.coroutines, f.o)
		case aGreenlet:
			greenlets++
		case aTrioRun:
			w.addRun(f.in, f.o)
		}
	}
	if h.left == 0 {
		w.b.Truncated("objects of the heap", maxObjects, maxObjects+1)
	}
	w.neverAwaited()
	if greenlets > 0 {
		w.node.Notes = append(w.node.Notes, plural(greenlets, "greenlet is here", "greenlets are here")+
			": the frames of those that do not run are not the interpreter's, and are not read")
	}
}

// neverAwaited tells of coroutines that were made and not begun, and that are
// no task's.
func (w *walk) neverAwaited() {
	places := map[string]*graph.Problem{}
	counts := map[string]int{}
	for _, o := range w.coroutines {
		if w.byCoro[o] != nil {
			continue
		}
		f, state := w.fr.Generator(o)
		w.passHeap()
		if state != frame.Created {
			continue
		}
		p := places[f.Func]
		if p == nil {
			p = &graph.Problem{
				Code: "never-awaited", Severity: graph.Info,
				Evidence: graph.Evidence{Confidence: graph.Proven, How: "a coroutine of the heap that has not begun and is no task's"},
			}
			places[f.Func] = p
			w.b.Problem(p)
		}
		counts[f.Func]++
		p.Message = fmt.Sprintf("%s of %s (%s:%d) that nothing has awaited yet",
			plural(counts[f.Func], "coroutine", "coroutines"), f.Func, baseName(f.Code.File), f.Code.FirstLine)
		if made := w.fr.Origin(o); len(made) > 0 && counts[f.Func] == 1 {
			p.Message += fmt.Sprintf("; it was made by %s (%s:%d)", made[0].Func, baseName(made[0].File), made[0].Line)
		}
		w.passHeap() // then it is not known where
	}
	if w.heapErr != nil {
		w.unreadable("all objects of the heap", w.heapErr)
	}
}

// passHeap goes on after an object of the heap that cannot be read. There may be
// many; that of the first is told.
func (w *walk) passHeap() {
	if err := w.r.Take(); err != nil && w.heapErr == nil {
		w.heapErr = err
	}
}

func baseName(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
