package lockcode

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// A channel with a buffer is a semaphore to code that puts something in to enter and
// takes something out to leave; or the other way round, if it was filled before. So
// it is followed like a lock, with these for Lock and Unlock.
//
// A queue is used by other code: what one puts in others take out. Who takes out what
// somebody else put in lets nothing go if it does so again and again, or if it uses
// what it got.

// sends are what does something to a channel that is entered by sending.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/chan.go#L160
var sends = vocabulary{
	"runtime.chansend1":    {does: takes, mode: Tokens},
	"runtime.selectnbsend": {does: tries, mode: Tokens},
	"runtime.chanrecv1":    {does: letsGo, mode: Tokens, discard: true, into: rbx},
	"runtime.chanrecv2":    {does: letsGo, mode: Tokens, discard: true, into: rsp}, // as range does: never
	"runtime.selectnbrecv": {does: letsGo, mode: Tokens, in: rbx, discard: true, into: rax},
}

// receives are what does something to one that is entered by receiving.
var receives = vocabulary{
	"runtime.chanrecv1":    {does: takes, mode: Tokens},
	"runtime.selectnbrecv": {does: tries, mode: Tokens, in: rbx},
	"runtime.chansend1":    {does: letsGo, mode: Tokens},
	"runtime.selectnbsend": {does: letsGo, mode: Tokens},
}

// NewSends returns the code of a program as to channels that are entered by sending,
// and left by receiving.
func NewSends(tables pclntab.Tables) *Code {
	c := New(tables)
	c.effects, c.channels = sends, true
	return c
}

// NewReceives returns it as to channels that are entered by receiving, and left by
// sending on every way: to put back what could not be done is no way to leave.
func NewReceives(tables pclntab.Tables) *Code {
	c := New(tables)
	c.effects, c.channels, c.must = receives, true, true
	return c
}

const selectGo = "runtime.selectgo"

// isSelect tells of the call that a select with several cases is.
func (c *Code) isSelect(i *inst) bool {
	if !c.channels || i.bad || i.Op != x86asm.CALL {
		return false
	}
	rel, ok := i.Args[0].(x86asm.Rel)
	if !ok {
		return false
	}
	fn, ok := c.tables.Func(i.next() + uint64(int64(rel)))
	return ok && fn.Name == selectGo
}

// choice is one case of a select.
type choice struct {
	lock
	effect
	off  int64 // of its channel in the frame, from the CFA
	kept bool  // of a receive: what comes is kept
}

// maxChoices bounds the cases of a select that are told apart.
const maxChoices = 16

// selects are the cases of the select that an instruction is: an array of pairs, of
// the channel and where the value is; those that send come first.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/select.go#L121
func (f *flow) selects(s *state, i *inst) []choice {
	if !f.c.isSelect(i) {
		return nil
	}
	from, sending, receiving := s.regs[rax], s.regs[rdi], s.regs[rsi]
	n := sending.off + receiving.off
	if from.kind != inFrame || sending.kind != constant || receiving.kind != constant || sending.off < 0 || receiving.off < 0 || n > maxChoices {
		f.partial = true
		return nil
	}
	out := make([]choice, 0, n)
	for k := range n {
		name := "runtime.chansend1"
		if k >= sending.off {
			name = "runtime.chanrecv1"
		}
		e, off := f.c.effects[name], from.off+16*k
		c := choice{effect: e, lock: lock{e.mode, s.at(off)}, off: off}
		c.kept = e.discard && s.at(off+8) != value{kind: constant}
		out = append(out, c)
	}
	return out
}

// taking are the cases of the select that an instruction is by which something is
// taken, with where their channels are in the frame.
func (f *flow) taking(n int) map[int64]int64 {
	out := map[int64]int64{}
	if !f.c.isSelect(&f.code[n]) {
		return out
	}
	for _, s := range f.before(n) {
		for k, c := range f.selects(s, &f.code[n]) {
			if c.does == takes && len(out) < maxTaking {
				out[int64(k)] = c.off
			}
		}
	}
	return out
}

// maxTaking bounds the cases of one select that are followed on their own.
const maxTaking = 6

// at is what is known of a word of the frame.
func (s *state) at(off int64) value {
	if w, ok := s.slots[int32(off)]; ok && w.size == 8 && off == int64(int32(off)) {
		return w.value
	}
	return value{}
}

