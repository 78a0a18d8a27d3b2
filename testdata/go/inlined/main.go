// Program inlined has openers, creators and waiters that the compiler puts
// into their callers: they are frames all the same.
//
// A correct reader says, built with optimisation or without,
//
//	open     the group is opened in main.open, inlined into main.run: the
//	         backtrace of its member in main.work goes on at main.open, main.run,
//	         and not in main.fill, which waits. Who knows only that the group's
//	         address lies in the frame of main.run, of which main.open is a part
//	         then, says main.run
//	receive  main.receive, main.step and main.loop are three frames, two inlined
//	lock     waits for a Mutex in (*guarded).take, inlined
//	closure  waits for a WaitGroup in a closure called in place, inlined
package main

import (
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func run() { last = open() }

var last *errgroup.Group

// open needs its group after fill, so that its address stays in the frame.
func open() *errgroup.Group {
	var g errgroup.Group
	fill(&g)
	return &g
}

//go:noinline
func fill(g *errgroup.Group) {
	g.Go(work)
	_ = g.Wait()
}

//go:noinline
func work() error { <-never; return nil }

func receive(c <-chan int) int { return <-c }

func step(c <-chan int) int { return receive(c) + 1 }

//go:noinline
func loop() {
	for {
		step(never)
	}
}

type guarded struct {
	mu sync.Mutex
	n  int
}

func (g *guarded) take() { g.mu.Lock() }

//go:noinline
func lock(g *guarded) {
	g.take()
	g.n++
	g.mu.Unlock()
}

//go:noinline
func closure() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		closureWork()
	}()
	func() { wg.Wait() }()
}

//go:noinline
func closureWork() { <-never }

func main() {
	var g guarded
	g.mu.Lock()
	go run()
	go loop()
	go lock(&g)
	go closure()

	const wait = "sync.WaitGroup.Wait|semacquire"
	ready.When(
		ready.Parked(1, wait, "main.run"),
		ready.Parked(1, "chan receive", "main.work"),
		ready.Parked(1, "chan receive", "main.loop"),
		ready.Parked(1, "sync.Mutex.Lock", "main.lock"),
		ready.Parked(1, wait, "main.closure"),
		ready.Parked(1, "chan receive", "main.closureWork"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
	g.mu.Unlock()
}
