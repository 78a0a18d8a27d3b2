// Program endings has goroutines whose calls end before they return, and those
// that nobody's go statement started. Each waits for a channel meanwhile.
//
// A correct reader says, of the goroutine in
//
//	rollback     it panics ("order 7: no stock"), has deferred unlock and report
//	             as well, and has called neither
//	apologise    it panics with 42, raised while "out of cheese" was going on
//	hangUp       it is in runtime.Goexit, called in leave, and panics not; and has
//	             deferred farewell
//	(*file).finalise
//	             it runs a finalizer
//	expire       the timer of a time.AfterFunc started it
//	cancelled    the end of a context started it, that of a context.AfterFunc
//	recovered    nothing of the kind: it recovered from its panic
//
// and that a timer is pending that will call later, in most of an hour.
package main

import (
	"context"
	"errors"
	"runtime"
	"time"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func unlock() {}

//go:noinline
func report(what string) { println(what) }

//go:noinline
func rollback() { <-never }

//go:noinline
func order() {
	defer report("order")
	defer unlock()
	for range 2 { // in a loop, so in a list
		defer rollback()
	}
	panic(errors.New("order 7: no stock"))
}

//go:noinline
func apologise() { <-never }

//go:noinline
func serveCheese() {
	defer func() {
		defer apologise()
		panic(42)
	}()
	panic("out of cheese")
}

//go:noinline
func hangUp() { <-never }

//go:noinline
func farewell() {}

//go:noinline
func leave() {
	defer farewell()
	defer hangUp()
	runtime.Goexit()
}

type file struct{ name *string }

//go:noinline
func (f *file) finalise() { <-never }

//go:noinline
func open() {
	f := &file{new(string)}
	runtime.SetFinalizer(f, (*file).finalise)
}

//go:noinline
func expire() { <-never }

func later() {}

//go:noinline
func cancelled() { <-never }

//go:noinline
func mayFail() {
	defer func() { _ = recover() }()
	panic("not for long")
}

//go:noinline
func recovered() {
	mayFail()
	<-never
}

func main() {
	for _, f := range []func(){order, serveCheese, leave, recovered} {
		go f()
	}
	time.AfterFunc(time.Nanosecond, expire)
	time.AfterFunc(time.Hour, later)
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, cancelled)
	cancel()
	wants := []ready.Want{
		ready.Parked(1, "chan receive", "main.(*file).finalise"),
		ready.Parked(1, "chan receive", "main.rollback"),
		ready.Parked(1, "chan receive", "main.apologise"),
		ready.Parked(1, "chan receive", "main.hangUp"),
		ready.Parked(1, "chan receive", "main.expire"),
		ready.Parked(1, "chan receive", "main.cancelled"),
		ready.Parked(1, "chan receive", "main.recovered"),
		ready.Parked(1, "chan receive", "main.main"),
	}
	open()
	runtime.GC()
	ready.When(wants...)
	<-never
}
