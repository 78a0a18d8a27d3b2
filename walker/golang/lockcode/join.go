package lockcode

import "slices"

// join joins what is known on another way to a block with what is known so far.
// It returns nil when that adds nothing.
func (f *flow) join(old, in *state, block uint64) *state {
	out := old.clone()
	in = in.clone()
	changed := false
	set := func() { changed = true }

	meet := (&junction{f: f, block: block, in: in, before: out.meetings(block), came: map[*symbol]value{}}).meet
	for i := range out.regs {
		if m := meet(out.regs[i], in.regs[i]); m != out.regs[i] {
			out.regs[i] = m
			set()
		}
	}
	for _, off := range sorted(out.slots) {
		w := out.slots[off]
		other, ok := in.slots[off]
		if !ok {
			other = word{f.initial(off, w.size), w.size}
		}
		v := value{}
		if other.size == w.size {
			v = meet(w.value, other.value)
		}
		if v != w.value {
			out.slots[off] = word{v, w.size}
			set()
		}
	}
	for _, off := range sorted(in.slots) {
		if _, ok := out.slots[off]; ok {
			continue
		}
		w := in.slots[off]
		v := meet(f.initial(off, w.size), w.value)
		out.slots[off] = word{v, w.size}
		if v.kind != unknown || f.resumed {
			set()
		}
	}
	for i := range out.held { // the same sites, in the same order
		if m := meet(out.held[i].addr, in.held[i].addr); m != out.held[i].addr {
			out.held[i].addr = m
			set()
		}
	}
	for k, is := range out.facts {
		if other, ok := in.facts[k]; !ok || other != is {
			delete(out.facts, k)
			set()
		}
	}
	if out.flags != in.flags && out.flags.known {
		out.flags = flags{}
		set()
	}
	for _, d := range in.defers {
		if !slices.Contains(out.defers, d) && len(out.defers) < maxDeferred {
			out.defers = append(out.defers, d)
			set()
		}
	}
	for _, r := range in.released {
		if !slices.Contains(out.released, r) && len(out.released) < maxReleased {
			out.released = append(out.released, r)
			set()
		}
	}
	n := len(out.always)
	out.always = slices.DeleteFunc(out.always, func(l lock) bool { return !slices.Contains(in.always, l) })
	if !changed && len(out.always) == n {
		return nil
	}
	return out
}

// junction is a block at whose begin values of several ways meet. Where they
// differ there is a symbol for either: one for all places at which the same two
// meet, for these hold the same.
type junction struct {
	f      *flow
	block  uint64
	in     *state
	before map[*symbol]bool  // meetings of earlier ways
	came   map[*symbol]value // what comes on this way, of each meeting
}

func (j *junction) meet(a, b value) value {
	if a.kind == unknown || b.kind == unknown {
		return value{}
	}
	own := a.kind == symbolic && a.sym.kind == meeting && a.sym.site == j.block
	switch {
	case a == b && !own:
		return a
	case !own:
		one, other := a.plus(-a.off), b.plus(-a.off)
		if one.kind == unknown || other.kind == unknown {
			return value{}
		}
		sym := j.f.syms.get(symbol{kind: meeting, site: j.block, addr: one, with: other})
		if j.before[sym] { // it is of another time
			return value{}
		}
		return value{kind: symbolic, sym: sym, off: a.off}
	}
	comes := b.plus(-a.off)
	if before, ok := j.came[a.sym]; ok && before != comes || comes.kind == unknown {
		return value{} // it came to differ from others
	}
	j.came[a.sym] = comes
	if b != a {
		j.in.renew(a.sym)
	}
	return a
}

// meetings are the symbols of a block's begin that a state has.
func (s *state) meetings(block uint64) map[*symbol]bool {
	out := map[*symbol]bool{}
	note := func(v value) {
		for sym := v.sym; sym != nil; sym = sym.addr.sym {
			if sym.kind == meeting && sym.site == block {
				out[sym] = true
			}
		}
	}
	for _, v := range s.regs {
		note(v)
	}
	for _, w := range s.slots {
		note(w.value)
	}
	for _, h := range s.held {
		note(h.addr)
	}
	return out
}

// initial is what a part of the frame holds before anything is stored to it.
func (f *flow) initial(off, size int32) value {
	if !f.resumed {
		return value{}
	}
	return value{kind: symbolic, sym: f.syms.get(symbol{kind: slot, loc: off, site: uint64(size)})}
}

func sorted(m map[int32]word) []int32 {
	out := make([]int32, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
