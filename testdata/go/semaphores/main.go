// Program semaphores has channels that are used as semaphores, in as many styles as
// people write, each full and with one goroutine or more that wants to enter; and
// channels that are full, or empty, and are none.
//
// What is what it notes on standard error, as package record has it: held are the
// places in a semaphore, free is what is not held by a goroutine that may look so. A
// correct reader says of the former who is inside, and calls none of the latter's
// channels a semaphore. It finds two deadlocks, both probable: see circles.
package main

import (
	"context"
	"unsafe"

	"example.com/targets/ready"
	"example.com/targets/record"
)

// room is how many may be inside.
const room = 2

var (
	never = make(chan int)
	hall  = make(chan struct{}, room)
)

type box struct {
	n    int
	sem  chan struct{}
	bool chan bool
	pool chan *box
	lim  limiter
	jobs chan int
}

//go:noinline
func park() int { return <-never }

func address[T any](c chan T) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&c)) }

func newBox() *box {
	b := &box{sem: make(chan struct{}, room), bool: make(chan bool, room), pool: make(chan *box, room), lim: make(limiter, room), jobs: make(chan int, 9)}
	for range room {
		b.pool <- &box{}
	}
	for i := range cap(b.jobs) {
		b.jobs <- i
	}
	return b
}

// style is one way to enter and to leave.
type style struct {
	f       func(b *box, at chan<- bool)
	channel func(b *box) unsafe.Pointer
	state   string // of who waits
}

func ofSem(b *box) unsafe.Pointer { return address(b.sem) }

var styles = map[string]style{
	"explicit":    {explicit, ofSem, "chan send"},
	"deferred":    {deferred, ofSem, "chan send"},
	"selected":    {selected, ofSem, "select"},
	"selectedIn":  {selectedIn, ofSem, "select"},
	"tried":       {tried, ofSem, "chan send"},
	"methods":     {methods, func(b *box) unsafe.Pointer { return address(b.lim) }, "chan send"},
	"withContext": {withContext, func(b *box) unsafe.Pointer { return address(b.lim) }, "select"},
	"early":       {early, ofSem, "chan send"},
	"jobs":        {jobs, ofSem, "chan send"},
	"captured":    {captured, ofSem, "chan send"},
	"passed":      {passed, ofSem, "chan send"},
	"values":      {values, func(b *box) unsafe.Pointer { return address(b.bool) }, "chan send"},
	"handler":     {handler, ofSem, "chan send"},
	"deep":        {deep, ofSem, "chan send"},
	"global":      {global, func(*box) unsafe.Pointer { return address(hall) }, "chan send"},

	"borrowed":         {borrowed, func(b *box) unsafe.Pointer { return address(b.pool) }, "chan receive"},
	"borrowedDeferred": {borrowedDeferred, func(b *box) unsafe.Pointer { return address(b.pool) }, "chan receive"},
	"borrowedSelect":   {borrowedSelect, func(b *box) unsafe.Pointer { return address(b.pool) }, "select"},
}

// spawners enter, and start goroutines that leave.
var spawners = map[string]func(b *box, ids chan<- int){
	"spawned": spawned, "spawnedAhead": spawnedAhead, "spawnedMethod": spawnedMethod, "spawnedBy": spawnedBy,
	"spawnedHelper": spawnedHelper, "spawnedLocal": spawnedLocal,
	"spawnedGroup": spawnedGroup, "spawnedPool": spawnedPool,
}

func main() {
	for name, s := range styles {
		b := newBox()
		for range room {
			record.Say("held", s.channel(b), "tokens", record.Start(s.f, b), name)
		}
		go enter(s.f, b)
	}
	for name, f := range spawners {
		b := newBox()
		ids := make(chan int)
		go spawner(f, b, ids)
		for range room {
			id := <-ids
			record.Say("held", address(b.sem), "tokens", id, name)
		}
	}
	wants := []ready.Want{
		ready.Parked(countStyles("chan send"), "chan send", "main.enter"),
		ready.Parked(countStyles("chan receive"), "chan receive", "main.enter"),
		ready.Parked(countStyles("select"), "select", "main.enter"),
		ready.Parked(len(spawners), "chan send|select", "main.spawner"),
		ready.Parked(1, "select (no cases)", "main.main"),
	}
	wants = append(wants, circles()...)
	ready.When(append(wants, queues()...)...)
	select {}
}

