package golang

import "github.com/dlv-async/dlv-async/walker/golang/unwind"

// startedIn returns the goroutines that began in such a function. Each first
// function, empty where it is not known, is asked for once; where none is such a one
// nobody is looked at.
func (c *collection) startedIn(is func(fn string) bool) (all []*goroutine) {
	such := map[uint64]bool{}
	for startpc := range c.startpcs {
		if fn, _ := c.function(startpc); is(fn) {
			such[startpc] = true
		}
	}
	if len(such) == 0 {
		return nil
	}
	for _, g := range c.goroutines {
		if such[g.startpc] {
			all = append(all, g)
		}
	}
	return all
}

// sought are addresses that are looked for on stacks.
type sought struct {
	lo, hi uint64
	has    func(addr uint64) bool
}

// seek makes the keys of a map sought.
func seek[V any](addrs map[uint64]V) sought {
	s := sought{lo: ^uint64(0), has: func(addr uint64) bool { _, ok := addrs[addr]; return ok }}
	for a := range addrs {
		s.lo, s.hi = min(s.lo, a), max(s.hi, a)
	}
	return s
}

// mentions tells whether any word of a stack, live or not, is one that is
// sought. Most stacks have none: only where one does is it worth asking which
// words are live.
func (g *goroutine) mentions(s sought) bool {
	for i := 0; i+8 <= len(g.stack); i += 8 {
		if v := le.Uint64(g.stack[i:]); v >= s.lo && v <= s.hi && s.has(v) {
			return true
		}
	}
	return false
}

// whoHolds calls visit for each live word of a goroutine's frames that is
// sought.
func (c *collection) whoHolds(g *goroutine, s sought, visit func(f unwind.Frame, addr uint64)) {
	if !g.mentions(s) {
		return
	}
	for _, f := range c.framesOf(g) {
		for _, v := range c.liveWords(g, f) {
			if s.has(v) {
				visit(f, v)
			}
		}
	}
}
