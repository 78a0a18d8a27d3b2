// Program coroutines has goroutines that iter.Pull joins in pairs, of which
// one waits for the other.
//
// A correct reader says, of the goroutine in
//
//	producer   receives from a channel: it is to yield the value that consumer
//	           asked for
//	consumer   waits for the goroutine of producer to yield
//	idle       waits to be asked for its next value: it yielded one
//	holder     receives from a channel; it has the functions of idle and fresh
//	fresh      (a goroutine that has not begun) waits to be asked for its first
package main

import (
	"iter"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func producer(yield func(int) bool) {
	for v := range never {
		if !yield(v) {
			return
		}
	}
}

//go:noinline
func consumer() {
	next, stop := iter.Pull(producer)
	defer stop()
	next()
}

//go:noinline
func idle(yield func(string, int) bool) {
	yield("one", 1)
	yield("two", 2)
}

//go:noinline
func fresh(yield func(int) bool) { yield(1) }

//go:noinline
func holder() {
	next, stop := iter.Pull2(idle)
	defer stop()
	next()
	_, end := iter.Pull(fresh)
	defer end()
	<-never
}

func main() {
	go consumer()
	go holder()
	ready.When(
		ready.Parked(1, "coroutine", "main.consumer"),
		ready.Parked(1, "chan receive", "main.producer"),
		ready.Parked(1, "coroutine", "main.idle"),
		ready.Parked(1, "chan receive", "main.holder"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
