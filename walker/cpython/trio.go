package cpython

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Trio is a loop and its tasks in Python code, with structures of its own
// (https://github.com/python-trio/trio/blob/v0.27.0/src/trio/_core/_run.py):
//
//	thread ── frame of trio.run ─▶ Runner ─▶ tasks ─▶ Task ─▶ coro, the chain of frames
//	                                  │                │ └──▶ _cancel_status ─▶ scope, and those around it
//	                                  │                └────▶ _child_nurseries ─▶ Nursery ─▶ _children
//	                                  └─▶ runq: those that are to be run
//
// A task that is neither run nor in the queue is parked, and stands in
// wait_task_rescheduled, the one way to wait. What for is told by the function
// that called that (wait_trio.go), which a task stands in with the lock, the
// channel or the event as self.
//
// A nursery knows its parent and its children; what opened it shows by the with-block
// of its manager on a frame's value stack, as for asyncio's groups, also where a
// wrapper stands between. A child of nursery.start is the child of a nursery that
// start itself has open, until it says that it has started.
//
// Runners are found by the frames of threads: those in trio.run and, in guest mode,
// where another loop calls Trio, the one that waits for descriptors; or by a search
// of the heap. The classes have slots; all is read by name, so that the order of
// fields does not matter. Seen with Trio 0.22, 0.27 and 0.35.

// Full names of Trio's classes: it gives those that it exports the name of the
// package that does so.
const (
	trioRunner = "trio._core._run.Runner"
	trioTraps  = "trio._core._traps."
)

// isTrioTask tells Trio's tasks by their class, or one that derives from it.
func isTrioTask(t *object.Type) bool {
	return t.Inherits("trio.lowlevel.Task") || t.Inherits("trio._core._run.Task")
}

// trioRun is one call of trio.run, by its Runner.
type trioRun struct {
	addr   object.Ref
	init   object.Ref // the task that has the others in its nurseries
	main   object.Ref // the task of the function that trio.run was given
	offset float64    // from time.monotonic to its clock, in seconds
	timed  bool       // that is known: the clock is Trio's own, and no test's

	scopes map[object.Ref][]graph.CancelScope // see scopesFrom
}

// findTrio lists the tasks of every run of Trio that a thread is in, or waits for
// descriptors of: functions of the loop have the Runner in a variable, in guest
// mode what has it as an attribute.
func (w *walk) findTrio() {
	for _, th := range w.threads {
		for i := range th.frames {
			f := &th.frames[i]
			if !strings.HasPrefix(f.Func, "trio._core._run.") {
				continue
			}
			w.addRun(th.interp, w.some(w.fr.Local(f, "runner")))
			if guest := w.some(w.fr.Local(f, "self")); w.isA(guest, "trio._core._run.GuestState") {
				w.addRun(th.interp, w.attr(guest, "runner"))
			}
		}
		w.check(th.node, "what it runs of Trio")
	}
}

// addRun adds the tasks of a Runner, once. One that is over has none.
func (w *walk) addRun(in *interp, runner object.Ref) {
	if runner == 0 || w.runs[runner] != nil || !w.isA(runner, trioRunner) {
		return
	}
	run := &trioRun{addr: runner, init: w.attr(runner, "init_task"), main: w.attr(runner, "main_task"), scopes: map[object.Ref][]graph.CancelScope{}}
	if clock := w.attr(runner, "clock"); w.isA(clock, "trio._core._run.SystemClock") {
		run.offset, run.timed = w.floatAttr(clock, "offset")
	}
	w.runs[runner] = run
	tasks := w.items(w.attr(runner, "tasks"))
	w.expect([][]object.Ref{tasks})
	for _, o := range tasks {
		if w.over() {
			return
		}
		w.addTrioTask(in, run, o)
	}
	if err := w.r.Take(); err != nil {
		w.unreadable("a run of Trio", err)
	}
}

func (w *walk) addTrioTask(in *interp, run *trioRun, o object.Ref) {
	if err := w.r.Take(); err != nil {
		w.unreadable("a run of Trio", err)
	}
	if o == 0 || w.byAddr[o] != nil {
		return
	}
	typ := w.r.Type(o)
	if !isTrioTask(typ) {
		if err := w.r.Take(); err != nil {
			w.lost.add(o, err)
		}
		return
	}
	t := &task{future: future{addr: o, typ: typ, loop: run.addr}, interp: in, trio: run}
	t.node = &graph.Task{
		ID: taskID(o), Runtime: w.id, NativeID: "0x" + strconv.FormatUint(uint64(o), 16),
		Kind: "trio.Task", Name: w.strAttr(o, "name"), State: graph.StateRunnable,
	}
	t.coro = w.attr(o, "coro")
	if t.parked = w.attr(o, "_next_send_fn") == 0; t.parked {
		t.node.State = graph.StateWaiting
	}
	w.check(t.node, "the task")
	w.enlist(t)
}

// trioPlumbing tells whether a frame of Trio is only on the way from its loop to
// the code that it runs, or from what waits to the yield.
func trioPlumbing(module string) bool {
	return module+"." == trioTraps || module == "trio._core._thread_cache" || module == "outcome._impl"
}

// foldSystemTask hides a task that Trio has for itself: the first, which has the
// others in its nurseries, and those beside main there. What others spawn as
// system tasks has frames of theirs, or of from_thread.run.
func (w *walk) foldSystemTask(t *task) {
	parent := w.attr(w.attr(t.addr, "_parent_nursery"), "_parent_task")
	if parent != 0 && parent != t.trio.init || t.addr == t.trio.main {
		return
	}
	t.node.System = !slices.ContainsFunc(t.node.Frames, func(f *graph.Frame) bool {
		return f.Module == "trio._threads" || !strings.HasPrefix(f.Module, "trio.") && f.Module != "outcome._impl"
	})
}
