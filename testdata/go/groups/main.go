// Program groups has groups of libraries whose owners wait for them.
//
// A correct reader says that
//
//	waitGroup  waits for a conc.WaitGroup with two members in waitGroupWork
//	errors     waits for a pool.ErrorPool, of which errorsWork is the only
//	           member: at most one runs at a time
//	results    waits for a pool.ResultPool with two members in resultsWork
//	streams    waits for a stream.Stream, whose member is in streamWork; the
//	           one that calls the callbacks is in a conc.WaitGroup of its own
//	limited    waits for room in an errgroup.Group that runs 2 of 2, those in
//	           limitedWork
//	failed     waits for an errgroup.Group which failed already ("no stock"),
//	           and of which failedWork's is left
package main

import (
	"errors"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/pool"
	"github.com/sourcegraph/conc/stream"
	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func waitGroupWork() { <-never }

//go:noinline
func waitGroup() {
	wg := conc.NewWaitGroup()
	wg.Go(waitGroupWork)
	wg.Go(waitGroupWork)
	wg.Wait()
}

//go:noinline
func errorsWork() error { <-never; return nil }

//go:noinline
func errorsPool() {
	p := pool.New().WithMaxGoroutines(1).WithErrors()
	p.Go(errorsWork)
	_ = p.Wait()
}

//go:noinline
func resultsWork() int { return <-never }

//go:noinline
func results() {
	p := pool.NewWithResults[int]()
	p.Go(resultsWork)
	p.Go(resultsWork)
	p.Wait()
}

//go:noinline
func streamWork() stream.Callback { <-never; return func() {} }

//go:noinline
func streams() {
	s := stream.New()
	s.Go(streamWork)
	s.Wait()
}

//go:noinline
func limitedWork() error { <-never; return nil }

//go:noinline
func limited() {
	g := &errgroup.Group{}
	g.SetLimit(2)
	for range 3 {
		g.Go(limitedWork)
	}
	_ = g.Wait()
}

//go:noinline
func failedWork() error { <-never; return nil }

//go:noinline
func failed() {
	g := &errgroup.Group{}
	g.Go(func() error { return errors.New("no stock") })
	g.Go(failedWork)
	_ = g.Wait()
}

func main() {
	go waitGroup()
	go errorsPool()
	go results()
	go streams()
	go limited()
	go failed()
	const waits = "semacquire|sync.WaitGroup.Wait"
	ready.When(
		ready.Parked(2, "chan receive", "main.waitGroupWork"),
		ready.Parked(1, waits, "main.waitGroup"),
		ready.Parked(1, "chan receive", "main.errorsWork"),
		ready.Parked(1, waits, "main.errorsPool"),
		ready.Parked(2, "chan receive", "main.resultsWork"),
		ready.Parked(1, waits, "main.results"),
		ready.Parked(1, "chan receive", "main.streamWork"),
		ready.Parked(1, "chan receive", "github.com/sourcegraph/conc/stream.(*Stream).callbacker"),
		ready.Parked(1, waits, "main.streams"),
		ready.Parked(2, "chan receive", "main.limitedWork"),
		ready.Parked(1, "chan send", "main.limited"),
		ready.Parked(1, "chan receive", "main.failedWork"),
		ready.Parked(1, waits, "main.failed"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
