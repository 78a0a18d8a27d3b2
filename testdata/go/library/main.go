// Program library is built as a library (-buildmode=c-shared or c-archive) that
// programs in other languages load. Its Go runtime starts when it is loaded;
// Start, which they call and which does not return, is its only way in.
//
// A correct reader says that the goroutine in
//
//	Start     waits for the WaitGroup; C called it, so it has no creator
//	member    is a member of that group, by the WaitGroup's Go
//	locked    waits for a Mutex that Start has
//	receive   receives from a channel that nobody sends to
package main

import "C"

import (
	"sync"

	"example.com/targets/ready"
)

//go:noinline
func receive(c chan string) { <-c }

//go:noinline
func locked(mu *sync.Mutex) { mu.Lock() }

//go:noinline
func member(c chan int) { <-c }

//export Start
func Start() {
	var mu sync.Mutex
	mu.Lock()
	go locked(&mu)
	go receive(make(chan string))
	var group sync.WaitGroup
	never := make(chan int)
	group.Add(1)
	go func() {
		defer group.Done()
		member(never)
	}()
	ready.When(
		ready.Parked(1, "chan receive", "main.receive"),
		ready.Parked(1, "chan receive", "main.member"),
		ready.Parked(1, "sync.Mutex.Lock", "main.locked"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.Start"),
	)
	group.Wait()
	mu.Unlock()
}

func main() {}
