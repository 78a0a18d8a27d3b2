package lockcode

import (
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// keptBy is what calls leave alone of a function's frame: what the compiler says
// of one of its calls.
func keptBy(fn *pclntab.Func, code []inst) keptWords {
	for n := range code {
		i := &code[n]
		if delta, ok := fn.SPDelta(i.pc); i.bad || i.Op != x86asm.CALL || !ok || delta == 0 {
			continue
		}
		live, err := fn.Live(i.next())
		if err != nil {
			break
		}
		k := keptWords{pointers: int64(live.Pointers)}
		for _, o := range live.Objects {
			k.objects = append(k.objects, [2]int64{int64(o.Offset), int64(o.Offset) + int64(o.Size)})
		}
		return k
	}
	return keptWords{pointers: 1<<31 - 1}
}

// target is the function that a call calls; 0: not known.
func (f *flow) target(s *state, i *inst) uint64 {
	if rel, ok := i.Args[0].(x86asm.Rel); ok {
		return i.next() + uint64(int64(rel))
	}
	if s != nil {
		if v := f.operand(s, i, i.Args[0]); v.kind == constant {
			return uint64(v.off)
		}
	}
	return 0
}

// comesBack tells whether code goes on behind a call.
func (f *flow) comesBack(i *inst) bool {
	fn, ok := f.c.tables.Func(f.target(nil, i))
	return !ok || returns(fn.Name)
}

func (f *flow) call(s *state, i *inst) { f.calls(s, i, f.target(s, i)) }

// calls is what a call does to a state: to locks, to registers, all of which the
// callee may use, and to what the caller handed over or made known.
func (f *flow) calls(s *state, i *inst, target uint64) {
	fn, ok := f.c.tables.Func(target)
	if ok && strings.HasPrefix(fn.Name, "runtime.gcWriteBarrier") {
		s.regs[11] = value{} // it leaves all others alone
		return
	}
	if target == 0 || !ok || fn.Entry != target {
		f.unknownCall(s, i)
		f.afterCall(s, i, 0, false)
		return
	}
	f.defers(s, i, fn.Name)
	e, known := f.c.effects[fn.Name]
	if e.does == adds {
		e.does = s.added()
	}
	l := lock{e.mode, s.regs[e.in].plus(-e.offset)}
	switch {
	case e.does == takes, e.does == mayTake:
		f.take(s, l, i.pc)
	case e.does == letsGo && e.discard && s.regs[e.into] != value{kind: constant}:
		s.letGo(l, i.pc) // it is of use to it
	case e.does == letsGo:
		f.letGo(s, l, i.pc)
	case !known:
		if f.depth < maxDepth && !f.c.leavesAlone(fn.Name) && f.c.touches(fn, f.depth+1) {
			e.does, l = f.follow(s, i, target)
		}
	}
	if observes(fn.Name) {
		f.clobber(s, i)
	} else {
		f.afterCall(s, i, int64(fn.Args), true)
	}
	switch e.does {
	case tries:
		s.regs[rax] = f.attempt(l, i.pc).of
	case mayTake:
		v := f.attempt(l, i.pc).of
		v.sym = f.syms.get(symbol{kind: tried, site: i.pc, addr: l.addr, mode: l.mode, loc: byError})
		v.off = 1
		s.regs[rax] = v
	}
}

// virtual is a call through a pointer, as of an interface's method.
type virtual struct{ fn, receiver value }

const maxVirtual = 4

// leavesAlone tells of functions that are not worth following: the runtime's own.
func (c *Code) leavesAlone(fn string) bool {
	return strings.HasPrefix(fn, "runtime.") || strings.HasPrefix(fn, "internal/runtime/") || strings.HasPrefix(fn, "sync/atomic.")
}

// unknownCall is a call through a pointer. The deferred calls at a function's
// end are such; if it is not known of which function, what they let go is not
// either.
func (f *flow) unknownCall(s *state, i *inst) {
	if v := (virtual{f.operand(s, i, i.Args[0]), s.regs[rax]}); v.fn.kind == symbolic && len(f.virtual) < maxVirtual {
		f.virtual = append(f.virtual, v)
	}
	calls, err := f.fn.Live(i.next())
	if err != nil || calls.Defers == nil || f.resumed {
		return
	}
	v := s.regs[rdx]
	if v.kind == symbolic && v.sym.kind == result || v.kind == unknown || v.kind == symbolic && v.sym.kind == load {
		for _, h := range s.held {
			if g := (gone{lock: h.lock, own: true}); !slices.Contains(s.released, g) && len(s.released) < maxReleased {
				s.released = append(s.released, g)
			}
		}
	}
}

// follow applies what a function does to locks that it gets the address of, or
// that of what they are in. What it tries to take, and says whether it did, is
// returned.
func (f *flow) follow(s *state, i *inst, target uint64) (deed, lock) {
	sum := f.c.summary(target, f.depth+1)
	var args [numRegisters]value
	for _, r := range argumentRegisters {
		args[r] = s.regs[r]
	}
	for _, r := range sum.releases {
		f.letGo(s, lock{r.mode, f.substitute(s, i, r.addr, &args)}, i.pc)
	}
	for _, t := range sum.takes {
		f.take(s, lock{t.mode, f.substitute(s, i, t.addr, &args)}, i.pc)
	}
	if len(sum.attempts) != 1 {
		return nothing, lock{}
	}
	t := sum.attempts[0]
	l := lock{t.mode, f.substitute(s, i, t.addr, &args)}
	if t.does == mayTake {
		f.take(s, l, i.pc)
	}
	return t.does, l
}

// substitute is what a callee's value is in its caller.
func (f *flow) substitute(s *state, i *inst, v value, args *[numRegisters]value) value {
	switch {
	case v.kind == constant:
		return v
	case v.kind != symbolic:
		return value{}
	case v.sym.kind == argument:
		return args[v.sym.loc].plus(v.off)
	case v.sym.kind == load:
		addr := f.substitute(s, i, v.sym.addr, args)
		if addr.kind == inFrame {
			if w, ok := s.slots[int32(addr.off)]; ok && w.size == v.sym.loc {
				return w.plus(v.off)
			}
		}
		if addr.kind == unknown || addr.kind == inFrame {
			return value{}
		}
		sym := f.syms.get(symbol{kind: load, site: i.pc, loc: v.sym.loc, addr: addr, deep: v.sym.deep})
		return value{kind: symbolic, sym: sym, off: v.off}
	}
	return value{}
}

// observes tells of functions that leave the memory which is followed alone: those by
// which the race detector learns what the program does. One is called for each case of
// a select, while its cases are being written down.
// https://github.com/golang/go/blob/go1.26.0/src/cmd/compile/internal/walk/select.go#L214
func observes(fn string) bool {
	return fn == "runtime.selectsetpc" || strings.HasPrefix(fn, "runtime.race")
}

// clobber forgets what is in registers, all of which a callee may use.
func (f *flow) clobber(s *state, i *inst) {
	for r := range s.regs {
		s.regs[r] = value{}
	}
	s.flags = flags{}
	sym := f.syms.get(symbol{kind: result, site: i.pc, loc: rax})
	s.renew(sym)
	s.regs[rax] = value{kind: symbolic, sym: sym}
}

// afterCall forgets what a callee may have changed.
func (f *flow) afterCall(s *state, i *inst, args int64, known bool) {
	f.clobber(s, i)
	sp := f.stackPointer(i.pc)
	switch {
	case sp.kind != inFrame:
		s.forget(-1<<31, 1<<31-1)
	case known && args >= 0:
		s.forget(sp.off, sp.off+args)
	default:
		s.forget(sp.off, f.frame.pointers)
	}
	for _, o := range f.frame.objects {
		if w := s.slots[int32(o[0])]; w.kind == constant && f.c.isEntry(uint64(w.off)) {
			continue // a closure, which nobody changes
		}
		s.forget(o[0], o[1])
	}
}

// letGo notes that a lock is let go, and when it was not taken on the way here
// that it is ahead.
func (f *flow) letGo(s *state, l lock, site uint64) {
	f.again(s, l, site)
	if !s.letGo(l, site) && l.addr.kind != unknown && !slices.Contains(f.ahead, l) && len(f.ahead) < maxHeld {
		f.ahead = append(f.ahead, l)
	}
}
