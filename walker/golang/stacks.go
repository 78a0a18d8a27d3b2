package golang

import (
	"encoding/binary"

	"github.com/dlv-async/dlv-async/dlvext"
)

var le = binary.LittleEndian

// maxStack bounds one goroutine's stack: the runtime's own limit is 1 GB, and
// what walks reach is the used part.
const maxStack = 1 << 28

// readStacks reads the used part of every goroutine's stack.
func (c *collection) readStacks() {
	ranges := make([]dlvext.Range, 0, len(c.goroutines))
	owners := make([]*goroutine, 0, len(c.goroutines))
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
		ranges = append(ranges, dlvext.Range{Addr: g.sp, Len: int(g.hi - g.sp)})
		owners = append(owners, g)
	}
	dlvext.VisitKept(c.img.Memory, ranges, func(i int, b []byte) {
		if owners[i].stack = b; b == nil {
			owners[i].own().fault = "the stack could not be read"
		}
	})
}

// stackWord is the word at an address of the goroutine's stack.
func (g *goroutine) stackWord(addr uint64) (uint64, bool) {
	if addr < g.sp || addr-g.sp+8 > uint64(len(g.stack)) {
		return 0, false
	}
	return le.Uint64(g.stack[addr-g.sp:]), true
}
