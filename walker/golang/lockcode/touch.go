package lockcode

import (
	"encoding/binary"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// touches tells whether a function may have anything to do with locks: it has
// atomic instructions, or calls what has. It looks at bytes alone, which may look
// like what they are not.
func (c *Code) touches(fn *pclntab.Func, depth int) bool { return c.mayDo(fn, depth, false) }

// touch is a question about a function, as deep in calls as it is looked at.
type touch struct {
	summed
	letsGo bool // whether it lets go, and not whether it does anything
}

func (c *Code) mayDo(fn *pclntab.Func, depth int, lets bool) bool {
	key := touch{summed{fn.Entry, depth}, lets}
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
	yes := c.touched(fn, b, depth, lets)
	c.touching[key] = yes
	return yes
}

func (c *Code) touched(fn *pclntab.Func, b []byte, depth int, lets bool) bool {
	does := func(target uint64, call bool) bool {
		if target-fn.Entry < uint64(len(b)) {
			return false
		}
		callee, ok := c.tables.Func(target)
		if !ok || callee.Entry != target {
			return false
		}
		e := c.effects[callee.Name]
		switch {
		case !call:
		case e.does == letsGo, e.does != nothing && !lets:
			return true
		case c.channels && callee.Name == selectGo:
			return !lets || c.selectLetsGo(fn)
		}
		return depth < maxDepth && !c.leavesAlone(callee.Name) && c.mayDo(callee, depth+1, lets)
	}
	for i := 0; i+5 <= len(b); i++ {
		switch b[i] {
		case 0xF0: // LOCK CMPXCHG and XADD, with a REX prefix or without
			k := i + 1
			if b[k]&0xF0 == 0x40 {
				k++
			}
			if !c.channels && !c.groups && b[k] == 0x0F && (b[k+1] == 0xB1 || b[k+1] == 0xC1) {
				return true
			}
		case 0xE8, 0xE9: // CALL, and a JMP that may be a tail call
			if does(fn.Entry+uint64(i)+5+uint64(int64(int32(binary.LittleEndian.Uint32(b[i+1:])))), true) {
				return true
			}
		case 0x8D: // LEA of what is beside the code: of a closure's, which is called by a register
			if lets && i > 0 && i+6 <= len(b) && b[i-1]&0xF0 == 0x40 && b[i+1]&0xC7 == 0x05 &&
				does(fn.Entry+uint64(i)+6+uint64(int64(int32(binary.LittleEndian.Uint32(b[i+2:])))), false) {
				return true
			}
		}
	}
	return false
}

// selectLetsGo tells whether any of a function's selects may let something go: whether
// it has cases of the sort that do. How many of each sort there are the compiler puts
// into registers right before the call.
func (c *Code) selectLetsGo(fn *pclntab.Func) bool {
	code := c.decoded(fn).code
	count := x86asm.ESI // of those that receive
	if c.must {
		count = x86asm.EDI
	}
	for n := range code {
		if c.isSelect(&code[n]) && !setsZero(code[max(0, n-nearby):n], count) {
			return true
		}
	}
	return len(code) == 0
}

// setsZero tells whether the last of the instructions that changes a register makes it
// zero, and none goes elsewhere after that.
func setsZero(code []inst, r x86asm.Reg) bool {
	for k := len(code) - 1; k >= 0; k-- {
		i := &code[k]
		if _, _, jumps := i.jump(); jumps || i.bad || i.Op == x86asm.CALL {
			return false
		}
		number, _, ok := gpr(r)
		if to, is := i.Args[0].(x86asm.Reg); is && ok {
			if n, _, _ := gpr(to); n == number && i.Op != x86asm.CMP && i.Op != x86asm.TEST {
				return i.Op == x86asm.XOR && i.Args[1] == x86asm.Arg(to)
			}
		}
	}
	return false
}
