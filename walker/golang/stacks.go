package golang

import (
	"context"
	"encoding/binary"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

var le = binary.LittleEndian

// maxStack bounds one goroutine's stack: the runtime's own limit is 1 GB, and
// what walks reach is the used part.
const maxStack = 1 << 28

// readParked reads the used part of every goroutine's stack, and beside that what
// parked ones wait on: neither needs the other, and while the one is copied the
// other can be taken apart.
func (c *collection) readParked(ctx context.Context) {
	defer walker.Beside(func() {
		c.readSudogs()
		c.readNamed(ctx, c.waitingFor(&channels))
	})()
	used, owners := c.usedStacks()
	dlvext.VisitKept(c.img.Memory, used, func(i int, b []byte) { owners[i].stack = b })
}

// usedStacks are the used parts of stacks, and whose they are: first of those that
// run or wait for what few do. A capture that is cut then lacks some of the many
// that are alike.
func (c *collection) usedStacks() (used []dlvext.Range, owners []*goroutine) {
	used = make([]dlvext.Range, 0, len(c.goroutines))
	owners = make([]*goroutine, 0, len(c.goroutines))
	add := func(g *goroutine) {
		if g.fault == "" && g.sp >= g.lo && g.sp < g.hi && g.hi-g.sp <= maxStack {
			used = append(used, dlvext.Range{Addr: g.sp, Len: int(g.hi - g.sp)})
			owners = append(owners, g)
		}
	}
	const few = 16 // a part of how many of them all
	first := [][]*goroutine{c.unparked}
	var last [maxReasons]bool // by reason
	for reason, alike := range c.waiting {
		if len(alike) <= len(c.goroutines)/few {
			first = append(first, alike)
		} else {
			last[reason] = true
		}
	}
	for _, alike := range first {
		for _, g := range alike {
			add(g)
		}
	}
	for _, g := range c.goroutines { // in the order in which they lie in memory
		if parked(g.status) && last[g.reason] {
			add(g)
		}
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
