package cpython

import (
	"slices"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// describeEnded says how the tasks that are over have ended: what they
// returned, what they raised and where, where and why they were cancelled.
func (w *walk) describeEnded() {
	for _, t := range w.tasks {
		switch {
		case t.trio != nil: // what ends it takes it out of the run
		case t.exception != 0:
			t.node.Error = w.failure(t.exception)
			t.node.Error.Retrieved = !t.logTB
			w.raisedIn(t, w.tracebackOf(t))
		case t.state == finishedFuture:
			if result := w.resultOf(t); result != 0 {
				t.node.Result = w.r.Type(result).FullName()
			}
		case t.state == cancelledFuture || t.node.Cancel != nil:
			w.cancellation(t)
		}
		w.check(t.node, "how it ended")
	}
}

// resultOf is what a task returned.
func (w *walk) resultOf(t *task) object.Ref {
	if t.native {
		return w.r.Ref(t.at(w.lay.Future.Result))
	}
	return w.r.Attr(t.addr, "_result")
}

// field is an object that a Future of C has at an offset, and one of Python
// code as an attribute; 0 when there is none.
func (w *walk) field(f *future, offset int, name string) object.Ref {
	switch {
	case !f.native:
		return w.attr(f.addr, name)
	case offset == layout.Absent:
		return 0
	}
	return w.some(w.r.Ref(f.at(offset)))
}

// cancellation says with which words a task was cancelled (from 3.9 on) and,
// while nobody has retrieved its CancelledError, where it stood. One that was
// cancelled while it waited has the words in that exception alone, as it was
// what it waited for that was cancelled with them.
func (w *walk) cancellation(t *task) {
	message := w.field(&t.future, w.lay.Future.CancelMsg, "_cancel_message")
	if e := w.field(&t.future, w.lay.Future.CancelledExc, "_cancelled_exc"); e != 0 && w.r.Type(e).IsException() {
		raised := w.r.Exception(e)
		if message == 0 && len(raised.Args) == 1 {
			message = w.some(raised.Args[0])
		}
		tb := w.some(raised.Traceback)
		if t.native && !w.lay.Gen.Embedded { // to 3.10 the whole one stands beside it: exc_traceback
			tb = w.some(w.r.Ref(t.at(w.lay.Future.CancelledExc + 8)))
		}
		w.raisedIn(t, tb)
	}
	if message == 0 {
		return
	}
	if t.node.Cancel == nil {
		t.node.Cancel = &graph.Cancellation{}
	}
	t.node.Cancel.Message = w.plain(message)
}

// tracebackOf is the traceback that a task's exception had when the task ended,
// which is kept from 3.10 on: the exception's own gets those frames too that it
// passes when somebody retrieves it, in front.
func (w *walk) tracebackOf(t *task) object.Ref {
	if tb := w.field(&t.future, w.lay.Future.ExceptionTB, "_exception_tb"); tb != 0 {
		return tb
	}
	return w.some(w.r.Exception(t.exception).Traceback)
}

// raisedIn gives a task that is over the frames of a traceback.
func (w *walk) raisedIn(t *task, traceback object.Ref) {
	if traceback == 0 || len(t.node.Frames) > 0 {
		return
	}
	frames := w.fr.Raised(traceback)
	if code := w.fr.CodeOf(t.coro); code != 0 {
		// What is further out is who retrieved it, or asyncio's own.
		if i := slices.IndexFunc(frames, func(f frame.Frame) bool { return f.Code.Addr == code }); i > 0 {
			frames = frames[i:]
		}
	}
	slices.Reverse(frames)
	for i := range frames {
		t.raised = append(t.raised, &frames[i])
		t.node.Frames = append(t.node.Frames, w.graphFrame(&frames[i], graph.FrameCall))
	}
}
