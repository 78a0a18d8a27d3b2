package golang

import (
	"fmt"
	"sync"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// misses are reads that failed although a structure of the target says that there
// is something. Who asked does without; so that nothing is lost without a
// word, they are counted.
type misses struct {
	mu    sync.Mutex
	count int
	first dlvext.Range
}

func (m *misses) add(r dlvext.Range) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.count == 0 {
		m.first = r
	}
	m.count++
}

// reportMisses says how much could not be read.
func (w *walk) reportMisses() {
	m := &w.missed
	if m.count == 0 {
		return
	}
	what := "something"
	if m.count > 1 {
		what = fmt.Sprintf("%d things, the first", m.count)
	}
	w.b.Problem(&graph.Problem{
		Code: "unreadable", Severity: graph.Warning,
		Message: fmt.Sprintf("cannot read %s of %d bytes at %#x: names, states or edges that it has are missing", what, m.first.Len, m.first.Addr),
	})
}
