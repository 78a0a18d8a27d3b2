package golang

import (
	"fmt"
	"strings"
)

// cancelHolder is a frame that has the function which ends a context, in a
// live word: it was returned to it, or to a call it made.
type cancelHolder struct {
	task uint64 // goid
	fn   string
}

func (h cancelHolder) text() string {
	return fmt.Sprintf("%s in %s (inferred)", taskID(h.task), h.fn)
}

// Bounds of the search for who could end a context.
const (
	maxCancelSearches = 512 // goroutines
	maxCancelWords    = 512 // of each
)

// readCancels looks for who holds the functions that end the contexts which
// goroutines wait for: in the goroutines that started these, and in theirs.
// Such a function is a closure of package context's with the context in it.
func (c *collection) readCancels(waiting []*goroutine) {
	if len(c.contexts) == 0 {
		return
	}
	wanted := map[uint64]bool{}
	for _, d := range c.contexts {
		wanted[d.addr] = true
	}
	for addr, n := range c.chains {
		if cancellable(n.kind) {
			wanted[addr] = true
		}
	}
	type word struct {
		g  *goroutine
		fn string
		v  uint64
	}
	var words []word
	var addrs []uint64
	for _, g := range c.startersOf(waiting) {
		n := 0
		for _, f := range c.framesOf(g) {
			if f.Func == nil || strings.HasPrefix(f.Func.Name, "runtime.") || n > maxCancelWords {
				continue
			}
			for _, v := range c.liveWords(g, f) {
				if v > 1<<12 && v%8 == 0 && (v < g.lo || v >= g.hi) {
					words, addrs = append(words, word{g, f.Func.Name, v}), append(addrs, v)
				} else if v >= g.lo && v < g.hi {
					// A closure that does not escape is on the stack itself.
					if pc, ok := g.stackWord(v); ok && c.isCancel(pc) {
						if ctx, ok := g.stackWord(v + 8); ok && wanted[ctx] {
							c.cancels[ctx] = cancelHolder{g.id, f.Func.Name}
						}
					}
				}
				n++
			}
		}
	}
	closures := map[uint64]uint64{} // contexts, by address of the closure
	c.any(addrs, 16, func(addr uint64, b []byte) {
		if ctx := le.Uint64(b[8:]); wanted[ctx] && c.isCancel(le.Uint64(b)) {
			closures[addr] = ctx
		}
	})
	for _, w := range words {
		if ctx, ok := closures[w.v]; ok {
			if _, known := c.cancels[ctx]; !known {
				c.cancels[ctx] = cancelHolder{w.g.id, w.fn}
			}
		}
	}
}

// isCancel tells the functions that package context returns to end a context
// with. Inlined ones are named after where they were.
func (c *collection) isCancel(pc uint64) bool {
	fn, ok := c.tables.Func(pc)
	if !ok || fn.Entry != pc {
		return false
	}
	for _, with := range []string{"WithCancel", "WithDeadline", "WithTimeout"} {
		if strings.Contains(fn.Name, with) {
			return true
		}
	}
	return false
}

// startersOf are the goroutines that started some others, and who started
// them, and the others themselves; not more than a bounded number.
func (c *collection) startersOf(waiting []*goroutine) []*goroutine {
	ids := map[uint64]bool{1: true}
	add := func(g *goroutine) {
		if len(ids) < maxCancelSearches {
			ids[g.id], ids[g.parent] = true, true
		}
	}
	for _, g := range waiting {
		add(g)
	}
	var out []*goroutine
	for range 2 {
		out = out[:0]
		for _, g := range c.goroutines {
			if ids[g.id] {
				out = append(out, g)
				add(g)
			}
		}
	}
	return out
}
