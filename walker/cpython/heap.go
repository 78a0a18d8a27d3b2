package cpython

import (
	"fmt"

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

// searchHeap looks through the lists of the garbage collector, which have every
// object that can refer to others: for tasks that have ended and are still
// referred to, which the registries forget from 3.14 on, and for coroutines
// that nothing has begun
// (https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_gc.h).
//
// It needs all of the heap: a capture of a large process has not got that, and
// says so in a note.
func (w *walk) searchHeap() {
	if !w.img.Whole {
		w.node.Notes = append(w.node.Notes, "the heap was not captured whole: tasks that have ended and coroutines that nobody awaits may be missing")
		return
	}
	classes := map[object.Ref]wanted{}
	left := maxObjects
	for _, in := range w.interps {
		state := in.addr + uint64(w.lay.Interp.GC)
		if w.lay.GC.Runtime != layout.Absent {
			state = w.py.Runtime + uint64(w.lay.GC.Runtime)
		}
		for i := range w.lay.GC.Count {
			w.searchList(in, state+uint64(w.lay.GC.Generations+i*w.lay.GC.Generation), classes, &left)
			if err := w.r.Take(); err != nil {
				w.unreadable(fmt.Sprintf("the garbage collector's generation %d of interpreter %d", i, in.id), err)
			}
		}
	}
	if left == 0 {
		w.b.Truncated("objects of the heap", maxObjects, maxObjects+1)
	}
	w.neverAwaited()
	if w.greenlets > 0 {
		w.node.Notes = append(w.node.Notes, plural(w.greenlets, "greenlet is here", "greenlets are here")+
			": the frames of those that do not run are not the interpreter's, and are not read")
	}
}

// gcFlags are the bits of a link that are none of the address.
const gcFlags = 3

// searchList goes through one list. Each link is checked against the way back,
// so that a list that is none is left at once.
func (w *walk) searchList(in *interp, head uint64, classes map[object.Ref]wanted, left *int) {
	previous := head
	for at := w.r.U64(head) &^ gcFlags; at != head && at != 0 && *left > 0; *left-- {
		if back := w.r.U64(at+8) &^ gcFlags; back != previous && w.r.Err() == nil {
			w.r.Fail(fmt.Errorf("the object at %#x does not follow the one at %#x", at, previous))
		}
		o := object.Ref(at + uint64(w.lay.GC.Header))
		class := w.r.Ref(uint64(o) + uint64(w.lay.Object.Type))
		if w.r.Err() != nil || *left%1024 == 0 && w.over() {
			return
		}
		want := classes[class]
		if want == notYet {
			want = w.interest(class)
			classes[class] = want
		}
		switch want {
		case aTask:
			w.addTask(in, o)
		case aCoroutine:
			w.coroutines = append(w.coroutines, o)
		case aGreenlet:
			w.greenlets++
		case aTrioRun:
			w.addRun(in, o)
		}
		previous, at = at, w.r.U64(at)&^gcFlags
	}
}

// interest tells what a class means.
func (w *walk) interest(class object.Ref) wanted {
	t := w.r.TypeAt(class)
	switch {
	case w.r.Err() != nil:
		w.passHeap() // its objects may have been tasks
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
