// Program errgroup has groups of golang.org/x/sync/errgroup.
//
// A correct reader says:
//
//	scope    The group is opened in parent2, under parent1, with two members
//	         in child2 under child1. Its owner now stands in parent3, where it
//	         receives from a channel: the logical backtrace of a child is
//	         child2, child1, parent2, parent1, and parent3 is not in it.
//	         Nobody waits for the group.
//	nested   outer opened a group with one member in middle, which opened a
//	         group with two members in leaf; both wait for theirs. A leaf's
//	         backtrace is leaf, then middle from its Wait outwards, then outer.
//	limited  A group with a limit of 2 has its 2 members in limitedWork, and
//	         its owner waits to add the third: a send on the group's semaphore.
//	wrapped  The group is inside the program's own type pool; 2 members in
//	         wrappedWork, the owner in (*pool).wait.
package main

import (
	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func parent1() { parent2() }

//go:noinline
func parent2() {
	var g errgroup.Group
	g.Go(child1)
	g.Go(child1)
	parent3()
	_ = g.Wait()
}

//go:noinline
func parent3() { <-never }

//go:noinline
func child1() error { return child2() }

//go:noinline
func child2() error { <-never; return nil }

//go:noinline
func outer() {
	var g errgroup.Group
	g.Go(middle)
	_ = g.Wait()
}

//go:noinline
func middle() error {
	var g errgroup.Group
	g.Go(leaf)
	g.Go(leaf)
	return g.Wait()
}

//go:noinline
func leaf() error { <-never; return nil }

//go:noinline
func limited() {
	var g errgroup.Group
	g.SetLimit(2)
	for range 3 {
		g.Go(limitedWork)
	}
	_ = g.Wait()
}

//go:noinline
func limitedWork() error { <-never; return nil }

// pool is a wrapper such as programs have.
type pool struct {
	name  string
	group errgroup.Group
}

//go:noinline
func (p *pool) add(f func(n int)) {
	p.group.Go(func() error { f(len(p.name)); return nil })
}

//go:noinline
func (p *pool) wait() { _ = p.group.Wait() }

//go:noinline
func wrapped() {
	p := &pool{name: "pool"}
	p.add(wrappedWork)
	p.add(wrappedWork)
	p.wait()
}

//go:noinline
func wrappedWork(int) { <-never }

func main() {
	go parent1()
	go outer()
	go limited()
	go wrapped()
	ready.When(
		ready.Parked(1, "chan receive", "main.parent3"),
		ready.Parked(2, "chan receive", "main.child2"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.outer"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.middle"),
		ready.Parked(2, "chan receive", "main.leaf"),
		ready.Parked(1, "chan send", "main.limited"),
		ready.Parked(2, "chan receive", "main.limitedWork"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.(*pool).wait"),
		ready.Parked(2, "chan receive", "main.wrappedWork"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
