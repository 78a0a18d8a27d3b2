package golang

import (
	"encoding/binary"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

var le = binary.LittleEndian

// maxStack bounds one goroutine's stack: the runtime's own limit is 1 GB, and
// what walks reach is the used part.
const maxStack = 1 << 28

// readParked reads the used part of every goroutine's stack, and what parked ones
// wait on.
func (c *collection) readParked() {
	used, owners := c.usedStacks()
	c.copyStacks(used, owners)
	for _, g := range owners {
		if g.stack == nil {
			g.own().fault = "the stack could not be read"
		}
	}
}

// copyStacks reads the stacks, and beside that what goroutines wait on: neither
// needs the other, and while the one is copied the other can be taken apart.
func (c *collection) copyStacks(used []dlvext.Range, owners []*goroutine) {
	defer walker.Beside(func() {
		c.readSudogs()
		c.readNamed(c.waitingFor(&channels))
	})()
	dlvext.VisitKept(c.img.Memory, used, func(i int, b []byte) { owners[i].stack = b })
}

// usedStacks are the used parts of stacks, and whose they are.
func (c *collection) usedStacks() (used []dlvext.Range, owners []*goroutine) {
	used = make([]dlvext.Range, 0, len(c.goroutines))
	owners = make([]*goroutine, 0, len(c.goroutines))
	for _, g := range c.goroutines {
		switch {
		case g.fault != "":
			continue
		case g.sp < g.lo || g.sp >= g.hi:
			g.own().fault = "the stack pointer is not in the stack"
			continue
		case g.hi-g.sp > maxStack:
			g.own().fault = "the stack is too large to be true"
			continue
		}
		used = append(used, dlvext.Range{Addr: g.sp, Len: int(g.hi - g.sp)})
		owners = append(owners, g)
	}
	return used, owners
}

// stackWord is the word at an address of the goroutine's stack.
func (g *goroutine) stackWord(addr uint64) (uint64, bool) {
	if addr < g.sp || addr-g.sp+8 > uint64(len(g.stack)) {
		return 0, false
	}
	return le.Uint64(g.stack[addr-g.sp:]), true
}
