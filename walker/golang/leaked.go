package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// reportLeaked says which goroutines the runtime itself has found to be leaked:
// nothing that still runs can reach what they wait for. It looks when the profile
// goroutineleak is asked for, and marks them for good.
// https://github.com/golang/go/blob/go1.27.1/src/runtime/mgc.go#L1176
func (w *walk) reportLeaked() {
	leaked := map[crewStart][]graph.TaskID{}
	var order []crewStart
	for _, g := range w.goroutines {
		if g.status != gLeaked {
			continue
		}
		k := crewStart{0, g.gopc, g.startpc}
		if leaked[k] == nil {
			order = append(order, k)
		}
		leaked[k] = append(leaked[k], taskID(g.id))
	}
	for _, k := range order {
		tasks := leaked[k]
		what := fmt.Sprintf("%d goroutines that began in", len(tasks))
		if len(tasks) == 1 {
			what = "a goroutine that began in"
		}
		fn, _ := w.function(k.startpc)
		w.b.Problem(&graph.Problem{
			Code: "leak", Severity: graph.Warning, Tasks: tasks, Evidence: proven("g.atomicstatus = _Gleaked"),
			Message: what + " " + fn + " leaked: nothing that still runs can reach what it waits for, as the runtime found",
		})
	}
}
