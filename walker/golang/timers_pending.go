package golang

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Bounds of what is said of pending timers: of how many of one processor their
// functions are read, and how many sorts are named.
const (
	maxPendingTimers = 2048
	maxTimerSorts    = 6
)

// readPendingTimers counts the timers that are pending, by what they will do.
// Those of sleeps and channels show in the goroutines that wait for them; those
// of time.AfterFunc show nowhere else. A process that was stopped in the midst of
// changing a heap of them says so, for then one may stand there twice, and
// another nowhere.
func (c *collection) readPendingTimers() {
	torn := slices.ContainsFunc(c.ps, func(p []byte) bool { return isLocked(c.lay.p.timerLock.of(p)) })
	if torn {
		c.wakers = -1
		c.stats = append(c.stats, attr("timers_being_changed", true))
	}
	l := &c.lay.timer
	if c.pendingTimers <= 0 || l.fn.size != 8 || l.arg.size != 16 {
		return
	}
	type pending struct{ fn, arg uint64 }
	var all []pending
	var closures []uint64
	next := int64(0)
	read := 0
	c.each(c.heapTimers(maxPendingTimers, true), l.size, func(_ uint64, b []byte) {
		read++
		when := int64(l.when.of(b))
		if when <= 0 {
			return // stopped, and not taken out yet
		}
		if next == 0 || when < next {
			next = when
		}
		p := pending{l.fn.of(b), word(b[l.arg.off:], 1)}
		all = append(all, p)
		closures = append(closures, p.fn, p.arg)
	})
	pcs := map[uint64]uint64{}
	c.each(closures, 8, func(addr uint64, b []byte) { pcs[addr] = le.Uint64(b) })
	sorts := map[string]int{}
	wakers := 0
	for _, p := range all {
		sort := c.timerSort(pcs[p.fn], pcs[p.arg])
		sorts[sort]++
		if !isTestDeadline(sort) {
			wakers++
		}
	}
	if read == c.pendingTimers && !torn {
		c.wakers = wakers
	}
	if len(all) == 0 {
		return
	}
	c.timerPile = newTimerPile(sorts, read, c.pendingTimers)
	if read < c.pendingTimers || torn {
		return // not all of a processor's, or one twice: who is how many is not known
	}
	c.stats = append(c.stats, attr("timers", len(all)), attr("timers_for", sortsText(sorts)))
	if c.nowExact && next < never {
		c.stats = append(c.stats, attr("next_timer_in_ms", time.Duration(next-c.now)))
	}
}

// isTestDeadline tells the timer of -test.timeout, which wakes nobody: it ends
// the process. https://github.com/golang/go/blob/go1.26.0/src/testing/testing.go#L2782
func isTestDeadline(sort string) bool {
	return strings.HasPrefix(sort, "testing.") && strings.Contains(sort, "startAlarm")
}

// timerSort says what a timer will do, by its function, and what it is called
// with: https://github.com/golang/go/blob/go1.26.0/src/time/sleep.go#L178
func (c *collection) timerSort(fn, arg uint64) string {
	name, _ := c.function(fn)
	switch {
	case name == "time.goFunc":
		if f, ok := c.function(arg); ok {
			return f
		}
		return "time.AfterFunc"
	case name == "time.sendTime":
		return "channels"
	case name == "runtime.goroutineReady":
		return "sleeps"
	case strings.HasPrefix(name, "runtime.netpoll"):
		return "deadlines of descriptors"
	case name == "":
		return "what is not known"
	}
	return name
}

// sortsText lists sorts with their numbers, the most frequent first.
func sortsText(sorts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(sorts), func(a, b string) int {
		return cmp.Or(cmp.Compare(sorts[b], sorts[a]), cmp.Compare(a, b))
	})
	var out []string
	for i, n := range names {
		if i == maxTimerSorts {
			out = append(out, "…")
			break
		}
		out = append(out, fmt.Sprintf("%s (%d)", n, sorts[n]))
	}
	return strings.Join(out, ", ")
}
