// Program live has goroutines whose frames hold a pointer that is used later,
// and some that hold one that is not: what a reader must tell apart.
//
// The address in question is in the variable of the goroutine's name. A
// correct reader says that, in the frame of the function of that name,
//
//	kept      a live word is the address
//	dropped   a word is the address, in the optimised program, and none that
//	          is live: the function is done with it
//	deferred  the function has a pending open-coded defer, in the optimised
//	          program, whose closure holds the address
//	argument  a live argument word is the address
//	object    the address is of a variable in the frame itself
//	faulted   stands in a deferred call: below its frame is a fault, and what
//	          it had is dead
package main

import (
	"unsafe"

	"example.com/targets/ready"
)

var (
	keptAddr, droppedAddr, deferredAddr, argumentAddr, objectAddr, faultedAddr uintptr

	never = make(chan int)
	sink  int
)

type thing struct {
	n    int
	next *thing
}

// use does not let go of p's pointer, as the compiler sees it.
//
//go:noinline
func use(p *thing) int { sink += p.n; return p.n }

//go:noinline
func makeThing(addr *uintptr) *thing {
	p := &thing{n: 1}
	*addr = uintptr(unsafe.Pointer(p))
	return p
}

//go:noinline
func kept() {
	p := makeThing(&keptAddr)
	use(p)
	<-never
	use(p)
}

//go:noinline
func dropped() {
	p := makeThing(&droppedAddr)
	use(p) // p must outlive this call: it is put on the stack
	use(p)
	<-never
}

//go:noinline
func deferred() {
	p := makeThing(&deferredAddr)
	defer func() { use(p) }()
	<-never
}

// big is passed on the stack.
type big struct {
	room [24]int
	p    *thing
}

//go:noinline
func argument(b big) {
	<-never
	use(b.p)
}

//go:noinline
func object() {
	var local thing
	fill(&local)
	<-never
	fill(&local)
}

//go:noinline
func fill(p *thing) {
	p.n++
	objectAddr = uintptr(unsafe.Pointer(p))
}

//go:noinline
func faulted() {
	p := makeThing(&faultedAddr)
	defer wait()
	var none *thing
	use(p)
	sink = none.n
	use(p)
}

//go:noinline
func wait() { <-never }

func main() {
	go kept()
	go dropped()
	go deferred()
	go argument(big{p: makeThing(&argumentAddr)})
	go object()
	go faulted()
	ready.When(
		ready.Parked(1, "chan receive", "main.kept"),
		ready.Parked(1, "chan receive", "main.dropped"),
		ready.Parked(1, "chan receive", "main.deferred"),
		ready.Parked(1, "chan receive", "main.argument"),
		ready.Parked(1, "chan receive", "main.object"),
		ready.Parked(1, "chan receive", "main.faulted"),
		ready.Parked(1, "select (no cases)", "main.main"),
	)
	select {}
}
