package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// awaitable is one sort of thing that tasks wait on, by the coroutine function
// of it that they stand in. Each sort has a file of its own (wait_*.go) and its
// line in awaitables; that is all it takes to add one.
type awaitable struct {
	// functions are those whose innermost frame waits for it, by full name:
	// asyncio.locks.Lock.acquire.
	functions []string

	// describe fills the wait: its kind, what it is on, and how that is known.
	// What it cannot tell it leaves out.
	describe func(w *walk, at standing, wait *graph.Wait)
}

// standing is a task where it stands: in a frame of an awaitable, or with a
// Future that it awaits.
type standing struct {
	task  *task
	index int          // of the frame, in task.frames
	frame *frame.Frame // nil: the task has no frame
	self  object.Ref   // the frame's first argument
}

// standing is a task in its i-th frame.
func (w *walk) standing(t *task, i int) standing {
	f := t.frames[i]
	return standing{task: t, index: i, frame: f, self: w.fr.Self(f)}
}

// outer is the function of the frame n further out; empty when there is none.
func (s standing) outer(n int) string {
	if i := s.index + n; i < len(s.task.frames) {
		return s.task.frames[i].Func
	}
	return ""
}

// awaitables are all that this walker knows by their functions.
var awaitables = [][]awaitable{sleeps, locks, queues, waitFunctions, taskGroups, streams, sockets, subprocesses, anyioLocks, aiohttps, trioWaits}

// byFunction is awaitables by function.
var byFunction = func() map[string]*awaitable {
	all := map[string]*awaitable{}
	for _, family := range awaitables {
		for i := range family {
			for _, f := range family[i].functions {
				all[f] = &family[i]
			}
		}
	}
	return all
}()

// describeWaits says what each task waits for.
func (w *walk) describeWaits() {
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		if !t.waits() {
			continue
		}
		t.node.Waits = []graph.Wait{w.waitOf(t)}
		w.check(t.node, "what it waits for")
	}
}

// waitOf describes what a task waits for: by the function that it stands in
// where that is known, else by the Future. Frames of Cython have no self, and
// what calls them tells.
func (w *walk) waitOf(t *task) graph.Wait {
	if t.trio != nil {
		return w.trioWaitOf(t)
	}
	var wait graph.Wait
	inner := 0
	for inner < len(t.frames) && t.frames[inner].Native {
		inner++
	}
	if inner < len(t.frames) {
		if a := byFunction[t.frames[inner].Func]; a != nil {
			wait.Frame = int32(inner)
			if a.describe(w, w.standing(t, inner), &wait); wait.Kind == "" {
				wait.Frame = 0
			}
		}
	}
	if wait.Kind == "" && !w.onSupervisor(t, &wait) {
		w.onFuture(t.waiter, &wait)
	}
	return wait
}
