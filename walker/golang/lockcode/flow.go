package lockcode

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// flow follows the code of one function, from its entry or from where it stands.
type flow struct {
	c       *Code
	fn      *pclntab.Func
	code    []inst
	leaders []uint64 // where blocks begin, ascending
	syms    symbols
	resumed bool   // it goes on from where it stands: the frame's words are symbols
	from    uint64 // where it begins
	depth   int    // of calls that are followed

	states   map[uint64][]*state // what is known where a block begins, by locks
	returned []*state            // at the ends of the function
	ahead    []lock              // let go on some way and not taken before
	repeated []lock              // let go again, and not taken in between
	kept     []lock              // that may be taken again before they were let go
	virtual  []virtual           // calls of unknown functions
	partial  bool                // not all of it could be followed
	cut      bool                // because that would take too long
	frame    keptWords
}

// keptWords is what a call leaves alone of its caller's frame.
type keptWords struct {
	pointers int64      // below this lies what calls may write
	objects  [][2]int64 // variables whose address is known to others
}

// Bounds of one function.
const (
	maxStates = 24 // at one place
	maxVisits = 20_000

	// What has to do with channels is short, or else it is none that could be told:
	// large functions are those that serve many of them.
	maxChannelVisits = 1_000
)

// branch is a block that is yet to be followed, with one of its states.
type branch struct {
	pc uint64
	s  *state
}

// run follows all ways.
func (f *flow) run(starts []*state) {
	f.states = map[uint64][]*state{f.from: starts}
	var todo []branch
	for _, s := range starts {
		todo = append(todo, branch{f.from, s})
	}
	most := maxVisits
	if f.c.channels {
		most = maxChannelVisits
	}
	for visits := 0; len(todo) > 0; visits++ {
		if f.c.blocks--; visits > most || f.c.blocks < 0 {
			f.partial, f.cut = true, true
			return
		}
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !slices.Contains(f.states[b.pc], b.s) {
			continue // it was joined with another since
		}
		for _, next := range f.block(b.pc, b.s.clone()) {
			if s := f.arrive(next.pc, next.s); s != nil {
				todo = append(todo, branch{next.pc, s})
			}
		}
	}
}

// arrive adds a state to those of a block. It returns the one to go on with;
// nil: nothing is new.
func (f *flow) arrive(pc uint64, s *state) *state {
	all := f.states[pc]
	key := s.key()
	for i, old := range all {
		if old.key() == key {
			joined := f.join(old, s, pc)
			if joined != nil {
				all[i] = joined
			}
			return joined
		}
	}
	if len(all) >= maxStates {
		f.partial = true
		return nil
	}
	f.states[pc] = append(all, s)
	return s
}

// block follows one block to its end, and returns where it goes from there.
func (f *flow) block(pc uint64, s *state) []branch {
	n, ok := at(f.code, pc)
	if !ok {
		f.partial = true
		return nil
	}
	for {
		i := &f.code[n]
		if i.Op == x86asm.RET {
			f.returned = append(f.returned, s)
			return nil
		}
		if i.Op == x86asm.UD2 || i.Op == x86asm.INT {
			return nil
		}
		if target, conditional, is := i.jump(); is {
			return f.jumps(s, i, target, conditional)
		}
		if i.Op == x86asm.CALL && !i.bad && !f.comesBack(i) {
			return nil
		}
		cases := f.selects(s, i)
		f.step(s, i)
		n++
		if n == len(f.code) {
			f.partial = true
			return nil
		}
		if cases != nil {
			return f.chosen(s, i, cases)
		}
		if _, is := slices.BinarySearch(f.leaders, f.code[n].pc); is {
			return []branch{{f.code[n].pc, s}}
		}
	}
}

func (f *flow) jumps(s *state, i *inst, target uint64, conditional bool) []branch {
	switch {
	case !conditional && target == 0:
		return f.indirect(s, i)
	case !conditional && !f.within(target):
		if fn, ok := f.c.tables.Func(target); ok && fn.Entry == f.fn.Entry {
			return nil // it begins again, with a larger stack
		}
		f.calls(s, i, target) // a tail call
		f.returned = append(f.returned, s)
		return nil
	case !conditional:
		return []branch{{target, s}}
	}
	var out []branch
	if f.decide(s, i, true) && f.within(target) && target != f.fn.Entry {
		taken := s.clone()
		f.learn(taken, i, true)
		out = append(out, branch{target, taken})
	}
	if f.decide(s, i, false) {
		f.learn(s, i, false)
		out = append(out, branch{i.next(), s})
	}
	return out
}

// equal tells which way of a jump means that what was compared is equal; false
// when it is no such jump.
func equal(i *inst, taken bool) (eq, is bool) {
	switch i.Op {
	case x86asm.JE:
		return taken, true
	case x86asm.JNE:
		return !taken, true
	}
	return false, false
}

// decide tells whether a jump can be taken, or not taken.
func (f *flow) decide(s *state, i *inst, taken bool) bool {
	eq, is := equal(i, taken)
	if !is || !s.flags.known {
		return true
	}
	switch v := s.flags.of; v.kind {
	case constant:
		return (uint32(v.off) == uint32(s.flags.to)) == eq
	case symbolic:
		if is, known := s.facts[fact{v, s.flags.to}]; known {
			return is == eq
		}
	}
	return true
}

// learn notes what it means that a jump was taken, or not.
func (f *flow) learn(s *state, i *inst, taken bool) {
	eq, is := equal(i, taken)
	if !is || !s.flags.known {
		return
	}
	switch v := s.flags.of; v.kind {
	case attempt:
		has := eq == (s.flags.to == 1)
		took := (v.off == 0) == has
		switch {
		case v.sym.loc != byError && took:
			f.take(s, lock{v.sym.mode, v.sym.addr}, v.sym.site)
		case v.sym.loc == byError && !took:
			s.held = slices.DeleteFunc(s.held, func(h hold) bool { return h.site == v.sym.site })
		}
		s.know(v, has)
	case symbolic:
		if len(s.facts) < maxFacts {
			if s.facts == nil {
				s.facts = map[fact]bool{}
			}
			s.facts[fact{v, s.flags.to}] = eq
		}
	}
}

const maxFacts = 32

// know replaces the outcome of an attempt by what it was.
func (s *state) know(v value, one bool) {
	put := func(w value) value {
		if w.kind != attempt || w.sym != v.sym {
			return w
		}
		c := value{kind: constant}
		if one == (w.off == v.off) {
			c.off = 1
			if v.sym.loc == byError {
				return value{} // some error
			}
		}
		return c
	}
	for i := range s.regs {
		s.regs[i] = put(s.regs[i])
	}
	for off, w := range s.slots {
		s.slots[off] = word{put(w.value), w.size}
	}
	s.flags = flags{}
}
