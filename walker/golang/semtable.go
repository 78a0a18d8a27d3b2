package golang

import "slices"

// readSemtable finds the sudogs of goroutines that wait on semaphores by the
// runtime's table of them, where g.waiting does not lead there (up to Go
// 1.25). The table is an array of roots of treaps, one node for each
// semaphore address; further waiters on an address hang on its node by
// waitlink: https://github.com/golang/go/blob/go1.25.0/src/runtime/sema.go#L40
func (c *collection) readSemtable(waiting []*goroutine) {
	unlinked := map[uint64]*goroutine{}
	for _, g := range waiting {
		if len(g.sudogs) == 0 {
			unlinked[g.addr] = g
		}
	}
	if len(unlinked) == 0 {
		return
	}
	addr, size, ok := c.global("runtime.semtable")
	if !ok || size == 0 || size > maxSemtable || size%semaRoots != 0 {
		c.notes = append(c.notes, "runtime.semtable was not found: what goroutines wait on in package sync was looked for on their stacks")
		c.readWaitingOnStacks(unlinked)
		return
	}
	table, err := c.read(addr, int(size))
	if err != nil {
		return
	}
	var front []uint64
	for entry := int(size / semaRoots); len(table) >= entry; table = table[entry:] {
		if root := c.lay.sema.treap.of(table); root != 0 {
			front = append(front, root)
		}
	}
	seen := map[uint64]bool{}
	for len(front) > 0 && len(seen) <= len(c.goroutines)+semaRoots {
		var next []uint64
		c.each(front, c.lay.sudog.size, func(addr uint64, b []byte) {
			if seen[addr] {
				return
			}
			seen[addr] = true
			s := &sudog{}
			c.decodeSudog(s, addr, b)
			if g := unlinked[s.g]; g != nil && len(g.sudogs) == 0 {
				g.sudogs = []*sudog{s}
			}
			for _, a := range []uint64{s.link, s.next, c.lay.sudog.prev.of(b)} {
				if a != 0 && !seen[a] {
					next = append(next, a)
				}
			}
		})
		front = next
	}
}

// readWaitingOnStacks finds the sudogs where there is no symbol for the table:
// each in the frame of semacquire1 of its goroutine, which it names. One that
// is in no queue names no semaphore.
// https://github.com/golang/go/blob/go1.25.0/src/runtime/sema.go#L151
func (c *collection) readWaitingOnStacks(unlinked map[uint64]*goroutine) {
	c.semaphoresByStack = true
	var addrs []uint64
	for _, g := range unlinked {
		addrs = append(addrs, c.wordsOf(g, "runtime.semacquire1")...)
	}
	c.any(addrs, c.lay.sudog.size, func(addr uint64, b []byte) { // not every word is one
		s := &sudog{}
		c.decodeSudog(s, addr, b)
		g := unlinked[s.g]
		if g == nil || s.c != 0 || s.elem == 0 || len(g.sudogs) > 0 || !slices.Contains(c.wordsOf(g, "runtime.semacquire1"), addr) {
			return
		}
		g.sudogs = []*sudog{s}
	})
}

// semaRoots is how many entries the table has had since Go 1.0, each padded to
// cache lines; maxSemtable bounds its bytes.
const (
	semaRoots   = 251
	maxSemtable = 1 << 20
)
