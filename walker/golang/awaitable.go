package golang

import (
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// awaitable is one sort of thing that goroutines wait on. Each has a file of
// its own (wait_*.go) and a line in awaitables, or in libraries; that is all it
// takes to add one.
type awaitable struct {
	// kinds are the kinds of wait it serves, as [waitKind] gives them.
	kinds []graph.WaitKind

	// within are the functions one of which waits, for what is made of
	// channels and locks of its own; none: whatever waits.
	within []string

	// present tells whether the program has any of these at all; nil: it may.
	present func(l *layouts) bool

	// collect reads, in batches, what describe will want to know of these
	// goroutines' waits. It runs while the target stands still.
	collect func(c *collection, waiting []*goroutine)

	// describe says what the goroutine waits on: it fills the wait's resource
	// or group and its evidence, and may change its kind where the frames know
	// better than the reason. What it cannot tell it leaves out; when it has
	// nothing to tell it returns false.
	describe func(w *walk, g *goroutine, wait *graph.Wait) bool
}

// awaitables are what the runtime and packages sync, time, context and
// internal/poll have goroutines wait on.
var awaitables = []awaitable{channels, locks, conds, sleeps, polling, coroutines, bubbleWaits}

// libraries are made of these by others, who know more of the wait: their
// functions are looked for first.
var libraries = []awaitable{semaphores, singleflights, onces, fdLocks, limits, pools, transports, testWaits}

// librariesOf are those that the program may have.
func (c *collection) librariesOf() []*awaitable {
	var out []*awaitable
	for i := range libraries {
		if a := &libraries[i]; a.present == nil || a.present(c.lay) {
			out = append(out, a)
		}
	}
	return out
}

// maxInner is how many of the innermost frames are looked at for a library's
// function that waits: the runtime's own, package sync's, and its.
const maxInner = 10

// innermost returns the innermost of a goroutine's frames, in a buffer that
// the next call uses again.
func (c *collection) innermost(g *goroutine) []unwind.Frame {
	c.inner, _ = c.unwindSome(g, c.inner[:0], maxInner)
	return c.inner
}

// within returns the innermost frame that is of one of the functions, if one
// of them waits.
func (c *collection) within(g *goroutine, functions []string) (unwind.Frame, bool) {
	for _, f := range c.innermost(g) {
		if f.Func != nil && slices.Contains(functions, f.Func.Name) {
			return f, true
		}
	}
	return unwind.Frame{}, false
}

// serves tells whether the library's functions are what waits, of a goroutine
// at these frames.
func (a *awaitable) serves(kind graph.WaitKind, s *shape) bool {
	if !slices.Contains(a.kinds, kind) {
		return false
	}
	for _, f := range s.frames[:min(len(s.frames), maxInner)] {
		if slices.Contains(a.within, f.Func) {
			return true
		}
	}
	return false
}