// caseBits is where the site of what a select took has which case it was.
const caseBits = 56

// chosen are the ways on from a select: one for each of its cases, and one for none.
func (f *flow) chosen(s *state, i *inst, cases []choice) []branch {
	out := make([]branch, 0, len(cases)+1)
	for k, c := range cases {
		way := s.clone()
		way.regs[rax] = value{kind: constant, off: int64(k)}
		switch {
		case c.does == takes:
			f.take(way, c.lock, i.pc|uint64(k+1)<<caseBits)
		case c.kept:
			way.letGo(c.lock, i.pc)
		default:
			f.letGo(way, c.lock, i.pc)
		}
		out = append(out, branch{i.next(), way})
	}
	s.regs[rax] = value{kind: constant, off: -1}
	return append(out, branch{i.next(), s})
}

// take notes that a lock is taken. Of one that is to be let go on every way, those
// are noted that were not before it is taken again.
func (f *flow) take(s *state, l lock, site uint64) {
	if f.c.must && f.resumed && !s.let(l) && len(f.kept) < maxHeld && !slices.Contains(f.kept, l) {
		f.kept = append(f.kept, l)
	}
	s.take(l, site)
}

// let tells whether a lock was let go, on every way, that had not been taken on it.
func (s *state) let(l lock) bool {
	return slices.ContainsFunc(s.always, func(o lock) bool { return o.mode == l.mode && same(o.addr, l.addr) })
}

// again notes what is let go for the second time.
func (f *flow) again(s *state, l lock, site uint64) {
	if l.mode != Tokens && l.mode != Counted || s.last(l) >= 0 || slices.Contains(f.repeated, l) || len(f.repeated) >= maxHeld {
		return
	}
	for _, g := range s.released {
		if !g.own && g.mode == l.mode && (same(g.addr, l.addr) || g.at == site) {
			f.repeated = append(f.repeated, l)
			return
		}
	}
}

// certain are the locks that are let go ahead. A channel of which that is so again
// and again is a queue to this code, and one that it may keep none of its own.
func (f *flow) certain() []lock {
	if !f.c.channels {
		return f.ahead
	}
	is := func(l lock) func(o lock) bool {
		return func(o lock) bool { return o.mode == l.mode && (o.addr.kind == unknown || same(o.addr, l.addr)) }
	}
	return slices.DeleteFunc(slices.Clone(f.ahead), func(l lock) bool {
		if slices.ContainsFunc(f.repeated, is(l)) {
			return true
		}
		return f.c.must && (slices.ContainsFunc(f.kept, is(l)) || slices.ContainsFunc(f.returned, func(s *state) bool { return !s.let(l) }))
	})
}

// outcome is a lock that a function tries to take, and how it says whether it did.
type outcome struct {
	lock
	does deed
}

// attempts are what a function keeps on some of its ways, where what it returns tells
// these from the others: no error, or true.
func (f *flow) attempts() []outcome {
	var out []outcome
	for _, s := range f.returned {
		for _, h := range s.held {
			if h.addr.kind == unknown || slices.ContainsFunc(out, func(o outcome) bool { return o.mode == h.mode && same(o.addr, h.addr) }) {
				continue
			}
			byError, byBool := true, true
			for _, r := range f.returned {
				v, has := r.regs[rax], r.last(h.lock) >= 0
				zero := v == value{kind: constant}
				one := v == value{kind: constant, off: 1}
				byError = byError && has == zero
				byBool = byBool && (has && one || !has && zero)
			}
			switch {
			case byBool:
				out = append(out, outcome{h.lock, tries})
			case byError:
				out = append(out, outcome{h.lock, mayTake})
			}
		}
	}
	return out
}

// zeroes stores the zeros of X15, with which several words are cleared at once.
// https://github.com/golang/go/blob/go1.26.0/src/cmd/compile/abi-internal.md
func (f *flow) zeroes(s *state, i *inst) bool {
	m, ok := i.Args[0].(x86asm.Mem)
	if !ok || !f.c.channels || i.Op != x86asm.MOVUPS || i.Args[1] != x86asm.Arg(x86asm.X15) {
		return false
	}
	addr := f.address(s, i, m)
	if addr.kind != inFrame {
		return false
	}
	for k := range int64(2) {
		s.store(addr.off+8*k, 8, value{kind: constant})
	}
	return true
}
