package lockcode

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// At tells what the code says where fn stands: at an instruction that was
// interrupted (trap), or in the call that returns to pc.
func (c *Code) At(fn *pclntab.Func, pc uint64, trap bool) *Standing {
	k := place{pc, trap}
	if st := c.standing[k]; st != nil {
		return st
	}
	st := &Standing{}
	if c.blocks <= 0 { // the next walk may find out
		st.Partial = true
		return st
	}
	c.standing[k] = st
	if !c.touches(fn, 0) {
		return st
	}
	code := c.decoded(fn).code
	n, ok := at(code, pc)
	if !trap {
		n--
	}
	if len(code) == 0 || !ok && trap || n < 0 || !trap && code[n].next() != pc {
		st.Partial = true
		return st
	}
	past := c.entered(fn)
	if st.Partial = past.partial; c.channels && past.cut {
		return st // of which the ways are not all known nobody can tell what holds on all
	}
	past.heldAt(n, st)
	if !trap && !past.comesBack(&code[n]) {
		return st
	}
	rest := c.resumed(fn, pc)
	if st.Partial = st.Partial || rest.partial; c.channels && rest.cut {
		return st
	}
	st.ahead, st.again = rest.certain(), rest.repeated
	for k, off := range past.taking(n) {
		st.choices = append(st.choices, option{off, c.start(fn, pc, 0, true, k).certain()})
	}
	return st
}

// resumed is a function as it goes on behind a call.
func (c *Code) resumed(fn *pclntab.Func, pc uint64) *flow {
	if f := c.resumes[pc]; f != nil {
		return f
	}
	f := c.start(fn, pc, 0, true)
	f.states = nil
	if c.blocks > 0 && len(c.resumes) < maxResumed { // else the next walk may find out more
		c.resumes[pc] = f
	}
	return f
}

// maxResumed bounds what is remembered of functions that were followed from where they
// stand.
const maxResumed = 1 << 12

// MayLetGo tells whether fn may let anything go behind the call that returns to pc,
// itself or in what it calls. That is told much sooner than what: of most functions by
// a look at what they call.
func (c *Code) MayLetGo(fn *pclntab.Func, pc uint64) bool {
	if !c.mayDo(fn, 0, true) {
		return false
	}
	if c.blocks <= 0 {
		return true
	}
	f := c.resumed(fn, pc)
	return !f.cut && len(f.ahead) > 0
}

// before are the states before an instruction.
func (f *flow) before(n int) []*state {
	target := f.code[n].pc
	i, is := slices.BinarySearch(f.leaders, target)
	if !is {
		i--
	}
	from := f.fn.Entry
	if i >= 0 {
		from = max(from, f.leaders[i])
	}
	begin, ok := at(f.code, from)
	if !ok {
		return nil
	}
	var ways []*state
	for _, s := range f.states[from] {
		s = s.clone()
		for k := begin; k < n; k++ {
			f.step(s, &f.code[k])
		}
		ways = append(ways, s)
	}
	return ways
}

// heldAt adds what is held, and what may have been let go, before an instruction.
func (f *flow) heldAt(n int, st *Standing) {
	ways := f.before(n)
	for _, s := range ways {
		f.begun(s, &f.code[n])
	}
	if len(ways) == 0 { // it is not known how it came here
		st.Partial = true
		return
	}
	for _, s := range ways {
		w := way{}
		for _, h := range s.held {
			w.held = append(w.held, f.found(s, h.lock))
		}
		for _, r := range s.released {
			w.released = append(w.released, gone{lock: f.found(s, r.lock), own: r.own})
		}
		for _, off := range sorted(s.slots) {
			word := s.slots[off]
			m := mark{off: off, size: word.size, want: word.off}
			switch {
			case word.kind == attempt && word.sym.loc == byError:
			case word.kind == attempt:
				m.size, m.want = 1, 1-word.off
				w.tried = append(w.tried, trial{f.found(s, lock{word.sym.mode, word.sym.addr}), m, word.sym.site})
			case len(ways) == 1: // nothing to tell apart
			case word.kind == constant:
				w.marks = append(w.marks, m)
			case word.kind == symbolic:
				for k, is := range s.facts {
					if k.of == word.value {
						w.marks = append(w.marks, mark{off: off, size: word.size, want: k.to, not: !is})
					}
				}
			}
		}
		st.ways = append(st.ways, w)
	}
}

// begun takes out of a state what the call that an instruction makes is about to
// take: its inlined part came before.
func (f *flow) begun(s *state, i *inst) {
	if i.Op != x86asm.CALL {
		return
	}
	fn, ok := f.c.tables.Func(f.target(s, i))
	if !ok {
		return
	}
	e := f.c.effects[fn.Name]
	if e.does != finishes {
		return
	}
	if n := s.last(lock{e.mode, s.regs[rax].plus(-e.offset)}); n >= 0 {
		s.held = slices.Delete(s.held, n, n+1)
	}
}

// Argument is what a function handed over in a register, in the call that
// returns to pc.
func (c *Code) Argument(fn *pclntab.Func, pc uint64, register int, frame *Frame) (uint64, bool) {
	code := c.decoded(fn).code
	n, ok := at(code, pc)
	if n--; !ok || n < 0 || n >= len(code) || code[n].next() != pc {
		return 0, false
	}
	f := c.entered(fn)
	var found uint64
	for k, s := range f.before(n) {
		v, ok := frame.eval(f.findable(s, s.regs[register]))
		if !ok || k > 0 && v != found {
			return 0, false
		}
		found = v
	}
	return found, found != 0
}

// Deferred is what a func value lets go when it is called, which the frame has as
// its Closure; entry is where its function begins. What cannot be told has no
// address.
func (c *Code) Deferred(entry uint64, f *Frame) []Lock {
	if fn, ok := c.tables.Func(entry); !ok || fn.Entry != entry {
		return nil
	}
	var out []Lock
	s := c.summary(entry, 0)
	for _, l := range s.releases {
		out = append(out, f.lock(l))
	}
	for _, v := range s.virtual { // an interface's method: sync.Locker's
		target, ok := f.eval(v.fn)
		fn, known := c.tables.Func(target)
		receiver, got := f.addr(v.receiver)
		if !ok || !known || !got || fn.Entry != target {
			out = append(out, Lock{})
			continue
		}
		if e := c.effects[fn.Name]; e.does == letsGo {
			out = append(out, Lock{Addr: receiver, Mode: e.mode})
		}
	}
	return out
}
