package lockcode

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// within tells whether a jump to pc stays in the function.
func (f *flow) within(pc uint64) bool { return pc > f.fn.Entry && pc < f.fn.End }

// indirect follows a jump by a table, which a switch makes.
func (f *flow) indirect(s *state, i *inst) []branch {
	n, _ := at(f.code, i.pc)
	var out []branch
	for _, pc := range f.c.table(f.fn, f.code, n) {
		if !slices.ContainsFunc(out, func(b branch) bool { return b.pc == pc }) {
			out = append(out, branch{pc, s.clone()})
		}
	}
	if out == nil {
		f.partial = true
	}
	return out
}

// table reads the table of the indirect jump that is the n-th instruction:
// addresses within the function, one after another. Where the table lies is loaded
// shortly before.
func (c *Code) table(fn *pclntab.Func, code []inst, n int) []uint64 {
	m, ok := code[n].Args[0].(x86asm.Mem)
	if !ok || m.Base == 0 {
		return nil
	}
	for k := n - 1; k >= max(0, n-8); k-- {
		l := &code[k]
		if l.bad || l.Op != x86asm.LEA || l.Args[0] != x86asm.Arg(m.Base) {
			continue
		}
		from, ok := l.Args[1].(x86asm.Mem)
		if !ok || from.Base != x86asm.RIP {
			return nil
		}
		var out []uint64
		for i := range uint64(maxTable) {
			pc, err := c.word(l.next() + uint64(int64(int32(from.Disp))+m.Disp) + 8*i)
			if err != nil || pc <= fn.Entry || pc >= fn.End {
				break
			}
			out = append(out, pc)
		}
		return out
	}
	return nil
}

// leadersOf are where blocks begin: where jumps go, and behind them.
func (c *Code) leadersOf(fn *pclntab.Func, code []inst) []uint64 {
	var out []uint64
	for n := range code {
		target, conditional, is := code[n].jump()
		if !is {
			if c.isSelect(&code[n]) {
				out = append(out, code[n].next())
			}
			continue
		}
		out = append(out, code[n].next())
		switch {
		case target != 0:
			out = append(out, target)
		case !conditional:
			out = append(out, c.table(fn, code, n)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
