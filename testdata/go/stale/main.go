// Program stale has dead words on stacks that equal the addresses of groups
// and locks. A word counts only where it is live.
//
// A correct reader says:
//
//	overlay   the group has 1 member, in overlayMember. overlayInnocent is a
//	          child of the same parent whose frame has room that it never
//	          wrote, in which an earlier call left the group's address many
//	          times: it is no member.
//	short     the same, and the counter is 2 while 1 member, in shortMember, is
//	          there: that the counter leaves room for one more does not make
//	          shortInnocent a member.
//	recycled  the WaitGroup has 1 member, in recycledMember. The members of the
//	          errgroup, in recycledInnocent, run on stacks of goroutines that
//	          ended with the WaitGroup's address in them: they are the
//	          errgroup's alone.
//	locked    waits for a Mutex that lockHolder has. lockMaker, which made it
//	          and left its address in a dead part of its stack, does not have it.
package main

import (
	"sync"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"example.com/targets/ready"
)

var (
	never = make(chan int)
	no    bool // a condition the compiler cannot decide
)

const words = 96 // of stack to be left behind, and of room for them

// leave fills its frame with a pointer and returns, so that the words below
// its caller's frame hold it.
//
//go:noinline
func leave(p unsafe.Pointer) int {
	var a [words]unsafe.Pointer
	for i := range a {
		a[i] = p
	}
	return use(&a)
}

//go:noinline
func use(a *[words]unsafe.Pointer) int {
	n := 0
	for _, p := range a {
		if p != nil {
			n++
		}
	}
	return n
}

// room is an argument that is passed on the stack: a frame that calls a
// function with it has space for it, which nothing writes until the call.
type room [words]uintptr

//go:noinline
func take(r room) uintptr { return r[words/2] }

//go:noinline
func overlay() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		overlayMember()
	}()
	go func() {
		leave(unsafe.Pointer(&wg))
		overlayInnocent()
	}()
	wg.Wait()
}

//go:noinline
func overlayMember() { <-never }

//go:noinline
func overlayInnocent() {
	if no {
		take(room{})
	}
	<-never
}

//go:noinline
func short() {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		shortMember()
	}()
	go func() {
		leave(unsafe.Pointer(&wg))
		shortInnocent()
	}()
	wg.Wait()
}

//go:noinline
func shortMember() { <-never }

//go:noinline
func shortInnocent() {
	if no {
		take(room{})
	}
	<-never
}

//go:noinline
func recycled() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		recycledMember()
	}()

	// Goroutines that end with the address all over their stacks ...
	const n = 8
	var done sync.WaitGroup
	done.Add(n)
	for range n {
		go func() {
			leave(unsafe.Pointer(&wg))
			done.Done()
		}()
	}
	done.Wait()

	// ... and others that get their stacks.
	var g errgroup.Group
	for range n {
		g.Go(recycledInnocent)
	}
	recycledWait(&wg)
	_ = g.Wait()
}

//go:noinline
func recycledMember() { <-never }

//go:noinline
func recycledInnocent() error { <-never; return nil }

//go:noinline
func recycledWait(wg *sync.WaitGroup) { wg.Wait() }

//go:noinline
func lockMaker(started chan<- *sync.Mutex) {
	mu := new(sync.Mutex)
	leave(unsafe.Pointer(mu))
	started <- mu
	lockMakerInner()
}

//go:noinline
func lockMakerInner() {
	if no {
		take(room{})
	}
	<-never
}

//go:noinline
func lockHolder(mu *sync.Mutex, held chan<- bool) {
	mu.Lock()
	defer mu.Unlock()
	close(held)
	<-never
}

//go:noinline
func locked(mu *sync.Mutex) {
	mu.Lock()
	mu.Unlock()
}

func main() {
	go overlay()
	go short()
	go recycled()

	made, held := make(chan *sync.Mutex), make(chan bool)
	go lockMaker(made)
	mu := <-made
	go lockHolder(mu, held)
	<-held
	go locked(mu)

	const wait = "sync.WaitGroup.Wait|semacquire"
	ready.When(
		ready.Parked(1, wait, "main.overlay"),
		ready.Parked(1, "chan receive", "main.overlayMember"),
		ready.Parked(1, "chan receive", "main.overlayInnocent"),
		ready.Parked(1, wait, "main.short"),
		ready.Parked(1, "chan receive", "main.shortMember"),
		ready.Parked(1, "chan receive", "main.shortInnocent"),
		ready.Parked(1, wait, "main.recycledWait"),
		ready.Parked(1, "chan receive", "main.recycledMember"),
		ready.Parked(8, "chan receive", "main.recycledInnocent"),
		ready.Parked(1, "chan receive", "main.lockMakerInner"),
		ready.Parked(1, "chan receive", "main.lockHolder"),
		ready.Parked(1, "sync.Mutex.Lock", "main.locked"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
