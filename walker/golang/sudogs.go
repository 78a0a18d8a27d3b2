package golang

import "github.com/dlv-async/dlv-async/dlvext"

// maxCases bounds the sudogs of one goroutine: the cases of a select.
// reflect.Select and the compiler allow 65,536.
const maxCases = 65536

// readSudogs follows g.waiting of every goroutine, one link of every list a
// round. One that is not parked has sudogs too, from before it parks to after
// it was woken: of a select, they stand in the other channels' queues until it runs.
func (c *collection) readSudogs() {
	type pending struct {
		g    *goroutine
		addr uint64
	}
	var front []pending
	for _, g := range c.goroutines {
		if g.waiting != 0 {
			front = append(front, pending{g, g.waiting})
		}
	}
	later := map[uint64]bool{} // sudogs that are not their goroutine's first
	for round := 0; len(front) > 0 && round < maxCases; round++ {
		ranges := make([]dlvext.Range, len(front))
		for i, p := range front {
			ranges[i] = dlvext.Range{Addr: p.addr, Len: c.lay.sudog.size}
		}
		next := front[:0]
		slab, firsts := make([]sudog, len(front)), make([]*sudog, len(front))
		bytes := c.many(ranges)
		halves(len(bytes), func(i int) {
			if bytes[i] != nil {
				c.decodeSudog(&slab[i], ranges[i].Addr, bytes[i])
			}
		})
		for i, b := range bytes {
			p, s := front[i], &slab[i]
			if b == nil {
				p.g.broken = "a wait record could not be read"
				continue
			}
			if s.g != p.g.addr {
				p.g.broken = "a wait record names another goroutine"
				continue
			}
			if round == 0 {
				firsts[i] = s
				p.g.sudogs = firsts[i : i+1 : i+1]
			} else {
				p.g.sudogs = append(p.g.sudogs, s)
			}
			// A semaphore's sudog uses waitlink for others that wait on the same
			// address; only a select has several of its own.
			if s.c == 0 || s.link == 0 {
				continue
			}
			if later[s.link] || s.link == p.g.waiting {
				p.g.broken = "the wait records go round in a circle"
				continue
			}
			later[s.link] = true
			next = append(next, pending{p.g, s.link})
		}
		front = next
	}
}

func (c *collection) decodeSudog(s *sudog, addr uint64, b []byte) {
	l := &c.lay.sudog
	*s = sudog{
		addr: addr, g: l.g.of(b), next: l.next.of(b),
		elem: l.elem.of(b), c: l.c.of(b), link: l.link.of(b),
	}
}
