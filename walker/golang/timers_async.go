package golang

// asyncTimers finds the timers of time channels that do not name them: those
// up to Go 1.22, and those of programs whose go.mod says so (GODEBUG
// asynctimerchan). Such a channel has a buffer of one time.Time, and its
// timer, in some processor's heap, sends to it:
// https://github.com/golang/go/blob/go1.24.0/src/time/sleep.go#L29
// The channels are given by their address.
func (c *collection) asyncTimers(wanted map[uint64]*channel) (found []uint64) {
	arg := c.lay.timer.arg
	if len(wanted) == 0 || arg.size != 16 {
		return nil
	}
	c.each(c.heapTimers(maxTimers, false), c.lay.timer.size, func(addr uint64, b []byte) {
		if ch := wanted[word(b[arg.off:], 1)]; ch != nil {
			ch.timer = addr
			found = append(found, addr)
		}
	})
	return found
}

// heapTimers are the addresses of the timers in the processors' heaps. Of a
// processor that has more than most it is none, or so many of them.
func (c *collection) heapTimers(most uint64, some bool) []uint64 {
	heap := c.lay.p.timerHeap
	if heap.size != 24 {
		return nil
	}
	each := 8 // up to Go 1.22 pointers, then pairs of a pointer and a time
	if c.lay.p.timerPairs {
		each = 16
	}
	var timers []uint64
	for _, p := range c.ps {
		base, n := word(p[heap.off:], 0), word(p[heap.off:], 1)
		if n > most && !some {
			continue
		}
		n = min(n, most)
		list, err := c.read(base, int(n)*each)
		if err != nil {
			continue
		}
		for ; len(list) >= each; list = list[each:] {
			timers = append(timers, word(list, 0))
		}
	}
	return timers
}

// maxTimers bounds the timers of one processor.
const maxTimers = 1 << 22
