// Program moves stands in one way, and, once told to step, in another.
//
// A correct reader says that, of the two,
//
//	stuck    (3) want the same mutex in both
//	mover    receives from a channel in main.first, then sends to one in main.second
//	leaver   is in the first alone
//	comer    is in the second alone
package main

import (
	"fmt"
	"sync"

	"example.com/targets/ready"
)

var (
	never, other = make(chan int), make(chan int)
	lock         sync.Mutex
)

//go:noinline
func stuck() { lock.Lock() }

//go:noinline
func mover(step <-chan struct{}) {
	first(step)
	second()
}

//go:noinline
func first(step <-chan struct{}) { <-step }

//go:noinline
func second() { never <- 1 }

//go:noinline
func leaver(step <-chan struct{}) { <-step }

//go:noinline
func comer() { <-other }

func main() {
	step := ready.Command("step")
	lock.Lock()
	for range 3 {
		go stuck()
	}
	go mover(step)
	go leaver(step)
	ready.When(
		ready.Parked(3, "sync.Mutex.Lock", "main.stuck"),
		ready.Parked(1, "chan receive", "main.first"),
		ready.Parked(1, "chan receive", "main.leaver"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-step
	go comer()
	ready.Await(
		ready.Parked(1, "chan send", "main.second"),
		ready.Parked(0, "chan receive", "main.leaver"),
		ready.Parked(1, "chan receive", "main.comer"),
	)
	fmt.Print("ANSWER 5\nmoved")
	select {}
}
