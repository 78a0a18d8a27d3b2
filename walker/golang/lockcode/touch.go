package lockcode

import (
	"encoding/binary"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// touches tells whether a function may have anything to do with locks: it has
// atomic instructions, or calls what has. It looks at bytes alone, which may look
// like what they are not.
func (c *Code) touches(fn *pclntab.Func, depth int) bool {
	key := summed{fn.Entry, depth}
	if yes, ok := c.touching[key]; ok {
		return yes
	}
	c.touching[key] = false // one that calls itself
	most := uint64(maxCode)
	if depth > 0 {
		most = maxCallee
	}
	if fn.End <= fn.Entry || fn.End-fn.Entry > most {
		return false
	}
	b := make([]byte, fn.End-fn.Entry)
	if c.read(fn.Entry, b) != nil {
		return false
	}
	yes := c.touched(fn.Entry, b, depth)
	c.touching[key] = yes
	return yes
}

func (c *Code) touched(entry uint64, b []byte, depth int) bool {
	for i := 0; i+5 <= len(b); i++ {
		switch b[i] {
		case 0xF0: // LOCK CMPXCHG and XADD, with a REX prefix or without
			k := i + 1
			if b[k]&0xF0 == 0x40 {
				k++
			}
			if !c.channels && b[k] == 0x0F && (b[k+1] == 0xB1 || b[k+1] == 0xC1) {
				return true
			}
		case 0xE8, 0xE9: // CALL, and a JMP that may be a tail call
			target := entry + uint64(i) + 5 + uint64(int64(int32(binary.LittleEndian.Uint32(b[i+1:]))))
			if target-entry < uint64(len(b)) {
				continue
			}
			fn, ok := c.tables.Func(target)
			switch {
			case !ok || fn.Entry != target:
			case c.effects[fn.Name].does != nothing, c.channels && fn.Name == selectGo:
				return true
			case depth < maxDepth && !c.leavesAlone(fn.Name) && c.touches(fn, depth+1):
				return true
			}
		}
	}
	return false
}
