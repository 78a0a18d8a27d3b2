package cpython

import (
	"strconv"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// maxThreads bounds the threads of an interpreter: Linux's default limit for
// a whole machine.
const maxThreads = 1 << 22

// thread is one PyThreadState
// (https://github.com/python/cpython/blob/v3.12.1/Include/cpython/pystate.h#L115).
type thread struct {
	addr   uint64
	interp *interp
	ident  uint64 // pthread_t: threading.get_ident()
	native int    // the OS's id; 0: not known, to 3.10
	node   *graph.Task

	frames []frame.Frame // innermost first
	own    []frame.Frame // those that are no task's
	runs   *task         // the outermost task on its stack; nil: none
	works  *executor     // the pool that it is a worker of; nil: none

	waits   *threadWait // the function that it waits in; nil: none that is known
	waitsAt int         // that one's frame
	wants   object.Ref  // the lock or queue of C that it stands at; 0: none
}

// findThreads lists the threads of every interpreter with their frames.
func (w *walk) findThreads() {
	for _, in := range w.interps {
		seen := map[uint64]bool{}
		for at := w.r.U64(in.addr + uint64(w.lay.Interp.ThreadsHead)); at != 0 && !seen[at]; at = w.r.U64(at + uint64(w.lay.Thread.Next)) {
			if seen[at] = true; len(seen) > maxThreads {
				w.b.Truncated("threads", maxThreads, len(seen))
				break
			}
			w.addThread(in, at)
			if w.r.Err() != nil {
				break
			}
		}
	}
}

func (w *walk) addThread(in *interp, at uint64) {
	l := w.lay.Thread
	t := &thread{addr: at, interp: in, ident: w.r.U64(at + uint64(l.ThreadID))}
	if l.NativeID >= 0 {
		t.native = int(w.r.U64(at + uint64(l.NativeID)))
	} else {
		t.native = w.nativeThread(t.ident)
	}
	id := strconv.FormatUint(t.ident, 16)
	if t.native != 0 {
		id = strconv.Itoa(t.native)
	}
	t.node = &graph.Task{
		ID: graph.TaskID(w.id + ":t" + id), Runtime: w.id, NativeID: id, Kind: "thread",
		Thread: int32(t.native), State: graph.StateBlocked,
	}
	var cut bool
	if t.frames, cut = w.fr.Thread(at); cut {
		w.b.Truncated("frames of "+string(t.node.ID), len(t.frames), len(t.frames)+1)
	}
	w.running.Add(at, t.frames)
	w.check(t.node, "the thread's frames")
	w.threads = append(w.threads, t)
}

// nativeThread is the OS's id of the thread whose pthread_t this is: the one
// whose thread pointer it equals, as pthread_self is on x86-64.
func (w *walk) nativeThread(ident uint64) int {
	for i := range w.img.Threads {
		if w.img.Threads[i].Regs.TLS() == ident {
			return w.img.Threads[i].TID
		}
	}
	return 0
}

// ownFrames leaves the thread the frames that are no task's: those further out
// than the outermost coroutine of a task, or all.
func (w *walk) ownFrames() {
	for _, th := range w.threads {
		w.ownFramesOf(th)
	}
}

func (w *walk) ownFramesOf(th *thread) {
	for i := len(th.frames) - 1; i >= 0; i-- {
		if gen := th.frames[i].Gen; gen != 0 && w.byCoro[gen] != nil {
			th.runs = w.byCoro[gen]
			th.own = th.frames[i+1:]
			return
		}
	}
	th.own = th.frames
}

// describeThreads names the threads and says what they do, as far as their
// frames tell.
func (w *walk) describeThreads() {
	names := map[*interp]map[uint64]string{}
	for _, in := range w.interps {
		names[in] = w.threadNames(in)
	}
	for _, t := range w.threads {
		t.node.Name = names[t.interp][t.ident]
		for i := range t.own {
			t.node.Frames = append(t.node.Frames, w.graphFrame(&t.own[i], graph.FrameCall))
		}
		w.waitOfThread(t)
		w.settleThread(t)
		w.check(t.node, "the thread")
	}
}

// threadNames are what the threading module calls an interpreter's threads, by
// their idents (https://github.com/python/cpython/blob/v3.12.1/Lib/threading.py, _active).
func (w *walk) threadNames(in *interp) map[uint64]string {
	names := map[uint64]string{}
	dict := w.module(in, "threading")
	if dict == 0 {
		return names
	}
	active := w.r.StrDict(dict, "_active")
	if !w.isA(active, "dict") {
		return names
	}
	for key, value := range w.r.Dict(active) {
		if ident, ok := w.r.Int(key); ok {
			names[uint64(ident)] = w.strAttr(value, "_name")
		}
	}
	return names
}

// loopFunctions are where a thread stands that runs an event loop. (uvloop's
// own have no frames; what calls them does.)
var loopFunctions = map[string]bool{
	"asyncio.base_events.BaseEventLoop.run_forever":        true,
	"asyncio.base_events.BaseEventLoop.run_until_complete": true,
	"asyncio.runners.Runner.run":                           true,
	"asyncio.runners.run":                                  true,
	"trio._core._run.run":                                  true,
}

// settleThread tells threads with something of their own to show from those
// that only run tasks: a loop's, and a worker that waits for its next job.
func (w *walk) settleThread(t *thread) {
	if len(t.own) > 0 && (t.works != nil && t.own[0].Func == workerLoop || trioIdle[t.own[0].Func]) {
		t.node.State, t.node.System = graph.StateWaiting, true
		t.node.Waits = []graph.Wait{{Kind: graph.WaitRuntime, Text: "idle worker of an executor"}}
		return
	}
	for i := range t.own {
		if loopFunctions[t.own[i].Func] && (t.runs != nil || i == 0 || idleLoop[t.own[0].Func]) {
			t.node.System = true
			return
		}
	}
}

// idleLoop are the functions in which a loop waits for something to happen.
var idleLoop = map[string]bool{
	"selectors.EpollSelector.select":  true,
	"selectors.PollSelector.select":   true,
	"selectors.SelectSelector.select": true,

	"trio._core._io_epoll.EpollIOManager.get_events": true,
}
