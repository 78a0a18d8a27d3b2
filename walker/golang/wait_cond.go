package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// conds are sync.Cond.Wait's. A Cond is a notifyList, whose sudogs are the
// waiters: https://github.com/golang/go/blob/go1.26.0/src/runtime/sema.go#L547.
// From Go 1.26 on the sudog names the list. Before that nothing leads from the
// goroutine to it but the frames that wait on it: a word there is the list if
// following it from its head meets the goroutine, and ends at its tail. (The
// address of the list's lock is there too, and what lies as far behind that as
// the head behind the list is the tail.)
var conds = awaitable{
	kinds:   []graph.WaitKind{graph.WaitCond},
	collect: (*collection).readConds,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		list := w.conds[g]
		if list == 0 {
			return false
		}
		r := w.b.Resource("cond", list-w.lay.sync.condNotify)
		r.Type = "sync.Cond"
		wait.Resource = r.ID
		wait.Evidence = proven("g.waiting → sudog.elem")
		if !w.lay.sudog.linked {
			wait.Evidence = proven("notifyList.head … sudog.g is this goroutine")
		}
		return true
	},
}

func (c *collection) readConds(waiting []*goroutine) {
	var searched []*goroutine
	for _, g := range waiting {
		if c.lay.sudog.linked && len(g.sudogs) == 1 && g.sudogs[0].elem != 0 {
			c.conds[g] = g.sudogs[0].elem
		} else {
			searched = append(searched, g)
		}
	}
	defer c.readCondLocks()
	// The frames of notifyListWait, which has the list, and Cond.Wait, which
	// has the Cond, are a few dozen words.
	candidates := map[uint64][]*goroutine{}
	for _, g := range searched {
		for _, v := range c.wordsOf(g, "sync.runtime_notifyListWait", "sync.(*Cond).Wait") {
			candidates[v] = append(candidates[v], g)
			candidates[v+c.lay.sync.condNotify] = append(candidates[v+c.lay.sync.condNotify], g)
		}
	}
	lists := make([]uint64, 0, len(candidates))
	for a := range candidates {
		lists = append(lists, a)
	}
	type ends struct{ head, tail uint64 }
	found := map[uint64]ends{}
	c.any(lists, int(max(c.lay.sync.notifyHead, c.lay.sync.notifyTail))+8, func(addr uint64, b []byte) {
		found[addr] = ends{le.Uint64(b[c.lay.sync.notifyHead:]), le.Uint64(b[c.lay.sync.notifyTail:])}
	})
	for list, e := range found {
		waiters, last := c.queued(e.head)
		if last != e.tail {
			continue
		}
		for _, waiter := range waiters {
			for _, g := range candidates[list] {
				if waiter == g.addr {
					c.conds[g] = list
				}
			}
		}
	}
}

// readCondLocks reads which lock each Cond lets go while it waits: the pointer in
// Cond.L, an interface, which lies right before its list.
func (c *collection) readCondLocks() {
	var addrs []uint64
	for _, list := range c.conds {
		if list > 8 {
			addrs = append(addrs, list-8)
		}
	}
	c.each(addrs, 8, func(addr uint64, b []byte) { c.condLocks[addr+8] = le.Uint64(b) })
}

// queued follows a notifyList's sudogs and returns their goroutines, and the
// last one's address. What is no list leads nowhere.
func (c *collection) queued(head uint64) (gs []uint64, last uint64) {
	seen := map[uint64]bool{}
	for addr := head; addr != 0 && !seen[addr] && len(seen) <= len(c.goroutines); {
		seen[addr] = true
		b, err := c.peek(addr, c.lay.sudog.size)
		if err != nil {
			break
		}
		gs, last = append(gs, c.lay.sudog.g.of(b)), addr
		addr = c.lay.sudog.next.of(b)
	}
	return gs, last
}
