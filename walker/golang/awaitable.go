package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// awaitable is one sort of thing that goroutines wait on. Each has a file of
// its own (wait_*.go) and a line in awaitables; that is all it takes to add one.
type awaitable struct {
	// kinds are the kinds of wait it serves, as [waitKind] gives them.
	kinds []graph.WaitKind

	// collect reads, in batches, what describe will want to know of these
	// goroutines' waits. It runs while the target stands still.
	collect func(c *collection, waiting []*goroutine)

	// describe says what the goroutine waits on: it fills the wait's resource
	// or group and its evidence, and may change its kind where the frames know
	// better than the reason. What it cannot tell it leaves out.
	describe func(w *walk, g *goroutine, wait *graph.Wait)
}

// awaitables are all that this walker knows.
var awaitables = []awaitable{channels, locks, conds, sleeps, polling}
