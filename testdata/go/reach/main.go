// Program reach has goroutines that wait on channels and locks, each of which
// something else leads to, or nothing.
//
// A correct reader that has the heap says of those in lost functions that they
// leaked (captured and response are what the runtime's own profile misses, since what
// is sent leads to the channel), of those in global functions that only a variable
// leads there, and nothing of all the others. It has the runtime look too, where it can.
package main

import (
	"context"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"example.com/targets/ready"
)

// Leaks.

func lostCaptured() {
	c := make(chan int)
	for i := range 3 {
		go func() { c <- i }()
	}
}

type request struct {
	resp chan *request
	body string
}

func lostResponse() {
	r := &request{resp: make(chan *request), body: "lost"}
	go func() { r.resp <- r }()
}

//go:noinline
func deferTwice(c, d chan int) {
	for range 2 { // in a loop: the records are on the heap
		defer func() { d <- 1 }()
	}
	<-c
}

func lostDeferred() {
	d := make(chan int)
	go deferTwice(make(chan int), d)
	go lostByDeferred(d) // whom only the deferred calls of the other would wake
}

//go:noinline
func lostByDeferred(d chan int) { <-d }

//go:noinline
func lostRing(mine, other chan int) {
	<-mine
	other <- 1
}

// account has more than the 16 bytes that objects without pointers may share.
type account struct {
	mu     sync.Mutex
	amount [3]int
}

//go:noinline
func lostBehindLock(a *account) {
	a.mu.Lock()
	a.mu.Lock()
}

//go:noinline
func lostWaitGroup(wg *sync.WaitGroup) { wg.Wait() }

//go:noinline
func lostCond(c *sync.Cond) {
	c.L.Lock()
	c.Wait()
}

func lost() {
	lostCaptured()
	lostResponse()
	lostDeferred()
	a, b := make(chan int), make(chan int)
	go lostRing(a, b)
	go lostRing(b, a)
	go lostBehindLock(new(account))
	wg := new(sync.WaitGroup)
	wg.Add(1)
	go lostWaitGroup(wg)
	go lostCond(sync.NewCond(new(sync.Mutex)))
}

// Variables of the package.

var (
	subscribers = map[string]chan int{}
	registry    struct{ mu sync.Mutex }
	counter     sync.WaitGroup
)

//go:noinline
func globalSubscriber(c chan int) { <-c }

//go:noinline
func inRegistry() { registry.mu.Lock() }

//go:noinline
func inCounter() { counter.Wait() }

func global() {
	for _, name := range []string{"a", "b"} {
		c := make(chan int)
		subscribers[name] = c
		go globalSubscriber(c)
	}
	registry.mu.Lock()
	go inRegistry()
	counter.Add(1)
	go inCounter()
}

// Whom somebody can wake.

//go:noinline
func waits(c chan int) { <-c }

//go:noinline
func byTimer() { c := make(chan int); time.AfterFunc(time.Hour, func() { close(c) }); go waits(c) }

type resource struct{ done chan int }

//go:noinline
func byFinalizer() {
	c := make(chan int)
	r := &resource{c}
	runtime.SetFinalizer(r, func(r *resource) { close(r.done) })
	go waits(c)
}

//go:noinline
func sleeps(c chan int) {
	time.Sleep(time.Hour)
	c <- 1
}

//go:noinline
func bySleeper() { c := make(chan int); go waits(c); go sleeps(c) }

//go:noinline
func reads(l net.Listener, c chan int) {
	_, _ = l.Accept()
	c <- 1
}

//go:noinline
func byNetwork(l net.Listener) { c := make(chan int); go waits(c); go reads(l, c) }

var spinning atomic.Bool

//go:noinline
func spins(c chan int) {
	for spinning.Load() {
	}
	c <- 1
}

//go:noinline
func byRunning() { c := make(chan int); go waits(c); go spins(c) }

//go:noinline
func deferred(c chan int) {
	for range 2 {
		defer func() { c <- 1 }()
	}
	time.Sleep(time.Hour)
}

//go:noinline
func byDeferred() { c := make(chan int); go waits(c); go deferred(c) }

//go:noinline
func untilDone(ctx context.Context) { <-ctx.Done() }

//go:noinline
func untilSignal(c chan os.Signal) { <-c }

//go:noinline
func afterTime(c <-chan time.Time) { <-c }

//go:noinline
func chained(c, next chan int) {
	<-c
	next <- 1
}

// byChain has ten goroutines, of which each wakes the next, and a sleeper who
// wakes the first.
//
//go:noinline
func byChain() {
	c := make(chan int)
	go sleeps(c)
	for range 10 {
		next := make(chan int)
		go chained(c, next)
		c = next
	}
	go waits(c)
}

func main() {
	lost()
	global()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	byTimer()
	byFinalizer()
	bySleeper()
	byNetwork(l)
	byDeferred()
	byChain()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	go untilDone(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go untilSignal(signals)
	go afterTime(time.After(time.Hour))
	spinning.Store(true)
	byRunning()
	wants := []ready.Want{
		ready.Parked(1, "chan receive", "main.main"),
		ready.Parked(3, "chan send", "main.lostCaptured.func1"),
		ready.Parked(1, "chan send", "main.lostResponse.func1"),
		ready.Parked(1, "chan receive", "main.deferTwice"),
		ready.Parked(1, "chan receive", "main.lostByDeferred"),
		ready.Parked(2, "chan receive", "main.lostRing"),
		ready.Parked(1, "sync.Mutex.Lock", "main.lostBehindLock"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.lostWaitGroup"),
		ready.Parked(1, "sync.Cond.Wait", "main.lostCond"),
		ready.Parked(2, "chan receive", "main.globalSubscriber"),
		ready.Parked(1, "sync.Mutex.Lock", "main.inRegistry"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.inCounter"),
		ready.Parked(6, "chan receive", "main.waits"),
		ready.Parked(2, "sleep", "main.sleeps"),
		ready.Parked(1, "sleep", "main.deferred"),
		ready.Parked(1, "IO wait", "main.reads"),
		ready.Parked(10, "chan receive", "main.chained"),
		ready.Parked(1, "chan receive", "main.untilDone"),
		ready.Parked(1, "chan receive", "main.untilSignal"),
		ready.Parked(1, "chan receive", "main.afterTime"),
	}
	ready.Await(wants[1:]...)
	if p := pprof.Lookup("goroutineleak"); p != nil { // since Go 1.27: it marks those it finds
		if err := p.WriteTo(io.Discard, 0); err != nil {
			panic(err)
		}
	}
	ready.When(wants[0], ready.Parked(1, "running|runnable", "main.spins"))
	<-ready.Command("end")
}
