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
	for _, r := range hidden[i.Op] {
		if len(hidden[i.Op]) != 2 || i.Args[1] == nil { // of IMUL, the one with one operand
			s.regs[r] = value{}
		}
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

// hidden are the registers that instructions write without naming them.
var hidden = map[x86asm.Op][]int{
	x86asm.MUL: {rax, rdx}, x86asm.IMUL: {rax, rdx}, x86asm.DIV: {rax, rdx}, x86asm.IDIV: {rax, rdx},
	x86asm.CQO: {rdx}, x86asm.CDQ: {rdx}, x86asm.CWD: {rdx}, x86asm.CDQE: {rax}, x86asm.CWDE: {rax}, x86asm.CBW: {rax},
	x86asm.CPUID: {rax, rbx, rcx, rdx, rax}, x86asm.RDTSC: {rax, rdx, rax}, x86asm.SYSCALL: {rax, rcx, 11},
	x86asm.MOVSB: {rcx, rsi, rdi}, x86asm.MOVSQ: {rcx, rsi, rdi}, x86asm.STOSB: {rcx, rdi, rdi}, x86asm.STOSQ: {rcx, rdi, rdi},
	x86asm.LODSB: {rax, rsi, rsi}, x86asm.LODSQ: {rax, rsi, rsi}, x86asm.LEAVE: {rbp},
}

func (s *state) clobber() {
	for r := range s.regs {
		s.regs[r] = value{}
	}
	s.flags = flags{}
}

// boolean keeps what is known of a value that was widened from a byte.
func boolean(v value) value {
	if v.kind == constant || v.kind == attempt || v.kind == symbolic && v.off == 0 {
		return v
	}
	return value{}
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

// set writes the first operand.
func (f *flow) set(s *state, i *inst, v value) { f.write(s, i, i.Args[0], v) }

func (f *flow) write(s *state, i *inst, to x86asm.Arg, v value) {
	switch a := to.(type) {
	case x86asm.Reg:
		if n, size, ok := gpr(a); ok && n != rsp {
			if size < 8 {
				v = boolean(v)
			}
			s.regs[n] = v
		}
	case x86asm.Mem:
		if addr := f.address(s, i, a); addr.kind == inFrame {
			size := max(i.MemBytes, 1)
			if size < 8 {
				v = boolean(v)
			} else if size > 8 {
				v = value{}
			}
			s.store(addr.off, size, v)
		}
	}
}

// operand is the value of an operand.
func (f *flow) operand(s *state, i *inst, arg x86asm.Arg) value {
	switch a := arg.(type) {
	case x86asm.Reg:
		n, size, ok := gpr(a)
		switch {
		case !ok || size == 0:
			return value{}
		case n == rsp:
			return f.stackPointer(i.pc)
		case size < 8:
			return boolean(s.regs[n])
		}
		return s.regs[n]
	case x86asm.Imm:
		return value{kind: constant, off: int64(a)}
	case x86asm.Mem:
		return f.loaded(s, i, f.address(s, i, a))
	}
	return value{}
}

// stackPointer is SP before an instruction.
func (f *flow) stackPointer(pc uint64) value {
	delta, ok := f.fn.SPDelta(pc)
	if !ok {
		return value{}
	}
	return value{kind: inFrame, off: -delta - 8}
}

// address is the address that a memory operand stands for.
func (f *flow) address(s *state, i *inst, m x86asm.Mem) value {
	switch {
	case m.Segment != 0 || m.Index != 0 && m.Scale != 0:
		return value{}
	case m.Base == x86asm.RIP:
		return value{kind: constant, off: int64(i.next()) + int64(int32(m.Disp))}
	case m.Base == 0:
		return value{kind: constant, off: m.Disp}
	}
	return f.operand(s, i, m.Base).plus(m.Disp)
}

// loaded is what is at an address.
func (f *flow) loaded(s *state, i *inst, addr value) value {
	size := i.MemBytes
	if addr.kind == inFrame && addr.off == int64(int32(addr.off)) {
		off := int32(addr.off)
		if w, ok := s.slots[off]; ok && int(w.size) == size {
			return w.value
		} else if !ok && !s.covered(off, size) {
			if v := f.initial(off, int32(size)); v.kind != unknown {
				return v
			}
		}
	}
	deep := 1
	if addr.sym != nil {
		deep += addr.sym.deep
	}
	if deep > maxLoads || size == 0 || addr.kind == attempt {
		return value{}
	}
	kind := load
	if addr.kind == unknown || addr.kind == inFrame {
		kind, addr = result, value{} // whatever it holds now
	}
	sym := f.syms.get(symbol{kind: kind, site: i.pc, loc: int32(size), addr: addr, deep: deep})
	s.renew(sym)
	return value{kind: symbolic, sym: sym}
}

// covered tells whether a part of the frame was stored to, in other pieces.
func (s *state) covered(off int32, size int) bool {
	for at := off - 63; at < off+int32(size); at++ {
		if w, ok := s.slots[at]; ok && at+w.size > off {
			return true
		}
	}
	return false
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
