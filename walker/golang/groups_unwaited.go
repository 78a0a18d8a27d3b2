package golang

import "maps"

// Nobody's wait leads to a WaitGroup whose owner has not called Wait yet, and
// no wrapper to one that is counted by hand. What is left is what it looks
// like: an object of a WaitGroup's size that a goroutine has in a live word,
// whose first half could be a counter, with as many of the goroutines that it
// started holding it too as that counter says. All of that together is rarely
// anything else; it stays inferred.

// maxStarters bounds how many goroutines are searched for such objects.
const maxStarters = 4096

// readUnwaited reads what live words of goroutines that started others point to.
func (c *collection) readUnwaited() {
	starters := map[uint64]bool{}
	last := creationKey{}
	for _, g := range c.goroutines {
		k := creationKey{g.parent, g.startpc}
		if k == last || g.parent == 0 || len(starters) == maxStarters {
			continue // most were started like the one before
		}
		last = k
		if c.wrapperOf(g.startpc) == nil {
			starters[g.parent] = true
		}
	}
	size := c.lay.sync.waitGroupSize
	if size == 0 {
		return
	}
	seen := map[uint64]bool{}
	var addrs []uint64
	for _, g := range c.goroutines {
		if len(starters) == 0 {
			break // all others would be looked at for nothing
		}
		if !starters[g.id] {
			continue
		}
		delete(starters, g.id)
		for _, f := range c.framesOf(g) {
			if f.Func == nil || ofGroups(packageOf(f.Func.Name)) {
				continue
			}
			for _, v := range c.liveWords(g, f) {
				if v > semaBefore && !seen[v] {
					seen[v] = true
					addrs = append(addrs, v)
				}
			}
		}
	}
	maps.Copy(c.objects, c.objectsAt(addrs))
	var reads []uint64
	for _, a := range addrs {
		if o, ok := c.objects[a]; ok && o.start == a && o.size == size {
			c.unwaited = append(c.unwaited, a)
			reads = append(reads, a+c.lay.sync.waitGroupSema-semaBefore)
		}
	}
	c.each(reads, semaBefore+semaAfter, func(addr uint64, b []byte) {
		if c.words[addr+semaBefore] == nil {
			c.words[addr+semaBefore] = b
		}
	})
}

// addUnwaited makes groups of the objects that look like one, for findLikely
// to find their members.
func (w *walk) addUnwaited() {
	for _, addr := range w.unwaited {
		n := w.counterOf(addr)
		if w.groups[addr] != nil || !n.known || n.waiters != 0 || n.left < 1 || n.left >= len(w.goroutines) {
			continue
		}
		w.groupWith(kindWaitGroup, addr).guessed = true
	}
}

// dropUnwaited drops those that did not turn out to have their members.
func (w *walk) dropUnwaited() {
	for addr, gr := range w.groups {
		if gr.guessed && len(gr.likely) != gr.left.left {
			delete(w.groups, addr)
		}
	}
}
