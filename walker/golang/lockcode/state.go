package lockcode

import (
	"maps"
	"slices"
)

// registers that are followed; numbered as the processor does.
const (
	rax = iota
	rcx
	rdx
	rbx
	rsp
	rbp
	rsi
	rdi
	numRegisters = 16
)

// argumentRegisters are those in which functions get their first arguments, and
// closures, in RDX, themselves.
// https://github.com/golang/go/blob/go1.26.0/src/cmd/compile/abi-internal.md
var argumentRegisters = []int{rax, rbx, rcx, rdi, rsi, 8, 9, 10, 11, rdx}

// state is what is known at one place of the code, on the ways there on which the
// same locks were taken.
type state struct {
	regs  [numRegisters]value
	slots map[int32]word // of the frame, by offset from the CFA
	flags flags
	facts map[fact]bool // on which the way here depended

	held     []hold     // taken on these ways and not let go, in order
	defers   []deferred // what will be called at the end, as far as it was deferred on these ways
	released []gone     // that may have been let go on the way, and not taken again
	always   []lock     // of these, those that were on each of these ways, and were not taken on it before
}

// word is what a part of the frame holds.
type word struct {
	value
	size int32
}

// flags are what the processor's flags tell: that a value is zero or is not.
type flags struct {
	known bool
	of    value // equal to it: the zero flag
	to    int64
}

// fact is that a value is equal to a number.
type fact struct {
	of value
	to int64
}

// gone is a lock that was let go.
type gone struct {
	lock
	own bool   // it had been taken on the way
	at  uint64 // the instruction, where that matters
}

// lock is one lock.
type lock struct {
	mode Mode
	addr value
}

// hold is a lock that was taken.
type hold struct {
	lock
	site uint64 // the instruction
}

func (s *state) clone() *state {
	c := *s
	c.slots, c.facts = maps.Clone(s.slots), maps.Clone(s.facts)
	c.held, c.released, c.defers = slices.Clone(s.held), slices.Clone(s.released), slices.Clone(s.defers)
	c.always = slices.Clone(s.always)
	return &c
}

// key is the same for states that are joined.
func (s *state) key() string {
	b := make([]byte, 0, 16*len(s.held))
	for _, h := range s.held {
		for i := range 8 {
			b = append(b, byte(h.site>>(8*i)))
		}
		b = append(b, byte(h.mode))
	}
	return string(b)
}

// store puts a value into the frame; what it overlaps is gone.
func (s *state) store(off int64, size int, v value) {
	if off != int64(int32(off)) || size <= 0 || size > 64 {
		return
	}
	for at := off - 63; at < off+int64(size); at++ {
		if w, ok := s.slots[int32(at)]; ok && at+int64(w.size) > off {
			s.slots[int32(at)] = word{value{}, w.size}
		}
	}
	s.slots[int32(off)] = word{v, int32(size)}
}

// forget makes parts of the frame unknown.
func (s *state) forget(from, to int64) {
	for off, w := range s.slots {
		if int64(off) < to && int64(off)+int64(w.size) > from {
			s.slots[off] = word{value{}, w.size}
		}
	}
}

// renew forgets what depends on a symbol, which is about to stand for something new.
func (s *state) renew(sym *symbol) {
	for i := range s.regs {
		if s.regs[i].mentions(sym) {
			s.regs[i] = value{}
		}
	}
	for off, w := range s.slots {
		if w.mentions(sym) {
			s.slots[off] = word{value{}, w.size}
		}
	}
	for k := range s.facts {
		if k.of.mentions(sym) {
			delete(s.facts, k)
		}
	}
	if s.flags.of.mentions(sym) {
		s.flags = flags{}
	}
	for i := range s.held {
		if s.held[i].addr.mentions(sym) {
			s.held[i].addr = value{}
		}
	}
	s.released = slices.DeleteFunc(s.released, func(g gone) bool { return g.own && g.addr.mentions(sym) })
	s.always = slices.DeleteFunc(s.always, func(l lock) bool { return l.addr.mentions(sym) })
	for i := range s.released {
		if s.released[i].addr.mentions(sym) {
			s.released[i].addr = value{}
		}
	}
}

// take notes that a lock was taken.
func (s *state) take(l lock, site uint64) {
	if l.mode == Tokens { // in a loop, for others to let go: once is enough
		if n := slices.IndexFunc(s.held, func(h hold) bool { return h.site == site && h.mode == l.mode }); n >= 0 {
			s.held[n].addr = l.addr
			return
		}
	}
	s.released = slices.DeleteFunc(s.released, func(r gone) bool { return r.mode == l.mode && same(r.addr, l.addr) })
	s.always = slices.DeleteFunc(s.always, func(o lock) bool { return o.mode == l.mode && same(o.addr, l.addr) })
	if len(s.held) < maxHeld {
		s.held = append(s.held, hold{l, site})
	}
}

// letGo notes that a lock was let go, and tells whether it was taken before.
func (s *state) letGo(l lock, site uint64) bool {
	taken := s.last(l)
	if taken < 0 && l.addr.kind == unknown {
		// Any of them may be meant.
		s.held = slices.DeleteFunc(s.held, func(h hold) bool { return h.mode == l.mode })
	}
	if taken >= 0 {
		s.held = slices.Delete(s.held, taken, taken+1)
	}
	if taken < 0 && !slices.Contains(s.always, l) && len(s.always) < maxReleased {
		s.always = append(s.always, l)
	}
	if l.mode != Tokens {
		site = 0
	}
	if g := (gone{l, taken >= 0, site}); !slices.Contains(s.released, g) && len(s.released) < maxReleased {
		s.released = append(s.released, g)
	}
	return taken >= 0
}

// last is the index of the lock among those held; of several the last. One whose
// address is not known may be it.
func (s *state) last(l lock) int {
	blank := -1
	for i := len(s.held) - 1; i >= 0; i-- {
		h := s.held[i]
		if h.mode != l.mode {
			continue
		}
		if same(h.addr, l.addr) {
			return i
		}
		if blank < 0 && h.addr.kind == unknown {
			blank = i
		}
	}
	return blank
}

// Bounds of one state.
const (
	maxHeld     = 16
	maxReleased = 16
)
