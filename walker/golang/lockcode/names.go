package lockcode

import (
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Names stand for words of memory that were not read: the same for the same word.
// What one of them holds is known all the same where a goroutine waits for the lock
// that it took from there. So the locks of others are known that took theirs from the
// same place, though it is not known what else lies there.
type Names struct {
	words map[uint64]uint64 // names, by address: a name and an offset, too
	means map[uint64]uint64 // what a name, with an offset, is the address of
}

// NewNames returns names of no words yet.
func NewNames() *Names { return &Names{words: map[uint64]uint64{}, means: map[uint64]uint64{}} }

// Names are no addresses: a processor has none like these. They are so far from each
// other that fields do not get into each other's way.
const (
	firstName = 1 << 63
	lastName  = firstName + 1<<62
	nameSpace = 1 << 32
	maxNames  = 1 << 20
)

func isName(v uint64) bool { return v >= firstName && v < lastName }

func (n *Names) of(addr uint64) (uint64, bool) {
	if n == nil || addr < 1<<12 || len(n.words) >= maxNames {
		return 0, false
	}
	name, ok := n.words[addr]
	if !ok {
		name = firstName + nameSpace/2 + uint64(len(n.words))*nameSpace
		n.words[addr] = name
	}
	return name, true
}

func (n *Names) meaning(name uint64) (uint64, bool) {
	addr, ok := n.means[name]
	return addr, ok && addr != 0
}

// learn notes what a name is the address of. What is said to be two different things
// is neither.
func (n *Names) learn(name, addr uint64) {
	if old, ok := n.means[name]; ok && old != addr {
		addr = 0
	}
	n.means[name] = addr
}

// Waits tells whether the call of fn that returns to pc is one that takes the lock at
// addr, which its goroutine waits for. Of a select any of its cases may be it. What
// the code took the lock's address from, if that was not read, is noted: it holds this.
func (c *Code) Waits(fn *pclntab.Func, pc, addr uint64, frame *Frame) bool {
	f, n := c.callBefore(fn, pc)
	if f == nil {
		return false
	}
	does := false
	is := func(s *state, v value) {
		for _, v := range []value{f.findable(s, v), f.reloaded(s, v)} {
			at, ok := frame.eval(v)
			if ok && isName(at) {
				frame.Names.learn(at, addr)
			}
			does = does || ok && (isName(at) || at == addr)
		}
	}
	i := &f.code[n]
	for _, s := range f.before(n) {
		for _, ch := range f.selects(s, i) {
			if v, ok := frame.word(int32(ch.off)); ok && v == addr && ch.does == takes {
				is(s, ch.addr)
				does = true
			}
		}
		for _, l := range f.takes(s, i) {
			is(s, l.addr)
		}
	}
	return does
}

// reloaded is a value that was loaded, in terms of where it was loaded from, though
// the frame may have it too.
func (f *flow) reloaded(s *state, v value) value {
	if v.kind != symbolic || v.sym.kind != load {
		return value{}
	}
	addr := f.findable(s, v.sym.addr)
	if addr.kind == unknown {
		return value{}
	}
	return value{kind: symbolic, sym: f.syms.get(symbol{kind: load, loc: v.sym.loc, addr: addr}), off: v.off}
}

// callBefore is the call that returns to pc, and the code around it.
func (c *Code) callBefore(fn *pclntab.Func, pc uint64) (*flow, int) {
	if !c.touches(fn, 0) {
		return nil, 0
	}
	code := c.decoded(fn).code
	n, ok := at(code, pc)
	if n--; !ok || n < 0 || code[n].next() != pc {
		return nil, 0
	}
	return c.entered(fn), n
}

// TakenBefore tells whether fn, whichever way it comes to the instruction before one
// of the places, has taken what the call takes that returns to site. In the abstract,
// of the same function: whichever lock it was.
func (c *Code) TakenBefore(fn *pclntab.Func, site uint64, places []uint64) bool {
	f, n := c.callBefore(fn, site)
	if f == nil || len(places) == 0 {
		return false
	}
	taken := f.takenBy(n)
	if len(taken) == 0 {
		return false
	}
	has := func(s *state) bool {
		return slices.ContainsFunc(s.held, func(h hold) bool {
			return slices.ContainsFunc(taken, func(l lock) bool { return l.mode == h.mode && same(l.addr, h.addr) })
		})
	}
	return slices.ContainsFunc(places, func(place uint64) bool {
		k, ok := at(f.code, place)
		if k--; !ok || k < 0 {
			return false
		}
		ways := f.before(k)
		return len(ways) > 0 && !slices.ContainsFunc(ways, func(s *state) bool { return !has(s) })
	})
}

// takenBy are the locks that an instruction takes.
func (f *flow) takenBy(n int) []lock {
	var out []lock
	i := &f.code[n]
	for _, s := range f.before(n) {
		for _, c := range f.selects(s, i) {
			if c.does == takes {
				out = append(out, c.lock)
			}
		}
		out = append(out, f.takes(s, i)...)
	}
	return slices.DeleteFunc(out, func(l lock) bool { return l.addr.kind == unknown })
}

// takes are the locks that an instruction takes, that it finishes to take, or tries to.
func (f *flow) takes(s *state, i *inst) []lock {
	if fn, ok := f.c.tables.Func(f.target(s, i)); ok {
		if e := f.c.effects[fn.Name]; e.does != nothing {
			if e.does == letsGo || e.does == adds {
				return nil
			}
			return []lock{{e.mode, s.regs[e.in].plus(-e.offset)}}
		}
	}
	var out []lock
	s = s.clone()
	f.step(s, i)
	for _, h := range s.held {
		if h.site == i.pc {
			out = append(out, h.lock)
		}
	}
	return out
}

// Makes are the places behind the instructions of fn that make a func value of the
// function at entry.
func (c *Code) Makes(fn *pclntab.Func, entry uint64) []uint64 {
	var out []uint64
	code := c.decoded(fn).code
	for n := range code {
		i := &code[n]
		if to, ok := i.points(); ok && (to == entry || c.holds(to, entry)) {
			out = append(out, i.next())
		}
	}
	return out
}

// holds tells whether a word of the program's read-only data is this.
func (c *Code) holds(addr, v uint64) bool {
	w, err := c.word(addr)
	return err == nil && w == v
}
