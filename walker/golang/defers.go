package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// pendingDefers names what a frame has deferred and has not called, the next
// one first: a record in the goroutine's list names its frame by SP; of those
// that the compiler laid out in the frame a bit is set until they are called.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/panic.go#L946
func (c *collection) pendingDefers(g *goroutine, f unwind.Frame) []string {
	var out []string
	for _, closure := range c.pendingClosures(g, f) {
		out = append(out, c.closureName(g, closure))
	}
	return out
}

// pendingClosures are the func values of these.
func (c *collection) pendingClosures(g *goroutine, f unwind.Frame) []uint64 {
	var out []uint64
	l := &c.lay.deferred
	for d, n := g.deferred, 0; d != 0 && n < maxDefers; n++ {
		record, ok := c.record(g, d)
		if !ok {
			break
		}
		if l.sp.of(record) == f.SP {
			out = append(out, l.fn.of(record))
		}
		d = l.link.of(record)
	}
	live, err := f.Live()
	if err != nil || live.Defers == nil {
		return out
	}
	bits, ok := g.stackWord((f.CFA + uint64(int64(live.Defers.Bits))) &^ 7)
	if !ok {
		return out
	}
	pending := byte(bits >> (8 * ((f.CFA + uint64(int64(live.Defers.Bits))) & 7)))
	for i := 7; i >= 0; i-- {
		if pending&(1<<i) == 0 {
			continue
		}
		if fn, ok := g.stackWord(f.CFA + uint64(int64(live.Defers.Slots)) + 8*uint64(i)); ok {
			out = append(out, fn)
		}
	}
	return out
}

// deferRounds bounds how many records behind each other are read in advance: most
// are on the stacks, and a goroutine that defers in a loop has some.
const deferRounds = 64

// readDefers reads the goroutines' deferred calls that are not on their stacks,
// so that Walk finds them.
func (c *collection) readDefers() {
	type place struct {
		g    *goroutine
		addr uint64
	}
	var front []place
	var closures []uint64
	l := &c.lay.deferred
	follow := func(g *goroutine, addr uint64) {
		for n := 0; addr != 0 && n < maxDefers; n++ {
			if !g.onStack(addr, l.size) {
				front = append(front, place{g, addr})
				return
			}
			record := g.stack[addr-g.sp:]
			if fn := l.fn.of(record); !g.onStack(fn, 8) {
				closures = append(closures, fn)
			}
			addr = l.link.of(record)
		}
	}
	for _, g := range c.having.defers {
		follow(g, g.deferred)
	}
	for round := 0; len(front) > 0 && round < deferRounds; round++ {
		now := front
		front = nil
		addrs := make([]uint64, len(now))
		for i, p := range now {
			addrs[i] = p.addr
		}
		records := map[uint64][]byte{}
		c.each(addrs, l.size, func(addr uint64, b []byte) { records[addr] = b })
		for _, p := range now {
			if b := records[p.addr]; b != nil {
				closures = append(closures, l.fn.of(b))
				follow(p.g, l.link.of(b))
			}
		}
	}
	c.any(closures, 64, func(uint64, []byte) {}) // with what the functions have captured
	c.any(closures, 8, func(uint64, []byte) {})
}

// onStack tells whether size bytes at an address lie in what was read of the stack.
func (g *goroutine) onStack(addr uint64, size int) bool {
	return addr >= g.sp && addr-g.sp+uint64(size) <= uint64(len(g.stack))
}

// record is a runtime._defer, on the goroutine's stack or in the heap.
func (c *collection) record(g *goroutine, addr uint64) ([]byte, bool) {
	l := &c.lay.deferred
	if g.onStack(addr, l.size) {
		return g.stack[addr-g.sp:][:l.size], true
	}
	b, err := c.read(addr, l.size)
	return b, err == nil
}

// closureName names the function of a closure, with the line that it begins
// in: the compiler's wrappers of deferred calls have no better name.
func (c *collection) closureName(g *goroutine, closure uint64) string {
	pc, ok := g.stackWord(closure)
	if !ok {
		b, err := c.read(closure, 8)
		if err != nil {
			return "a function that could not be read"
		}
		pc = le.Uint64(b)
	}
	fn, ok := c.tables.Func(pc)
	if !ok || fn.Entry != pc {
		return "a function that is not known"
	}
	if fn.StartLine > 0 {
		return fmt.Sprintf("%s (line %d)", fn.Name, fn.StartLine)
	}
	return fn.Name
}
