package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
)

// maxCases bounds the sudogs of one goroutine: the cases of a select.
// reflect.Select and the compiler allow 65,536.
const maxCases = 65536

// maxRounds is how many links of every list are read a round each. Selects have
// a handful of cases; what is left after so many are few lists, and long ones.
const maxRounds = 64

// sudogLists are the lists of sudogs that goroutines have, as far as they are
// followed.
type sudogLists struct {
	*collection
	seen map[uint64]bool // sudogs that are not their goroutine's first
}

// sudogAt is where the next sudog of a goroutine lies.
type sudogAt struct {
	g    *goroutine
	addr uint64
}

// readSudogs follows g.waiting of every goroutine, one link of every list a
// round. One that is not parked has sudogs too, from before it parks to after
// it was woken: of a select, they stand in the other channels' queues until it runs.
func (c *collection) readSudogs() {
	lists := sudogLists{c, map[uint64]bool{}}
	front := make([]sudogAt, 0, len(c.goroutines))
	for _, g := range c.goroutines {
		if g.waiting != 0 {
			front = append(front, sudogAt{g, g.waiting})
		}
	}
	for round := 0; len(front) > 0 && round < maxRounds; round++ {
		front = lists.readRound(front)
	}
	for _, at := range front {
		lists.readRest(at)
	}
	c.findWoken()
}

// readRound reads one sudog of each list, and returns where the next lie.
func (l *sudogLists) readRound(front []sudogAt) (next []sudogAt) {
	ranges := make([]dlvext.Range, len(front))
	for i, at := range front {
		ranges[i] = dlvext.Range{Addr: at.addr, Len: l.lay.sudog.size}
	}
	slab, all := make([]sudog, len(front)), make([]*sudog, len(front))
	dlvext.Visit(l.img.Memory, ranges, func(i int, b []byte) {
		if b != nil {
			l.decodeSudog(&slab[i], ranges[i].Addr, b)
		}
	})
	next = front[:0]
	for i := range slab {
		at := front[i]
		if slab[i].addr == 0 {
			at.g.own().broken = "a wait record could not be read"
			continue
		}
		if all[i] = &slab[i]; l.accept(at.g, all[i:i+1:i+1]) {
			next = append(next, sudogAt{at.g, slab[i].link})
		}
	}
	return next
}

// readRest reads what is left of one list. One link after the other would take
// a read each; but they were made together, and many lie in one page.
func (l *sudogLists) readRest(at sudogAt) {
	const pageSize = 1 << logPage
	pages := map[uint64][]byte{}
	size := uint64(l.lay.sudog.size)
	for range maxCases {
		start := at.addr &^ (pageSize - 1)
		page, known := pages[start]
		if !known {
			page, _ = l.peek(start, pageSize)
			pages[start] = page
		}
		var b []byte
		if off := at.addr - start; off+size <= uint64(len(page)) {
			b = page[off : off+size]
		} else if b, _ = l.read(at.addr, int(size)); b == nil {
			at.g.own().broken = "a wait record could not be read"
			return
		}
		s := new(sudog)
		l.decodeSudog(s, at.addr, b)
		if !l.accept(at.g, []*sudog{s}) {
			return
		}
		at.addr = s.link
	}
	at.g.own().broken = fmt.Sprintf("it waits in more than %d places at once", maxCases)
}

// accept adds the next sudog, a slice of one, to its goroutine's, and tells
// whether another follows.
func (l *sudogLists) accept(g *goroutine, next []*sudog) bool {
	s := next[0]
	if s.g != g.addr {
		g.own().broken = "a wait record names another goroutine"
		return false
	}
	*l.sudogs.place(s.addr) = s
	if g.sudogs == nil {
		g.sudogs = next
	} else {
		g.sudogs = append(g.sudogs, s)
	}
	// A semaphore's sudog uses waitlink for others that wait on the same
	// address; only a select has several of its own.
	if s.c == 0 || s.link == 0 {
		return false
	}
	if l.seen[s.link] || s.link == g.waiting {
		g.own().broken = "the wait records go round in a circle"
		return false
	}
	l.seen[s.link] = true
	return true
}

func (c *collection) decodeSudog(s *sudog, addr uint64, b []byte) {
	l := &c.lay.sudog
	*s = sudog{
		addr: addr, g: l.g.of(b), next: l.next.of(b),
		elem: l.elem.of(b), c: l.c.of(b), link: l.link.of(b),
	}
}
