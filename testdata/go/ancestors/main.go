// Program ancestors has goroutines whose creators have ended.
//
// A correct reader says of the goroutine in child, when the program was started
// with GODEBUG=tracebackancestors=10, that startChild started it, which parent
// had called; that startParent started parent, which grandparent had called;
// and that main started grandparent. Of parent and grandparent nothing else is
// left.
package main

import "example.com/targets/ready"

var never = make(chan int)

//go:noinline
func child() { <-never }

//go:noinline
func startChild() { go child() }

//go:noinline
func parent() { startChild() }

//go:noinline
func startParent() { go parent() }

//go:noinline
func grandparent() { startParent() }

func main() {
	go grandparent()
	// Where ancestors are recorded runtime.Stack has main.main more than once.
	ready.When(ready.Parked(1, "chan receive", "main.child"))
	<-never
}
