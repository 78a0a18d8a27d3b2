package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// asyncio.as_completed returns an iterator, whose items wait on a queue that
// the Futures put themselves into when they are done. To 3.12 it is a generator
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L584),
// from 3.13 on an object
// (https://github.com/python/cpython/blob/v3.13.0/Lib/asyncio/tasks.py#L570).
const (
	completionGenerator = "asyncio.tasks.as_completed"
	completionIterator  = "asyncio.tasks._AsCompletedIterator"
)

// onCompletionQueue: who iterates over as_completed waits for any of the
// Futures that it has yet to see.
func onCompletionQueue(w *walk, at standing, wait *graph.Wait) bool {
	if !strings.HasPrefix(at.outer(1), "asyncio.tasks.") || !strings.HasSuffix(at.outer(1), "._wait_for_one") {
		return false
	}
	todo := w.completing[at.self]
	if todo == 0 {
		todo = w.attr(w.fr.Self(at.task.frames[at.index+1]), "_todo")
	}
	if todo == 0 {
		return false
	}
	wait.Kind, wait.Text, wait.Frame = graph.WaitAny, "asyncio.as_completed", int32(at.index)+1
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "the Futures that as_completed has yet to see"}
	wait.Branches = w.pending(w.items(todo), wait.Evidence.How)
	return true
}

// noteCompletion remembers, of a Future that is iterated over, the queue that
// it will put itself into, and the set of those that have yet to: the generator
// that has both need not be alive any more.
func (w *walk) noteCompletion(c *callback) {
	if c.is(completionGenerator+".<locals>.", "_on_completion") && c.cells["done"] != 0 {
		w.completing[c.cells["done"]] = c.cells["todo"]
	}
}

// iterated are the Futures that an iterator of as_completed has yet to see.
func (w *walk) iterated(o object.Ref) []object.Ref {
	switch w.r.Type(o).FullName() {
	case completionIterator:
		return w.items(w.attr(o, "_todo"))
	case "generator":
		f, state := w.fr.Generator(o)
		switch {
		case state == frame.Done || f.Func != completionGenerator:
			return nil
		case state == frame.Created:
			return w.items(w.fr.Local(&f, "fs"))
		}
		return w.items(w.fr.Local(&f, "todo"))
	}
	return nil
}