func countStyles(state string) int {
	n := 0
	for _, s := range styles {
		if s.state == state {
			n++
		}
	}
	return n
}

//go:noinline
func enter(f func(b *box, at chan<- bool), b *box) { f(b, make(chan bool, 9)) }

//go:noinline
func spawner(f func(b *box, ids chan<- int), b *box, ids chan<- int) { f(b, ids) }

//go:noinline
func explicit(b *box, at chan<- bool) {
	b.sem <- struct{}{}
	at <- true
	b.n += park()
	<-b.sem
}

//go:noinline
func deferred(b *box, at chan<- bool) {
	b.sem <- struct{}{}
	defer func() { <-b.sem }()
	at <- true
	park()
}

//go:noinline
func selected(b *box, at chan<- bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	select {
	case b.sem <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-b.sem }()
	at <- true
	park()
}

//go:noinline
func selectedIn(b *box, at chan<- bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	select {
	case b.sem <- struct{}{}:
		at <- true
		park()
		<-b.sem
	case <-ctx.Done():
		b.n++
	}
}

//go:noinline
func tried(b *box, at chan<- bool) {
	select {
	case b.sem <- struct{}{}:
		at <- true
		park()
		<-b.sem
	default:
		explicit(b, at)
	}
}

type limiter chan struct{}

//go:noinline
func (l limiter) acquire() { l <- struct{}{} }

//go:noinline
func (l limiter) release() { <-l }

//go:noinline
func (l limiter) acquireContext(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

//go:noinline
func methods(b *box, at chan<- bool) {
	b.lim.acquire()
	at <- true
	park()
	b.lim.release()
}

//go:noinline
func withContext(b *box, at chan<- bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := b.lim.acquireContext(ctx); err != nil {
		return
	}
	defer b.lim.release()
	at <- true
	park()
}

//go:noinline
func early(b *box, at chan<- bool) {
	b.sem <- struct{}{}
	at <- true
	if park() > 3 {
		<-b.sem
		return
	}
	b.n++
	<-b.sem
}

//go:noinline
func jobs(b *box, at chan<- bool) {
	for j := range b.jobs {
		b.sem <- struct{}{}
		at <- true
		b.n += j + park()
		<-b.sem
	}
}

//go:noinline
func captured(b *box, at chan<- bool) {
	sem := b.sem
	run(func() {
		sem <- struct{}{}
		defer func() { <-sem }()
		at <- true
		park()
	})
}

//go:noinline
func run(f func()) { f() }

//go:noinline
func passed(b *box, at chan<- bool) { passedDown(b.sem, at) }

//go:noinline
func passedDown(sem chan struct{}, at chan<- bool) {
	sem <- struct{}{}
	at <- true
	park()
	<-sem
}

//go:noinline
func values(b *box, at chan<- bool) {
	b.bool <- true
	defer func() { <-b.bool }()
	at <- true
	park()
}

//go:noinline
func limit(b *box, next func(at chan<- bool)) func(at chan<- bool) {
	return func(at chan<- bool) {
		b.sem <- struct{}{}
		defer func() { <-b.sem }()
		next(at)
	}
}

//go:noinline
func handler(b *box, at chan<- bool) {
	limit(b, func(at chan<- bool) {
		at <- true
		park()
	})(at)
}

//go:noinline
func deep(b *box, at chan<- bool) {
	b.sem <- struct{}{}
	deeper(at, 4)
	<-b.sem
}

//go:noinline
func deeper(at chan<- bool, n int) int {
	if n == 0 {
		at <- true
		return park()
	}
	return deeper(at, n-1) + 1
}

//go:noinline
func global(_ *box, at chan<- bool) {
	hall <- struct{}{}
	at <- true
	park()
	<-hall
}

//go:noinline
func borrowed(b *box, at chan<- bool) {
	mine := <-b.pool
	at <- true
	mine.n += park()
	b.pool <- mine
}

//go:noinline
func borrowedDeferred(b *box, at chan<- bool) {
	mine := <-b.pool
	defer func() { b.pool <- mine }()
	at <- true
	mine.n += park()
}

//go:noinline
func borrowedSelect(b *box, at chan<- bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var mine *box
	select {
	case mine = <-b.pool:
	case <-ctx.Done():
		return
	}
	defer func() { b.pool <- mine }()
	at <- true
	mine.n += park()
}
