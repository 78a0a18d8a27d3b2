package cpython

import (
	"fmt"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// findProblems says what is wrong beyond who waits for whom.
func (w *walk) findProblems() {
	w.findBlockedLoops()
	w.findSaturated()
	w.findLostExceptions()
	w.findSwallowedCancels()
	w.findNeverSet()
}

// findBlockedLoops: a loop runs one task at a time. While that one stands in a
// system call, whoever else is ready does not run.
func (w *walk) findBlockedLoops() {
	for _, th := range w.threads {
		t := th.runs
		if t == nil || len(t.node.Frames) == 0 {
			continue
		}
		ready, how := w.readyIn(t)
		if ready == "" {
			continue
		}
		call, inCall := w.systemCall(th)
		if !inCall {
			continue // it is on a CPU: a loop at work
		}
		top := t.node.Frames[0]
		if call == "futex" && th.waits == nil && th.wants == 0 {
			continue // no lock of the program's: the GIL, as far as can be told
		}
		if library, _, _ := strings.Cut(top.Module, "."); neverBlocks[library] || neverBlocks[top.Func] {
			continue // a call that returns at once
		}
		w.b.Problem(&graph.Problem{
			Code: "blocked-loop", Severity: graph.Warning, Tasks: []graph.TaskID{t.node.ID},
			Message: fmt.Sprintf("%s keeps its event loop from running: it stands in the system call %s at %s, while %s",
				t.node.ID, call, top.Func, ready),
			Evidence: graph.Evidence{Confidence: graph.Proven, How: "the thread's registers, " + how},
		})
	}
}

// neverBlocks are the packages of event loops, whose calls of the system are
// made so that they do not wait, and functions that let go of locks.
var neverBlocks = map[string]bool{
	"asyncio": true, "uvloop": true, "anyio": true, "trio": true, "threading.Condition.notify": true,
}

// readyIn says what the loop of a task would run if it could, and how that is
// known; empty: nothing.
func (w *walk) readyIn(t *task) (ready, how string) {
	if t.trio == nil {
		callbacks, _ := w.length(w.attr(t.loop, "_ready"))
		if callbacks == 0 {
			return "", ""
		}
		return plural(int(callbacks), "callback is ready", "callbacks are ready"), "len(loop._ready)"
	}
	n := 0
	for _, other := range w.tasks {
		if other.trio == t.trio && other != t && !other.parked {
			n++
		}
	}
	if n == 0 {
		return "", ""
	}
	return plural(n, "task is ready", "tasks are ready"), "Task._next_send_fn of the others"
}

// findSaturated: jobs wait while all the threads that a pool may have work.
func (w *walk) findSaturated() {
	told := map[*executor]bool{}
	for _, j := range w.jobs {
		e := j.executor
		if told[e] || !e.saturated() {
			continue
		}
		told[e] = true
		p := &graph.Problem{
			Code: "pool-saturated", Severity: graph.Warning, Resources: []graph.ResourceID{w.pool(e).ID},
			Message: fmt.Sprintf("all %d threads of a thread pool are busy, and %s", e.workers,
				plural(e.queued, "job waits for one", "jobs wait for one")),
			Evidence: saturation, About: "threads",
		}
		for _, t := range w.threads {
			if t.works == e {
				p.Tasks = append(p.Tasks, t.node.ID)
				name, _, _ := strings.Cut(t.node.Name, "_") // with the number that the pool gave it
				p.About = "threads " + name
			}
		}
		w.b.Problem(p)
	}
}

// findLostExceptions: a task ended with an exception, and nobody has looked.
func (w *walk) findLostExceptions() {
	byType := map[string]*graph.Problem{}
	for _, t := range w.tasks {
		if t.exception == 0 || !t.logTB || len(t.callbacks) > 0 || t.node.Error == nil {
			continue
		}
		p := byType[t.node.Error.Type]
		if p == nil {
			p = &graph.Problem{
				Code: "lost-exception", Severity: graph.Warning,
				Evidence: graph.Evidence{Confidence: graph.Proven, How: "fut_log_tb"},
			}
			byType[t.node.Error.Type] = p
			w.b.Problem(p)
		}
		p.Tasks = append(p.Tasks, t.node.ID)
		p.Message = fmt.Sprintf("%s ended with %s that nobody has retrieved",
			plural(len(p.Tasks), "task", "tasks"), t.node.Error.Type)
	}
}

// beingCancelled tells whether what a task waits for was cancelled too, so that
// the task has yet to hear of it.
func (w *walk) beingCancelled(o object.Ref) bool {
	f := w.readFuture(o)
	if f.state == cancelledFuture {
		return true
	}
	t := w.byAddr[o]
	return t != nil && t.node.Cancel != nil && t.node.Cancel.Pending
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
