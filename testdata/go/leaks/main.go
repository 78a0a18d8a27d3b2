// Program leaks has goroutines that nobody can wake any more, and has the
// runtime look for such, where it can (the profile goroutineleak of Go 1.27).
//
// A correct reader says then that the two goroutines in leak are reported as
// leaked, and wait for a channel all the same; and that kept, whose channel main
// has, is not.
package main

import (
	"io"
	"runtime/pprof"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func leak(c chan int) { <-c }

//go:noinline
func kept() { <-never }

//go:noinline
func start() {
	for range 2 {
		go leak(make(chan int))
	}
}

func main() {
	start()
	go kept()
	wants := func(leaked string) []ready.Want {
		return []ready.Want{
			ready.Parked(2, leaked, "main.leak"),
			ready.Parked(1, "chan receive", "main.kept"),
		}
	}
	ready.Await(wants("chan receive")...)
	if p := pprof.Lookup("goroutineleak"); p != nil {
		if err := p.WriteTo(io.Discard, 0); err != nil {
			panic(err)
		}
	}
	ready.When(wants("chan receive (leaked)|chan receive")...)
	<-never
}
