package hang

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Hang is a process that has tests which hang.
type Hang struct {
	PID      int
	Name     string // the import path of the package that is tested, or the program's name
	Sign     Sign
	Deadline time.Duration // of the tests; 0: none
	After    time.Duration // how long the process had run by then
	Guessed  bool          // of SignStuck: what makes them stuck is partly a guess
	Tests    []Test        // which hang, the longest known first; never empty
	Snapshot *graph.Snapshot
	Children []Child // what the tests started and that still runs

	watched process
}

// Child is a process that tests started, as it was right after.
type Child struct {
	PID      int
	Args     []string
	Snapshot *graph.Snapshot // nil: there is none
	Err      error           // why
}

// Sign is what a hang was noticed by.
type Sign string

// The signs of a hang.
const (
	SignStuck    Sign = "stuck"    // nothing can make it go on
	SignDeadline Sign = "deadline" // its own deadline is over
	SignSlow     Sign = "slow"     // it runs longer than Watch.After
)
