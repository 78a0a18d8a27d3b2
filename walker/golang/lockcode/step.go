package lockcode

import "golang.org/x/arch/x86/x86asm"

// step is what an instruction does to a state. Jumps are followed elsewhere.
func (f *flow) step(s *state, i *inst) {
	if i.bad {
		s.clobber()
		return
	}
	sets := !keepsFlags[i.Op]
	defer func() {
		if sets {
			s.flags = flags{}
		}
	}()
	switch i.Op {
	case x86asm.MOV:
		f.move(s, i)
	case x86asm.LEA:
		if m, ok := i.Args[1].(x86asm.Mem); ok {
			v := f.address(s, i, m)
			if v.kind == unknown {
				v = f.made(s, i)
			}
			f.set(s, i, v)
		}
	case x86asm.MOVZX:
		f.set(s, i, boolean(f.operand(s, i, i.Args[1])))
	case x86asm.ADD, x86asm.SUB, x86asm.INC, x86asm.DEC:
		f.add(s, i)
	case x86asm.XOR:
		v := value{}
		if i.Args[0] == i.Args[1] {
			v = value{kind: constant}
		}
		f.set(s, i, v)
	case x86asm.TEST:
		sets = false
		a, b := f.operand(s, i, i.Args[0]), f.operand(s, i, i.Args[1])
		s.flags = flags{known: a == b && a.kind != unknown, of: a}
	case x86asm.CMP:
		sets = false
		a, b := f.operand(s, i, i.Args[0]), f.operand(s, i, i.Args[1])
		s.flags = flags{known: b.kind == constant, of: a, to: b.off}
	case x86asm.SETE, x86asm.SETNE:
		v := value{}
		if fl := s.flags; fl.known && fl.of.kind == attempt && fl.to == 1 {
			v = fl.of
			if i.Op == x86asm.SETNE {
				v.off ^= 1
			}
		}
		f.set(s, i, v)
	case x86asm.CALL:
		f.call(s, i)
	case x86asm.CMPXCHG, x86asm.XADD:
		sets = !f.atomic(s, i)
	case x86asm.XCHG:
		a, b := f.operand(s, i, i.Args[0]), f.operand(s, i, i.Args[1])
		f.set(s, i, b)
		f.write(s, i, i.Args[1], a)
	case x86asm.PUSH, x86asm.POP, x86asm.NOP, x86asm.JMP, x86asm.RET, x86asm.INT, x86asm.UD2, x86asm.BT,
		x86asm.COMISD, x86asm.COMISS, x86asm.UCOMISD, x86asm.UCOMISS,
		x86asm.PREFETCHNTA, x86asm.PREFETCHT0, x86asm.PREFETCHT1, x86asm.PREFETCHT2, x86asm.PREFETCHW,
		x86asm.MFENCE, x86asm.LFENCE, x86asm.SFENCE, x86asm.PAUSE:
		if i.Op == x86asm.POP {
			f.set(s, i, value{})
		}
	default:
		if _, _, jumps := i.jump(); jumps || f.zeroes(s, i) {
			return
		}
		f.other(s, i)
	}
}

// keepsFlags are instructions that leave the flags as they are.
var keepsFlags = map[x86asm.Op]bool{
	x86asm.MOV: true, x86asm.LEA: true, x86asm.MOVZX: true, x86asm.MOVSX: true, x86asm.MOVSXD: true, x86asm.SETE: true,
	x86asm.SETNE: true, x86asm.NOP: true, x86asm.XCHG: true, x86asm.PUSH: true, x86asm.POP: true, x86asm.MOVUPS: true,
	x86asm.MOVQ: true, x86asm.MOVDQU: true, x86asm.MOVSD_XMM: true, x86asm.JMP: true,
}

// other is what instructions do that are not followed: what they write is not
// known.
func (f *flow) other(s *state, i *inst) {
	if i.Args[0] != nil {
		f.set(s, i, f.made(s, i))
	}
	if i.Op == x86asm.IMUL && i.Args[1] != nil {
		return // that with one operand alone writes others
	}
	for _, r := range implicit[i.Op] {
		s.regs[r] = value{}
	}
}

