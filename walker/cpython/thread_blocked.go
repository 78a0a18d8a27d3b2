package cpython

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A task that calls what blocks its thread keeps the loop from running: it
// waits as a thread does, and whoever is ready in that loop waits for it.

// current is the task whose code a thread runs now, the innermost where one
// runs within another; nil: none.
func (w *walk) current(th *thread) *task {
	for i := range th.frames {
		t := w.byCoro[th.frames[i].Gen]
		if th.frames[i].Gen == 0 || t == nil {
			continue
		}
		if len(t.frames) > i && t.frames[i].Addr == th.frames[i].Addr {
			return t
		}
		return nil // its frames are not those of the thread
	}
	return nil
}

// findBlocked finds the threads that stand at a lock or in a function that
// waits, and the loops that cannot run meanwhile.
func (w *walk) findBlocked() {
	w.keeper = map[object.Ref]*task{}
	for _, th := range w.threads {
		frames := th.own
		if th.runs != nil {
			frames = th.frames[:len(th.frames)-len(th.own)]
		}
		th.waits, th.waitsAt = waitFunction(frames)
		if th.waits == nil {
			th.wants = w.parkedObject(th)
		}
		if t := w.current(th); t != nil {
			_, sleeps := w.sleeping(th)
			if th.waits != nil || th.wants != 0 || sleeps {
				w.keeper[t.loop] = t
			}
		}
		w.check(th.node, "what the thread stands at")
	}
	w.unbegun = w.findUnbegun()
}

// describeBlocked says what the tasks that block their loops wait for, and that
// who is ready in such a loop waits for its turn.
func (w *walk) describeBlocked() {
	for _, th := range w.threads {
		t := w.current(th)
		if t == nil {
			continue
		}
		waits, known := w.threadWait(th, th.frames)
		if known {
			t.node.Waits, t.node.State = waits, graph.StateBlocked
		}
		w.check(t.node, "what its thread waits for")
	}
	for _, t := range w.tasks {
		keeper := w.keeper[t.loop]
		if keeper == nil || keeper == t || t.loop == 0 {
			continue
		}
		if s := t.node.State; s != graph.StateRunnable && s != graph.StateCreated {
			continue
		}
		if c := t.node.Cancel; c == nil || !c.Pending { // whoever was cancelled has that to say
			t.node.Waits = []graph.Wait{w.turn(keeper)}
		}
	}
}

// turn is a wait for the loop that a task keeps.
func (w *walk) turn(keeper *task) graph.Wait {
	return graph.Wait{Kind: graph.WaitTurn, Task: keeper.node.ID, Evidence: graph.Evidence{
		Confidence: graph.Proven, How: "the loop's thread stands in the task's frames, and waits",
	}}
}

// maxUnbegun bounds the callbacks of one loop that are looked through.
const maxUnbegun = 1 << 12

// findUnbegun finds the coroutines that threads gave to a loop and that
// are no tasks yet, as that loop cannot run: by the Future that the thread has
// (https://github.com/python/cpython/blob/v3.12.1/Lib/asyncio/tasks.py#L931).
func (w *walk) findUnbegun() map[object.Ref]*task {
	calls := map[object.Ref]*task{}
	for loop, keeper := range w.keeper {
		ready := w.attr(loop, "_ready")
		if !w.isA(ready, "collections.deque") {
			continue
		}
		for i, handle := range w.r.Deque(ready) {
			if i == maxUnbegun {
				break
			}
			fn := w.attr(handle, "_callback")
			if !w.isA(fn, "function") {
				continue
			}
			c := w.functionCallback(fn)
			if o := c.cells["future"]; o != 0 && c.name == "asyncio.tasks.run_coroutine_threadsafe.<locals>.callback" {
				calls[o] = keeper
			}
		}
	}
	if err := w.r.Take(); err != nil {
		w.unreadable("what the loops have to call", err)
	}
	return calls
}

