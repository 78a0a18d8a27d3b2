package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// A process is stopped wherever it is: also where a thread is about to change
// what others wait in. Who wakes a goroutine takes its sudog out of the queue
// first, and its status changes only after; a channel whose lock is held may
// be half changed.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/chan.go#L318

// findWoken finds those that are out of the queue of their semaphore: the
// goroutine has no sudog any more, or one that names no semaphore.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/sema.go#L207
func (c *collection) findWoken() {
	if !c.lay.sudog.linked {
		return
	}
	for _, g := range c.inWait(graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitWaitGroup, graph.WaitSemaphore, graph.WaitCond) {
		if g.waiting == 0 || len(g.sudogs) == 1 && g.sudogs[0].c == 0 && g.sudogs[0].elem == 0 {
			g.sudogs, g.woken = nil, true
		}
	}
}

// findTorn compares what parked goroutines say of the channels they wait on
// with what these channels say of them.
func (w *walk) findTorn() {
	for _, g := range w.goroutines {
		if !parked(g.status) || len(g.sudogs) == 0 {
			continue
		}
		kind := w.kindOf(g)
		for _, s := range g.sudogs {
			ch := s.ch
			switch {
			case ch == nil || ch.torn:
			case s.side == inNone:
				g.woken = true
			case len(g.sudogs) == 1 && kind != s.side.wait() && (kind == graph.WaitChanReceive || kind == graph.WaitChanSend):
				g.own().torn = fmt.Sprintf("the runtime's word for what it does is %q, and it stands in the other queue of chan 0x%x", w.reasonOf(g), s.c)
			}
		}
	}
}

// isLocked tells by the key of one of the runtime's own locks whether a thread
// has it. Up to Go 1.23 the key is 1, or 2 where others sleep for it; since then
// its lowest bit, and 2 stands only beside the first of those who sleep.
// https://github.com/golang/go/blob/go1.23.0/src/runtime/lock_futex.go#L25
// https://github.com/golang/go/blob/go1.26.0/src/runtime/lock_spinbit.go#L28
func isLocked(key uint64) bool { return key&1 != 0 || key == 2 }

// isTorn reports that no more is to be said of a wait than the runtime's word
// for it: it is just ending, or contradicts itself.
func (g *goroutine) isTorn() bool { return g.woken || g.torn != "" }