// made is whatever an instruction makes in a whole register.
func (f *flow) made(s *state, i *inst) value {
	r, ok := i.Args[0].(x86asm.Reg)
	if n, size, is := gpr(r); !ok || !is || size != 8 || n == rsp {
		return value{}
	}
	sym := f.syms.get(symbol{kind: result, site: i.pc, loc: 8})
	s.renew(sym)
	return value{kind: symbolic, sym: sym}
}

// implicit are the registers that instructions write without naming them.
var implicit = map[x86asm.Op][]int{
	x86asm.MUL: {rax, rdx}, x86asm.IMUL: {rax, rdx}, x86asm.DIV: {rax, rdx}, x86asm.IDIV: {rax, rdx},
	x86asm.CQO: {rdx}, x86asm.CDQ: {rdx}, x86asm.CWD: {rdx}, x86asm.CDQE: {rax}, x86asm.CWDE: {rax}, x86asm.CBW: {rax},
	x86asm.CPUID: {rax, rbx, rcx, rdx}, x86asm.RDTSC: {rax, rdx}, x86asm.SYSCALL: {rax, rcx, 11},
	x86asm.MOVSB: {rcx, rsi, rdi}, x86asm.MOVSQ: {rcx, rsi, rdi}, x86asm.STOSB: {rcx, rdi}, x86asm.STOSQ: {rcx, rdi},
	x86asm.LODSB: {rax, rsi}, x86asm.LODSQ: {rax, rsi}, x86asm.LEAVE: {rbp},
}

func (s *state) clobber() {
	for r := range s.regs {
		s.regs[r] = value{}
	}
	s.flags = flags{}
}

// move copies a value. Of halves of addresses nothing is known.
func (f *flow) move(s *state, i *inst) {
	v := f.operand(s, i, i.Args[1])
	f.set(s, i, v)
}

func (f *flow) add(s *state, i *inst) {
	v := f.operand(s, i, i.Args[0])
	n := value{kind: constant, off: 1}
	if i.Args[1] != nil {
		n = f.operand(s, i, i.Args[1])
	}
	out := value{}
	switch {
	case n.kind == constant && (i.Op == x86asm.ADD || i.Op == x86asm.INC):
		out = v.plus(n.off)
	case n.kind == constant:
		out = v.plus(-n.off)
	case v.kind == constant && i.Op == x86asm.ADD:
		out = n.plus(v.off)
	}
	if out.kind == unknown {
		out = f.made(s, i)
	}
	f.set(s, i, out)
}

// atomic is what a compare-and-swap or an atomic addition does, which may be the
// inlined part of a lock's method. It tells whether it set the flags.
func (f *flow) atomic(s *state, i *inst) bool {
	e := effect{}
	if hasLock(i) {
		e = f.atomicAt(i)
	}
	var addr value
	m, ok := i.Args[0].(x86asm.Mem)
	if ok {
		addr = f.address(s, i, m).plus(-e.offset)
	}
	f.set(s, i, value{})
	if i.Op == x86asm.CMPXCHG {
		s.regs[rax] = value{}
	} else if i.Args[1] != nil {
		f.write(s, i, i.Args[1], value{})
	}
	if !ok {
		return false
	}
	l := lock{e.mode, addr}
	switch e.does {
	case takes:
		s.take(l, i.pc)
	case letsGo:
		f.letGo(s, l, i.pc)
	case tries:
		s.flags = f.attempt(l, i.pc)
		return true
	}
	return false
}

func hasLock(i *inst) bool {
	for _, p := range i.Prefix {
		if p&0xff == x86asm.PrefixLOCK {
			return true
		}
	}
	return false
}

// attempt is the outcome of a TryLock as flags: 1 when it has the lock.
func (f *flow) attempt(l lock, site uint64) flags {
	sym := f.syms.get(symbol{kind: tried, site: site, addr: l.addr, mode: l.mode})
	return flags{known: true, of: value{kind: attempt, sym: sym}, to: 1}
}
