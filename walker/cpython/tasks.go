package cpython

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/frame"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// task is an asyncio.Task, of C or of Python.
type task struct {
	future
	interp *interp
	node   *graph.Task
	coro   object.Ref
	waiter object.Ref // what it yielded last: _fut_waiter; 0: it does not wait
	trio   *trioRun   // of a task of Trio; nil: it is asyncio's
	parked bool       // of a task of Trio: it is not in the queue of those to be run

	// frames are its own, innermost first, as node.Frames are.
	frames []*frame.Frame
	raised []*frame.Frame // of one that is over: those in which that happened, in the same order
	leaf   frame.Leaf     // what the innermost one awaits

	scopeEnds float64 // by the loop's clock, when the first of AnyIO's cancel scopes around it ends; 0: none
}

// findTasks lists every task of every interpreter once.
func (w *walk) findTasks() {
	w.running.IsTask = func(gen object.Ref) bool { return w.byCoro[gen] != nil }
	for _, in := range w.interps {
		sets := w.taskSets(in)
		w.expect(sets)
		for _, set := range sets {
			for _, o := range set {
				if w.over() {
					return
				}
				w.addTask(in, o)
			}
		}
	}
}

// expect makes room for the tasks of the first interpreter that has some: maps
// that grow to a hundred thousand entries are filled several times over.
func (w *walk) expect(sets [][]object.Ref) {
	n := 0
	for _, set := range sets {
		n += len(set)
	}
	if len(w.tasks) == 0 {
		w.tasks, w.byAddr, w.byCoro = make([]*task, 0, n), make(map[object.Ref]*task, n), make(map[object.Ref]*task, n)
		w.b.Expect(n, 0)
	}
}

// taskSets returns the addresses of an interpreter's tasks. To 3.11 they are in
// one WeakSet, then in a WeakSet and a set of those that started eagerly; the
// C module has them or, for tasks of Python code, asyncio.tasks. From 3.14 on C
// tasks are in linked lists, of their thread or, when that has ended, of the
// interpreter (https://github.com/python/cpython/blob/v3.14.0/InternalDocs/asyncio.md).
func (w *walk) taskSets(in *interp) (sets [][]object.Ref) {
	for _, name := range [...]string{"_asyncio", "asyncio.tasks"} {
		dict := w.module(in, name)
		if dict == 0 {
			continue
		}
		for _, attr := range [...]string{"_all_tasks", "_scheduled_tasks", "_eager_tasks"} {
			if o := w.some(w.r.StrDict(dict, attr)); o != 0 {
				sets = append(sets, w.members(o))
			}
		}
	}
	if head := w.lay.Interp.AsyncioTasksHead; head >= 0 {
		sets = append(sets, w.taskList(in.addr+uint64(head)))
	}
	if head := w.lay.Thread.AsyncioTasks; head >= 0 {
		for _, t := range w.threads {
			if t.interp == in {
				sets = append(sets, w.taskList(t.addr+uint64(head)))
			}
		}
	}
	if err := w.r.Take(); err != nil {
		w.unreadable(fmt.Sprintf("all tasks of interpreter %d", in.id), err)
	}
	return sets
}

// members returns what is in a set or in a WeakSet.
func (w *walk) members(o object.Ref) []object.Ref {
	if w.isA(o, "set") {
		return w.r.Set(o)
	}
	return w.r.WeakSet(o)
}

// taskList follows a circular list of tasks, whose head is no task.
func (w *walk) taskList(head uint64) (list []object.Ref) {
	node := uint64(w.lay.Task.Node)
	for at := w.r.U64(head); at != head && at != 0; at = w.r.U64(at) {
		if len(list) == walker.MaxTasks {
			w.b.Truncated("tasks", len(list), len(list)+1)
			break
		}
		list = append(list, object.Ref(at-node))
		if w.r.Err() != nil || w.over() {
			break
		}
	}
	return list
}

// addTask adds a task, once. What is no task is left alone: a set may be
// in the middle of a change.
func (w *walk) addTask(in *interp, o object.Ref) {
	if o == 0 || w.byAddr[o] != nil {
		return
	}
	t := &task{future: w.readFuture(o), interp: in}
	if !t.isTask {
		if err := w.r.Take(); err != nil {
			w.lost.add(o, err)
		}
		return
	}
	t.node = &graph.Task{
		ID: taskID(o), Runtime: w.id, NativeID: "0x" + strconv.FormatUint(uint64(o), 16),
		Kind: "asyncio.Task",
	}
	w.readTask(t)
	w.check(t.node, "the task")
	w.enlist(t)
}

