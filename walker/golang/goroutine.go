package golang

import (
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// goroutine is one g as Collect read it, and what later rounds found of it.
// There may be a million of them: fields of a byte stand together.
type goroutine struct {
	addr uint64 // of the g
	id   uint64

	status      uint32 // without the scan bit
	thread      int32  // id of the OS thread that runs it; 0: none
	reason      uint8  // index into the target's waitReasonStrings; valid while parked
	scanned     bool   // the collector looks at its stack
	interrupted bool   // pc is where it stands, not where a call returns to
	cleaning    bool   // runs cleanups for the user
	woken       bool   // it is just being woken: parked still, and in no queue

	lo, hi     uint64 // its stack
	pc, sp, bp uint64 // where it stands, or stood when it left its stack; sp is 0 when that is not known
	stack      []byte // the bytes of [sp, hi); nil when they could not be read

	parent    uint64 // goid of who started it; 0: nobody
	gopc      uint64 // return address of the go statement
	startpc   uint64 // entry of its first function
	waitSince int64  // the runtime's nanotime when a collection first saw it wait; 0: none has
	labels    uint64 // its pprof labels

	waiting uint64   // its first *sudog
	sudogs  []*sudog // what it waits on; of a select one for each case

	shape *shape // its calls; nil until somebody asks

	*seldom
}

// seldom is what few goroutines have. It is to be read as if every one had its own,
// and changed by [goroutine.own] alone.
type seldom struct {
	sleepWhen int64  // nanotime when its sleep ends
	timer     uint64 // its *timer, if it ever slept
	panicking uint64 // its innermost *_panic
	deferred  uint64 // its innermost *_defer, of those that are in a list
	m         uint64 // the *m that runs it
	ancestors uint64 // the slice of those it descends from, where the runtime records them
	bubble    uint64 // its *synctestBubble
	coroarg   uint64 // the *coro that it is to begin in, or is just switching in

	fault  string     // why it is not known where its stack is
	end    unwind.End // why its calls end there
	broken string     // why sudogs is not all of them
	torn   string     // what it says of its wait and others do not
}

// nothing is what goroutines share that have nothing of it.
var nothing seldom

// own returns what the goroutine alone has of that.
func (g *goroutine) own() *seldom {
	if g.seldom == &nothing {
		g.seldom = new(seldom)
	}
	return g.seldom
}

// stackless says why the goroutine's stack is not known; empty when it is.
func (g *goroutine) stackless() string {
	switch {
	case g.stack != nil:
		return ""
	case g.fault != "":
		return g.fault
	case g.sp < g.lo || g.sp >= g.hi:
		return "the stack pointer is not in the stack"
	case g.hi-g.sp > maxStack:
		return "the stack is too large to be true"
	}
	return "the stack could not be read"
}

// sudog is a goroutine's place in a wait queue.
type sudog struct {
	addr uint64
	g    uint64
	next uint64 // in a channel's queue
	elem uint64 // a semaphore's or notifyList's address, or what a channel operation copies
	c    uint64 // the *hchan; 0: not a channel's
	link uint64 // waitlink: the goroutine's next sudog

	ch    *channel // that it names; nil: none that was read
	round int32    // of readStrays, in which it was met last
	loose bool     // it may stand in the queue of a channel that it does not name
	side  side     // which of the channel's queues it stands in
}
