package golang

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// schedulerFacts are what the scheduler knows.
type schedulerFacts struct {
	pendingTimers int // in all of its processors; -1: not known
	timerPile     timerPile
	wakers        int  // of these, those that may wake somebody; -1: not known
	cgo           bool // C code is linked in
	ps            [][]byte
	extra         int // goroutines that are kept for threads of C code that call Go

	now      int64 // the target's nanotime at the capture; 0: not known
	nowExact bool  // not merely a lower bound

	stats []graph.Attr // as [graph.Runtime.Stats] has them
}

// readScheduler reads what the scheduler's processors know: timers, and the time.
func (c *collection) readScheduler() {
	ps := c.readPs()
	c.ps = ps
	if len(ps) == 0 || c.lay.p.timers == (field{}) {
		c.pendingTimers = -1
	} else {
		for _, b := range ps {
			c.pendingTimers += int(c.lay.p.timers.of(b))
		}
	}
	c.wakers = c.pendingTimers
	c.cgo = true // unless the runtime says that it is not
	if addr, _, ok := c.global("runtime.iscgo"); ok {
		if b, err := c.read(addr, 1); err == nil {
			c.cgo = b[0] != 0
		}
	}
	c.readClock(ps)
	c.readStats(ps)
	c.readPendingTimers()
}

// readClock finds the runtime's nanotime at the capture. On Linux that is
// CLOCK_MONOTONIC, the same clock for every process, so a live capture knows
// it exactly. A core does not store it; the latest moment at which the
// scheduler noted the time anywhere is a lower bound.
func (c *collection) readClock(ps [][]byte) {
	if c.img.Monotonic > 0 {
		c.now, c.nowExact = int64(c.img.Monotonic/time.Nanosecond), true
		return
	}
	if addr, _, ok := c.global("runtime.sched"); ok {
		if b, err := c.read(addr+uint64(c.lay.lastpoll.off), 8); err == nil {
			c.now = max(c.now, int64(le.Uint64(b)))
		}
	}
	for _, b := range ps {
		c.now = max(c.now, int64(c.lay.p.schedWhen.of(b)), int64(c.lay.p.sysmonAt.of(b)))
	}
}

// readPs reads the scheduler's processors, runtime.allp.
func (c *collection) readPs() [][]byte {
	base, n, err := c.slice("runtime.allp")
	if err != nil || n > maxPs {
		return nil
	}
	list, err := c.read(base, int(n)*8)
	if err != nil {
		return nil
	}
	addrs := make([]uint64, 0, n)
	for i := range int(n) {
		addrs = append(addrs, word(list, i))
	}
	var ps [][]byte
	c.each(addrs, c.lay.p.size, func(_ uint64, b []byte) { ps = append(ps, b) })
	return ps
}

// maxPs bounds GOMAXPROCS.
const maxPs = 1 << 16
