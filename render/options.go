package render

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Options say how a view looks. The zero Options are 80 columns, no colour.
type Options struct {
	Width   int          // columns of a line; 0: 80. Less than 20 is taken as 20
	Color   bool         // with the terminal's own 16 colours
	ASCII   bool         // nothing but ASCII, for terminals without UTF-8
	Full    bool         // hidden frames too, and functions with their whole package path
	Locals  bool         // Where: the variables of the frames, where the snapshot has them
	System  bool         // the runtime's own tasks too
	Limit   int          // at most so many entries of a list; 0: all. Counts never change
	Sort    string       // Tasks: by this column, "-" before it for the reverse; see [TaskColumns]
	Columns []string     // Tasks: these columns; empty: those that fit; see [TaskColumns]
	Task    graph.TaskID // Where: of this task; Why too, which is of all without one

	Suppressed bool // problems too that are known, and not to be told again

	Now time.Time // what an age is counted to; zero: now
}

const (
	defaultWidth = 80
	leastWidth   = 20
)

func (o Options) width() int {
	if o.Width <= 0 {
		return defaultWidth
	}
	return max(o.Width, leastWidth)
}

func (o Options) now() time.Time {
	if o.Now.IsZero() {
		return time.Now()
	}
	return o.Now
}

// shown returns how many entries of a list of n to print, and how many are cut.
func (o Options) shown(n int) (kept, cut int) {
	if o.Limit > 0 && n > o.Limit {
		return o.Limit, n - o.Limit
	}
	return n, 0
}
