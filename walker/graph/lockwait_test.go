package graph_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

func TestLocksThatAreHeldTooLong(t *testing.T) {
	b := graph.NewBuilder("test")
	next := 100
	wanted := func(r *graph.Resource, n int) {
		r.Type = "sync.Mutex"
		for range n {
			b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", next)), locks(r)))
			next++
		}
	}
	wanted(held(b, 0x1000, inferred, "go:1"), 1)  // waits for the network
	wanted(held(b, 0x2000, inferred, "go:1"), 8)  // and many for it
	wanted(held(b, 0x3000, inferred, "go:2"), 15) // it runs
	wanted(held(b, 0x4000, proven, "go:2"), 16)
	wanted(held(b, 0x5000, inferred, "go:3"), 20) // waits for a lock of who reads the network
	wanted(held(b, 0x6000, inferred, "go:4"), 1)  // which is no foreign wait
	inner := held(b, 0x7000, proven, "go:1")
	wanted(held(b, 0x8000, inferred, "go:5"), 30) // is in a deadlock
	wanted(held(b, 0x9000, inferred), 30)         // nobody is known
	own := held(b, 0xa000, proven, "go:5")
	s := sealed(t, b,
		waiting("go:1", graph.Wait{Kind: graph.WaitNetwork, Evidence: proven}), running("go:2"),
		waiting("go:3", locks(inner)), waiting("go:4", locks(inner)), waiting("go:5", locks(own)),
	)
	checkFound(t, s, "lock-across-wait", `
warning: go:1 probably has sync.Mutex 0x2000 while it waits (network), and 8 tasks wait for the lock (1, 8 behind)
info: go:1 probably has sync.Mutex 0x1000 while it waits (network), and 1 task waits for the lock (1, 1 behind)
info: go:1 has mutex 0x7000 while it waits (network), and 2 tasks wait for the lock (1, 2 behind)`)
	checkFound(t, s, "starvation", `
warning: 20 tasks wait for sync.Mutex 0x5000, which go:3 probably has; what that waits for ends at go:1, which waits (network) (1, 20 behind)
info: 16 tasks wait for sync.Mutex 0x4000, which go:2 has; it runs (1, 16 behind)`)
	checkFound(t, s, "self-deadlock", `
error: go:5 waits for mutex 0xa000 that it holds itself (1, 30 behind)`)
}

// Many queue for a lock around a write to a file under load, and nothing is wrong
// with that unless it lasts.
func TestLocksAroundWrites(t *testing.T) {
	b := graph.NewBuilder("test")
	wanted := func(holder graph.TaskID, r *graph.Resource, n int, since time.Duration) *graph.Task {
		for i := range n {
			w := locks(r)
			w.Since = since
			b.Task(waiting(graph.TaskID(fmt.Sprintf("%s%d", holder, i+10)), w))
		}
		return waiting(holder, graph.Wait{Kind: graph.WaitSyscall, Evidence: proven})
	}
	a, c, d, e := held(b, 0x1000, proven, "go:1"), held(b, 0x2000, proven, "go:2"), held(b, 0x3000, proven, "go:3"), held(b, 0x4000, proven, "go:4")
	c.Kind, d.Type = "rwmutex", "log.mutex" // or they are told as one
	s := sealed(t, b, wanted("go:1", a, 9, 0), wanted("go:2", c, 17, 0), wanted("go:3", d, 9, 2*time.Second), wanted("go:4", e, 17, 2*time.Second))
	checkFound(t, s, "lock-across-wait", `
warning: go:3 has log.mutex 0x3000 while it waits (syscall), and 9 tasks wait for the lock (1, 9 behind)
info: go:1 has mutex 0x1000 while it waits (syscall), and 9 tasks wait for the lock (1, 9 behind)`)
	checkFound(t, s, "starvation", `
warning: 17 tasks wait for mutex 0x4000, which go:4 has; it waits (syscall) (1, 17 behind)
info: 17 tasks wait for rwmutex 0x2000, which go:2 has; it waits (syscall) (1, 17 behind)`)
}

func TestMissingDone(t *testing.T) {
	b := graph.NewBuilder("test")
	sum := func(addr uint64, outstanding int, members ...graph.TaskID) graph.Wait {
		g := group(b, addr, members...)
		g.Kind, g.Outstanding = "sync.WaitGroup", outstanding
		return on(g)
	}
	b.Task(waiting("go:1", sum(0x1000, 2, "go:9")))
	b.Task(waiting("go:2", sum(0x2000, 1, "go:9")))
	b.Task(waiting("go:3", sum(0x3000, 1)))
	b.Problem(&graph.Problem{Code: "leak", Severity: graph.Error, Message: "they leak", Tasks: []graph.TaskID{"go:1", "go:2"}, Evidence: proven})
	checkFound(t, sealed(t, b, running("go:9")), "missing-done", `
warning: sync.WaitGroup 0x1000 counts 2 that have yet to call Done, and nobody who can still run is one of the 1 that were not found: they ended without it, or one Add is too many (1, 0 behind)`)
}

// Somebody who is not known may let go of a share.
func TestSharesOfUnknownHolders(t *testing.T) {
	build := func(taken int64) *graph.Snapshot {
		b := graph.NewBuilder("test")
		r := held(b, 0x1000, inferred, "go:1", "go:2")
		r.Kind, r.Detail = "semaphore", []graph.Attr{{Key: "size", Value: taken}, {Key: "held", Value: taken}}
		wants := func(id graph.TaskID) *graph.Task {
			return waiting(id, graph.Wait{Kind: graph.WaitSemaphore, Resource: r.ID, Evidence: proven})
		}
		return sealed(t, b, wants("go:1"), wants("go:2"))
	}
	checkFound(t, build(3), "deadlock", "")
	checkFound(t, build(2), "deadlock", `
error: go:1 and go:2 probably wait for each other (2, 0 behind)`)
}
