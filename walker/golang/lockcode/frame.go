package lockcode

import "encoding/binary"

// Frame is what a lock's address is computed from.
type Frame struct {
	CFA   uint64
	Lo    uint64 // where Stack begins
	Stack []byte
	// Memory reads a word anywhere else; nil: nothing can be read.
	Memory func(addr uint64) (uint64, bool)
	// Argument is what the caller of the Index-th frame had in a register when it
	// called; nil: that is not known.
	Argument func(index, register int) (uint64, bool)
	Index    int
	// Names has the words of memory that could not be read; nil: there are none.
	Names *Names
	// Closure is the func value that was called, where that is asked for.
	Closure uint64
}

// word reads a word of the frame, at an offset from the CFA.
func (f *Frame) word(off int32) (uint64, bool) { return f.stackWord(f.CFA + uint64(int64(off))) }

func (f *Frame) stackWord(addr uint64) (uint64, bool) {
	at := addr - f.Lo
	if addr < f.Lo || at+8 > uint64(len(f.Stack)) {
		return 0, false
	}
	return binary.LittleEndian.Uint64(f.Stack[at:]), true
}

func (f *Frame) memory(addr uint64) (uint64, bool) {
	if v, ok := f.stackWord(addr); ok {
		return v, true
	}
	if f.Memory == nil {
		return 0, false
	}
	if !isName(addr) {
		if v, ok := f.Memory(addr); ok {
			return v, true
		}
	}
	return f.Names.of(addr)
}

// lock is a lock with its address, as the frame has it.
func (f *Frame) lock(l lock) Lock {
	addr, ok := f.addr(l.addr)
	if !ok {
		addr = 0
	}
	return Lock{Addr: addr, Mode: l.mode}
}

// addr is the address that a value is, and not a name of one.
func (f *Frame) addr(v value) (uint64, bool) {
	addr, ok := f.eval(v)
	if ok && isName(addr) {
		return f.Names.meaning(addr)
	}
	return addr, ok
}

func (f *Frame) eval(v value) (uint64, bool) {
	switch v.kind {
	case constant:
		return uint64(v.off), true
	case inFrame:
		return f.CFA + uint64(v.off), true
	case symbolic:
		var base uint64
		var ok bool
		switch {
		case v.sym.kind == slot && v.sym.site == 8:
			base, ok = f.word(v.sym.loc)
		case v.sym.kind == load && v.sym.loc == 8:
			if base, ok = f.eval(v.sym.addr); ok {
				base, ok = f.memory(base)
			}
		case v.sym.kind == argument && v.sym.loc == rdx && f.Closure != 0:
			base, ok = f.Closure, true
		case v.sym.kind == argument && f.Argument != nil:
			base, ok = f.Argument(f.Index, int(v.sym.loc))
		}
		return base + uint64(v.off), ok && base != 0
	}
	return 0, false
}

// found is a lock whose address is put in terms of where it can be found.
func (f *flow) found(s *state, l lock) lock { return lock{l.mode, f.findable(s, l.addr)} }

// findable turns a value into one that the frame's words tell, as they are.
func (f *flow) findable(s *state, v value) value {
	if v.kind != symbolic {
		return v
	}
	for _, off := range sorted(s.slots) {
		w := s.slots[off]
		if w.kind == symbolic && w.sym == v.sym && w.size == 8 {
			return value{kind: symbolic, sym: f.syms.get(symbol{kind: slot, site: 8, loc: off}), off: v.off - w.off}
		}
	}
	switch v.sym.kind {
	case load:
		if addr := f.findable(s, v.sym.addr); addr.kind != unknown {
			return value{kind: symbolic, sym: f.syms.get(symbol{kind: load, loc: v.sym.loc, addr: addr}), off: v.off}
		}
	case argument: // its caller may have it
		return v
	}
	return value{}
}
