package lockcode

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Comes tells whether a function that stands behind a call, at from, may come to
// the call that returns to to, or come to it again.
func (c *Code) Comes(fn *pclntab.Func, from, to uint64) bool {
	d := c.decoded(fn)
	seen := make([]bool, len(d.code))
	todo := []uint64{from}
	for len(todo) > 0 {
		n, ok := at(d.code, todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		for ok && n < len(d.code) && !seen[n] {
			seen[n] = true
			i := &d.code[n]
			if i.Op == x86asm.CALL && !i.bad && i.next() == to {
				return true
			}
			if i.Op == x86asm.RET || i.Op == x86asm.UD2 || i.Op == x86asm.INT {
				break
			}
			target, conditional, jumps := i.jump()
			switch {
			case jumps && target != 0:
				todo = append(todo, target)
			case jumps && !conditional:
				todo = append(todo, c.table(fn, d.code, n)...)
			}
			if jumps && !conditional {
				break
			}
			n++
		}
	}
	return false
}

// Variables are the addresses of the program's variables that a function loads a
// word of.
func (c *Code) Variables(fn *pclntab.Func) []uint64 {
	var out []uint64
	for _, i := range c.decoded(fn).code {
		m, ok := i.Args[1].(x86asm.Mem)
		if i.bad || i.Op != x86asm.MOV || !ok || m.Base != x86asm.RIP || i.MemBytes != 8 {
			continue
		}
		if addr := i.next() + uint64(int64(int32(m.Disp))); !slices.Contains(out, addr) {
			out = append(out, addr)
		}
	}
	return out
}

// Calls are the addresses that a function's calls of some functions return to.
func (c *Code) Calls(fn *pclntab.Func, is func(name string) bool) []uint64 {
	var out []uint64
	for _, i := range c.decoded(fn).code {
		rel, ok := i.Args[0].(x86asm.Rel)
		if i.bad || i.Op != x86asm.CALL || !ok {
			continue
		}
		if callee, ok := c.tables.Func(i.next() + uint64(int64(rel))); ok && is(callee.Name) {
			out = append(out, i.next())
		}
	}
	return out
}
