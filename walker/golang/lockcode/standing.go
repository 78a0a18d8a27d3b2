package lockcode

import (
	"slices"
)

// Lock is a lock that code speaks of.
type Lock struct {
	Addr  uint64 // 0: it cannot be told which
	Mode  Mode
	Sure  bool // it is so on every way that leads here
	Count int  // how often it was taken, at the most
	Other bool // of one that was let go: it was not taken on the way
}

// Standing is what the code says of locks where a function stands. The ways there
// are told apart, as far as the frame does.
type Standing struct {
	ways    []way
	ahead   []lock
	again   []lock
	choices []option
	Partial bool // not all of the code could be followed: there may be more
}

// option is a case of a select in which a function waits: where the frame has its
// channel, and what is ahead if it is chosen.
type option struct {
	off   int64
	ahead []lock
}

// way is what is so on some of the ways that lead to where a function stands.
type way struct {
	held     []lock
	released []gone
	tried    []trial
	marks    []mark
}

// mark is a word of the frame that tells whether a way was taken.
type mark struct {
	off, size int32
	want      int64
	not       bool // it holds anything but that
}

// trial is a lock that was taken if the word says so.
type trial struct {
	lock
	by   mark
	site uint64
}

// Past is what is so, as the frame's words tell: what was taken and not let go,
// and what may have been let go, perhaps of whoever called.
func (st *Standing) Past(f *Frame) (held, released []Lock) {
	taken := 0
	seen := map[Lock]int{} // on how many ways
	most := map[Lock]int{} // how often on one
	gone := map[Lock]bool{}
	for i := range st.ways {
		w := &st.ways[i]
		if slices.ContainsFunc(w.marks, func(m mark) bool { return !m.holds(f, true) }) {
			continue
		}
		taken++
		times := map[Lock]int{}
		for _, l := range w.held {
			times[f.lock(l)]++
		}
		tried := map[uint64]bool{}
		for _, l := range w.tried {
			if !tried[l.site] && l.by.holds(f, false) {
				tried[l.site] = true
				times[f.lock(l.lock)]++
			}
		}
		for l, n := range times {
			seen[l]++
			most[l] = max(most[l], n)
		}
		for _, g := range w.released {
			l := f.lock(g.lock)
			l.Other = !g.own
			gone[l] = true
		}
	}
	for l, n := range seen {
		held = append(held, Lock{Addr: l.Addr, Mode: l.Mode, Sure: n == taken, Count: most[l]})
	}
	for l := range gone {
		released = append(released, l)
	}
	return held, released
}

// Ahead is what will be let go, on some way, and was not taken before.
func (st *Standing) Ahead(f *Frame) []Lock {
	var out []Lock
	for _, l := range st.ahead {
		if l := f.lock(l); l.Addr != 0 {
			out = append(out, l)
		}
	}
	for _, c := range st.choices { // it lets go what it waits for
		own, ok := f.word(int32(c.off))
		for _, l := range c.ahead {
			if l := f.lock(l); ok && l.Addr == own && own != 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

// Again is what will be let go several times in a row: of channels, what is none of
// its own to let go.
func (st *Standing) Again(f *Frame) []Lock {
	var out []Lock
	for _, l := range st.again {
		if l := f.lock(l); l.Addr != 0 {
			out = append(out, l)
		}
	}
	return out
}

// Touches tells whether any of the locks that the code speaks of is one of those
// that are asked for, or cannot be told and matters: it is quicker than asking which,
// and lock by lock.
func (st *Standing) Touches(f *Frame, held, ahead func(addr uint64) bool, matters func(m Mode) bool) bool {
	for i := range st.ways {
		w := &st.ways[i]
		for _, l := range w.held {
			if addr, ok := f.addr(l.addr); ok && held(addr) || !ok && matters(l.mode) {
				return true
			}
		}
		for _, l := range w.tried {
			if addr, ok := f.addr(l.addr); ok && held(addr) || !ok && matters(l.mode) {
				return true
			}
		}
	}
	for _, locks := range [][]lock{st.ahead, st.again} {
		for _, l := range locks {
			if addr, ok := f.addr(l.addr); ok && ahead(addr) {
				return true
			}
		}
	}
	return false
}

// Concerned tells whether there is anything to say.
func (st *Standing) Concerned() bool {
	return len(st.ahead)+len(st.again) > 0 || slices.ContainsFunc(st.ways, func(w way) bool { return len(w.held)+len(w.released)+len(w.tried) > 0 })
}

// holds tells whether the word is as it should be; unread what of one that cannot
// be read.
func (m mark) holds(f *Frame, unread bool) bool {
	at := m.off &^ 7
	v, ok := f.word(at)
	if !ok || m.off-at+m.size > 8 {
		return unread
	}
	v >>= 8 * uint(m.off-at)
	mask := ^uint64(0)
	if m.size < 8 {
		mask = uint64(1)<<(8*uint(m.size)) - 1
	}
	return (v&mask == uint64(m.want)&mask) != m.not
}
