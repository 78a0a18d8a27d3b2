package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// frameKey is what makes two frames the same line of a report.
type frameKey struct {
	code *frame.Code
	name string // of the function, with its module
	line int
	kind graph.FrameKind
}

// readChains reads the tasks' frames: of one that is suspended the coroutines
// that await each other, of one that runs what these call, too.
func (w *walk) readChains() {
	for _, t := range w.tasks {
		if w.over() {
			return
		}
		if t.coro == 0 {
			continue
		}
		links, leaf := w.fr.Chain(t.coro, &w.running)
		t.leaf = leaf
		t.frames = make([]*frame.Frame, len(links))
		t.node.Frames = make([]*graph.Frame, len(links))
		for i := range links {
			f, at := &links[i].Frame, len(links)-1-i
			t.frames[at], t.node.Frames[at] = f, w.graphFrame(f, kindOf(f))
		}
		w.settle(t)
		w.check(t.node, "the task's frames")
	}
}

// kindOf is what sort of call a frame is.
func kindOf(f *frame.Frame) graph.FrameKind {
	switch {
	case f.Native:
		return graph.FrameNative
	case f.State == frame.Executing:
		return graph.FrameCall
	}
	return graph.FrameAwait
}

// settle says what the end of a task's chain tells of its state.
func (w *walk) settle(t *task) {
	if thread := w.running.On(t.coro); thread != 0 {
		t.node.State = graph.StateRunning
		for _, th := range w.threads {
			if th.addr == thread {
				t.node.Thread = int32(th.native)
			}
		}
	}
	if t.leaf.Kind == frame.AtStart && len(t.frames) == 1 && t.node.State == graph.StateRunnable {
		t.node.State = graph.StateCreated
	}
	if t.leaf.Kind == frame.AtCut {
		w.b.Truncated("frames of "+string(t.node.ID), len(t.frames), len(t.frames)+1)
	}
}

// graphFrame is a frame as the graph has it. Frames at one line of one
// function are one.
func (w *walk) graphFrame(f *frame.Frame, kind graph.FrameKind) *graph.Frame {
	key := frameKey{f.Code, f.Func, f.Line, kind}
	if known := w.frames[key]; known != nil {
		return known
	}
	g := &graph.Frame{
		Func: key.name, Module: w.fr.Module(f.Globals), File: f.Code.File, Line: f.Line, Kind: kind,
		Origin: w.origins.of(f.Code.File),
	}
	g.Hidden = g.Origin == graph.OriginRuntime || trioPlumbing(g.Module) || g.Origin == graph.OriginStdlib && plumbing(g.Module, g.Func)
	w.frames[key] = g
	return g
}

// plumbing tells whether a function of the standard library is only on the way
// from the loop, or from a thread's start, to the code that it runs.
func plumbing(module, function string) bool {
	switch module {
	case "threading":
		return strings.HasPrefix(function, "threading.Thread._bootstrap") || function == "threading.Thread.run"
	case "concurrent.futures.thread":
		return true
	case "asyncio.events", "asyncio.base_events", "asyncio.runners", "asyncio.unix_events", "asyncio.selector_events", "selectors":
		return strings.HasSuffix(function, "._run_once") || strings.HasSuffix(function, "Handle._run") ||
			strings.HasSuffix(function, ".run_forever")
	}
	return false
}