// threadWait says what a thread waits for where frames are its innermost;
// false: that is not known beyond its system call.
func (w *walk) threadWait(th *thread, frames []frame.Frame) ([]graph.Wait, bool) {
	var wait graph.Wait
	switch {
	case th.waits != nil:
		f := &frames[th.waitsAt]
		if !th.waits.fill(w, f, &wait) {
			return nil, false
		}
		wait.Frame = int32(th.waitsAt)
	case th.wants != 0:
		w.onParked(th.wants, &wait)
	default:
		if w.onConnectionOf(th, frames, &wait) {
			return []graph.Wait{wait}, true
		}
		due, sleeps := w.sleeping(th)
		if !sleeps {
			return nil, false
		}
		return []graph.Wait{{Kind: graph.WaitSleep, Resource: due, Evidence: graph.Evidence{Confidence: graph.Proven, How: "the system call's arguments"}}}, true
	}
	waits := []graph.Wait{wait}
	if due, timed := w.timeout(th); timed { // it goes on in any case
		waits = append(waits, graph.Wait{Kind: graph.WaitTimer, Resource: due, Frame: wait.Frame, Evidence: graph.Evidence{Confidence: graph.Proven, How: "the timeout of the thread's futex"}})
	}
	return waits, true
}

// onParked is a wait at an object of C.
func (w *walk) onParked(o object.Ref, wait *graph.Wait) {
	wait.Evidence = graph.Evidence{Confidence: graph.Proven, How: "the futex of the thread is the object's"}
	if w.r.Type(o).FullName() == "_queue.SimpleQueue" {
		wait.Kind = graph.WaitQueueGet
		r := w.b.Resource("queue", uint64(o))
		if r.Type == "" {
			r.Type = "queue.SimpleQueue"
			if items, ok := w.r.SimpleQueue(o); ok {
				r.Detail = []graph.Attr{{Key: "size", Value: len(items)}}
			}
		}
		wait.Resource = r.ID
		return
	}
	wait.Kind, wait.Resource = graph.WaitLock, w.threadLockResource(o).ID
}

// Bits of a futex's operation
// (https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/futex.h).
const futexRealtime = 256

// timeout tells whether a futex that a thread stands in ends by itself, and
// when, where that is told in the loop's clock.
func (w *walk) timeout(th *thread) (graph.ResourceID, bool) {
	call, in := w.osThread(th)
	if !in || call.Name != "futex" || call.Args[3] == 0 {
		return 0, false
	}
	if call.Args[1]&futexRealtime != 0 {
		return 0, true
	}
	return w.dueAt(call.Args[3]), true
}

// Arguments of clock_nanosleep.
const (
	clockMonotonic = 1
	timerAbsolute  = 1
)

// sleeping tells whether a thread sleeps, as time.sleep does: to 3.10 it is
// select without a descriptor, then clock_nanosleep until a time
// (https://github.com/python/cpython/blob/v3.12.1/Modules/timemodule.c#L2136).
func (w *walk) sleeping(th *thread) (due graph.ResourceID, yes bool) {
	call, in := w.osThread(th)
	if !in {
		return 0, false
	}
	switch call.Name {
	case "clock_nanosleep":
		if call.Args[0] == clockMonotonic && call.Args[1] == timerAbsolute {
			due = w.dueAt(call.Args[2])
		}
		return due, true
	case "nanosleep":
		return 0, true
	case "select", "pselect6":
		return 0, call.Args[0] == 0 && call.Args[4] != 0
	}
	return 0, false
}

// dueAt is the timer that a struct timespec of the monotonic clock stands for,
// without a time where the distance to that is not known, as in a core.
func (w *walk) dueAt(timespec uint64) graph.ResourceID {
	r := w.b.Resource("timer", 0)
	seconds, nanos := w.r.I64(timespec), w.r.I64(timespec+8)
	if w.r.Err() == nil && w.img.Monotonic != 0 && seconds >= 0 && seconds < 1e9 && nanos >= 0 && nanos < 1e9 {
		r.Detail = []graph.Attr{{Key: "due_in_ms", Value: time.Duration(seconds)*time.Second + time.Duration(nanos) - w.img.Monotonic}}
	}
	return r.ID
}
