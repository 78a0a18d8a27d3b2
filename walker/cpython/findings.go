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
	w.findShielded()
	w.findNeverSet()
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
