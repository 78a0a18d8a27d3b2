// Program xsync has goroutines that wait for what others run or have: a
// weighted semaphore, a call that several share, a function that runs once, a
// descriptor that another reads.
//
// A correct reader says, of the goroutine in
//
//	heavy        wants 4 of a semaphore of which 8 of 10 are taken
//	light        wants 1 of it, and would have one but for heavy before it; its
//	             context may end first
//	fetch        runs the call of singleflight that share waits for; it receives
//	share        (two of them) wait for it
//	fetchChan    runs a call for shareChan, which receives from a channel
//	initialise   runs sync.Once's function; it receives from a channel
//	initialised  waits for that
//	value        waits for the function of a OnceValue, which first runs
//	reader       reads a pipe
//	second       wants to read that pipe, which reader does
package main

import (
	"context"
	"os"
	"sync"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"example.com/targets/ready"
)

var (
	never     = make(chan int)
	onceValue = sync.OnceValue[int] // a variable, lest it be inlined
)

//go:noinline
func heavy(s *semaphore.Weighted) { _ = s.Acquire(context.Background(), 4) }

//go:noinline
func light(ctx context.Context, s *semaphore.Weighted) { _ = s.Acquire(ctx, 1) }

func wait() (any, error) { return <-never, nil }

//go:noinline
func fetch(g *singleflight.Group) { _, _, _ = g.Do("key", wait) }

//go:noinline
func share(g *singleflight.Group) { _, _, _ = g.Do("key", wait) }

func fetchChan() (any, error) { return <-never, nil }

//go:noinline
func shareChan(g *singleflight.Group) { <-g.DoChan("other", fetchChan) }

//go:noinline
func initialise(o *sync.Once) { o.Do(func() { <-never }) }

//go:noinline
func initialised(o *sync.Once) { o.Do(func() { <-never }) }

//go:noinline
func first(f func() int) { f() }

//go:noinline
func value(f func() int) { f() }

//go:noinline
func reader(f *os.File) { _, _ = f.Read(make([]byte, 8)) }

//go:noinline
func second(f *os.File) { _, _ = f.Read(make([]byte, 8)) }

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	defer w.Close()
	s := semaphore.NewWeighted(10)
	_ = s.Acquire(ctx, 8)
	go heavy(s)
	ready.Await(ready.Parked(1, "select", "main.heavy"))
	go light(ctx, s)

	group := &singleflight.Group{}
	go fetch(group)
	ready.Await(ready.Parked(1, "chan receive", "main.fetch"))
	go share(group)
	go share(group)
	go shareChan(group)

	once := &sync.Once{}
	go initialise(once)
	ready.Await(ready.Parked(1, "chan receive", "main.initialise"))
	go initialised(once)

	f := onceValue(func() int { return <-never })
	go first(f)
	ready.Await(ready.Parked(1, "chan receive", "main.first"))
	go value(f)

	go reader(r)
	ready.Await(ready.Parked(1, "IO wait", "main.reader"))
	go second(r)

	ready.When(
		ready.Parked(1, "select", "main.heavy"),
		ready.Parked(1, "select", "main.light"),
		ready.Parked(1, "chan receive", "main.fetch"),
		ready.Parked(2, "semacquire|sync.WaitGroup.Wait", "main.share"),
		ready.Parked(1, "chan receive", "main.fetchChan"),
		ready.Parked(1, "chan receive", "main.shareChan"),
		ready.Parked(1, "chan receive", "main.initialise"),
		ready.Parked(1, "sync.Mutex.Lock", "main.initialised"),
		ready.Parked(1, "chan receive", "main.first"),
		ready.Parked(1, "sync.Mutex.Lock", "main.value"),
		ready.Parked(1, "IO wait", "main.reader"),
		ready.Parked(1, "semacquire", "main.second"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