func (w *walk) enlist(t *task) {
	w.tasks, w.byAddr[t.addr] = append(w.tasks, t), t
	if t.coro != 0 {
		w.byCoro[t.coro] = t
	}
}

// waits tells whether a task is suspended until something happens.
func (t *task) waits() bool {
	if t.trio != nil {
		return t.parked && t.node.State != graph.StateRunning
	}
	return t.waiter != 0 && t.state == pendingFuture
}

// lostTasks counts what is in the sets of tasks and could not be read: of a
// capture that was cut there may be a million.
type lostTasks struct {
	count int
	first object.Ref
	why   error // of the first
}

func (l *lostTasks) add(o object.Ref, why error) {
	if l.count == 0 {
		l.first, l.why = o, why
	}
	l.count++
}

// tellLost says how many tasks are missing.
func (w *walk) tellLost() {
	switch l := w.lost; l.count {
	case 0:
	case 1:
		w.unreadable(fmt.Sprintf("the task at %#x", l.first), l.why)
	default:
		w.unreadable(fmt.Sprintf("%d tasks, the first at %#x", l.count, l.first), l.why)
	}
}

// taskID is the id of the object at an address.
func taskID(o object.Ref) graph.TaskID {
	return graph.TaskID(runtimeID + ":" + strconv.FormatUint(uint64(o), 16))
}

// byID returns the task of an id, nil when there is none.
func (w *walk) byID(id graph.TaskID) *task {
	addr, err := strconv.ParseUint(strings.TrimPrefix(string(id), runtimeID+":"), 16, 64)
	if err != nil {
		return nil // of a thread, or of another runtime
	}
	return w.byAddr[object.Ref(addr)]
}

// readTask reads what a Task has beyond a Future.
func (w *walk) readTask(t *task) {
	var name object.Ref
	if l := w.lay.Task; t.native {
		t.waiter = w.some(w.r.Ref(t.at(l.FutWaiter)))
		t.coro = w.some(w.r.Ref(t.at(l.Coro)))
		name = w.r.Ref(t.at(l.Name))
		t.pending(w.r.U8(t.at(l.MustCancel.Offset))&l.MustCancel.Mask != 0)
		if l.CancelRequests >= 0 {
			t.cancelled(int(w.r.I32(t.at(l.CancelRequests))))
		}
	} else {
		t.waiter, t.coro, name = w.attr(t.addr, "_fut_waiter"), w.attr(t.addr, "_coro"), w.attr(t.addr, "_name")
		must, _ := w.boolAttr(t.addr, "_must_cancel")
		t.pending(must)
		if n, ok := w.intAttr(t.addr, "_num_cancels_requested"); ok {
			t.cancelled(int(n))
		}
	}
	t.node.Name = w.taskName(name)
	t.node.State = t.stateOf()
}

// taskName is the task's name: a string or, until somebody asks for one that
// asyncio made up, the number in it.
func (w *walk) taskName(o object.Ref) string {
	if w.isA(o, "int") {
		n, _ := w.r.Int(o)
		return "Task-" + strconv.FormatInt(n, 10)
	}
	return w.str(o)
}

// pending notes a cancellation that has yet to be delivered.
func (t *task) pending(yes bool) {
	if yes {
		t.node.Cancel = &graph.Cancellation{Pending: true}
	}
}

// cancelled notes how often the task was asked to end.
func (t *task) cancelled(times int) {
	if times <= 0 {
		return
	}
	if t.node.Cancel == nil {
		t.node.Cancel = &graph.Cancellation{}
	}
	t.node.Cancel.Requested = times
}

// stateOf is the task's state as far as its own fields tell. One that runs is
// found by its thread.
func (t *task) stateOf() graph.State {
	switch t.state {
	case cancelledFuture:
		return graph.StateCancelled
	case finishedFuture:
		if t.exception != 0 {
			return graph.StateFailed
		}
		return graph.StateDone
	}
	if t.waiter != 0 {
		return graph.StateWaiting
	}
	return graph.StateRunnable
}
