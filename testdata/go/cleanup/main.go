// Program cleanup has a cleanup (of runtime.AddCleanup) that does not end.
//
// A correct reader says that the goroutine in cleanUp receives from a channel,
// and that it runs a cleanup: it is none of the runtime's own meanwhile.
package main

import (
	"runtime"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func cleanUp(*int) { <-never }

//go:noinline
func forget() { runtime.AddCleanup(&struct{ name *string }{new(string)}, cleanUp, new(int)) }

func main() {
	forget()
	runtime.GC()
	ready.When(
		ready.Parked(1, "chan receive", "main.cleanUp"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
