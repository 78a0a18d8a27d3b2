package lockcode

import "golang.org/x/arch/x86/x86asm"

// boolean keeps what is known of a value that was widened from a byte.
func boolean(v value) value {
	if v.kind == constant || v.kind == attempt || v.kind == symbolic && v.off == 0 {
		return v
	}
	return value{}
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
