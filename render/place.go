package render

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// place is the frame that a task is shown by.
type place struct {
	frame *graph.Frame // nil: the task has no frame that is known
	calls *graph.Frame // what frame called, where that says more than the wait does
}

// placeOf picks the frame that tells most about a task ([graph.Task.Place]),
// or, for one that has none but hidden frames, the function that it began in.
func placeOf(t *graph.Task) place {
	i := t.Place()
	if i < 0 {
		return place{frame: entry(t.Frames)}
	}
	p := place{frame: t.Frames[i]}
	if i > 0 && !t.Frames[i-1].Hidden && (!namesItself(t) || deepIn(t, t.Frames[:i])) {
		p.calls = t.Frames[i-1]
	}
	return p
}

// deepIn reports whether a library was called that itself called on to wait: what it
// waits for is its own then. The library whose tasks these are, as Trio, is none: its
// sleep is what people call to sleep. And that it called a group's Wait adds nothing.
func deepIn(t *graph.Task, called []*graph.Frame) bool {
	n := len(called)
	library, _, isClass := strings.Cut(t.Kind, ".")
	if n > 1 && (isClass && strings.HasPrefix(called[n-1].Func, library+".") || strings.HasSuffix(called[n-1].Func, ").Wait")) {
		return false
	}
	return n > 1 && called[n-1].Origin == graph.OriginLibrary && called[n-2].Origin == graph.OriginLibrary && !called[n-2].Hidden
}

// entry is the function that a task began in, for a task that has none but
// hidden frames: it says what of the runtime's business the task does.
func entry(frames []*graph.Frame) *graph.Frame {
	for i := len(frames) - 1; i >= 0; i-- {
		if frames[i].Func != "runtime.goexit" {
			return frames[i]
		}
	}
	return nil
}

// namesItself reports whether the words for a task's wait already say what
// it called: sync.(*Mutex).Lock adds nothing to "wants sync.Mutex".
func namesItself(t *graph.Task) bool {
	if len(t.Waits) == 0 {
		return false
	}
	switch t.Waits[0].Kind {
	case graph.WaitNetwork, graph.WaitFile, graph.WaitSyscall, graph.WaitUnknown, graph.WaitRuntime,
		graph.WaitChanReceive, graph.WaitChanSend, graph.WaitSelect, graph.WaitContext,
		graph.WaitStream, graph.WaitFuture:
		return false
	}
	return true
}

// noFrame says why a task shows no frame: nothing of one that has ended, whose
// frames are gone.
func noFrame(t *graph.Task) string {
	switch t.State {
	case graph.StateDone, graph.StateFailed, graph.StateCancelled:
		return ""
	}
	if len(t.Problems) == 0 && len(t.Frames) == 0 {
		return "" // it never had any: nothing is missing
	}
	return "no frame could be read"
}
