package golang

import (
	"errors"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// standsAt tells of a frame what its code says of locks; nil: nothing.
func (w *holderSearch) standsAt(f unwind.Frame) *lockcode.Standing {
	if !w.asks(f) {
		return nil
	}
	return w.code.At(f.Func, f.PC, f.Trap)
}

// asks tells whether a frame's code is asked at all.
func (w *holderSearch) asks(f unwind.Frame) bool {
	if f.Func == nil || f.Dead {
		return false
	}
	pkg := packageOf(f.Func.Name)
	switch pkg {
	case "runtime", "sync", "internal/sync", "internal/poll":
		return false
	}
	// The standard library has its channels for other things.
	return !w.tokens || w.origins.of(pkg) != graph.OriginStdlib
}

// linesOf are the frames of a shape's goroutines that may have to do with locks.
func (w *holderSearch) linesOf(s *shape, frames []unwind.Frame) []int {
	if lines, ok := w.lines[s]; ok {
		return lines
	}
	lines := []int{}
	for i, f := range frames {
		if f.Func == nil {
			continue
		}
		st := w.standsAt(f)
		if st != nil && st.Partial {
			w.partial[s] = true
		}
		if st != nil && st.Concerned() || f.Func.DeferReturn != 0 || f.Func.Name == condWait {
			lines = append(lines, i)
		}
	}
	w.lines[s] = lines
	return lines
}

const condWait = "sync.(*Cond).Wait"

// claimsOf adds what speaks for it that a goroutine has any of the locks. Frames
// are gone through from the innermost on: what one has let go those that called
// it do not have.
func (w *holderSearch) claimsOf(g *goroutine, wants uint64) {
	s := w.shape(g)
	lines, known := w.lines[s]
	if known && len(lines) == 0 {
		return
	}
	w.lookAt(g)
	frames := w.subject.frames
	if lines = w.linesOf(s, frames); !w.touchesAny(g, frames, lines, wants) {
		return
	}
	c := claiming{g: g, wants: wants, own: map[lockKey]*claim{}, gone: map[lockKey]bool{}}
	for _, i := range lines {
		f := frames[i]
		if f.Func.Name == condWait {
			for mode := range lockcode.Mode(2) {
				c.gone[lockKey{w.condLocks[w.conds[g]], mode}] = true
			}
			continue
		}
		w.claimsIn(&c, f, i)
	}
	for k, own := range c.own {
		own.started = w.tokens && !own.past && w.startedBehind(own, k.addr)
		w.claims[k] = append(w.claims[k], own)
	}
}

// touchesAny tells whether any of the locks that are wanted may be the goroutine's.
// Of most it can be told quickly that none is.
func (w *holderSearch) touchesAny(g *goroutine, frames []unwind.Frame, lines []int, wants uint64) bool {
	other := func(addr uint64) bool { return addr != wants && w.wanted.has(addr) }
	unknown := func(m lockcode.Mode) bool { return !w.vague[m] } // once is enough
	for _, i := range lines {
		view := w.frameView(i)
		if st := w.standsAt(frames[i]); st != nil && st.Touches(&view, w.wanted.has, other, unknown) {
			return true
		}
		for _, l := range w.deferredLocks(g, frames[i], view) {
			if l.Addr == 0 && unknown(l.Mode) || other(l.Addr) {
				return true
			}
		}
	}
	return false
}

// deferredLocks are those that a frame's pending deferred calls let go.
func (w *holderSearch) deferredLocks(g *goroutine, f unwind.Frame, view lockcode.Frame) []lockcode.Lock {
	if f.Func.DeferReturn == 0 {
		return nil
	}
	var out []lockcode.Lock
	for _, closure := range w.pendingClosures(g, f) {
		entry, ok := w.wordOf(g, closure)
		if !ok {
			w.vague = everything
			continue
		}
		view.Closure = closure
		out = append(out, w.code.Deferred(entry, &view)...)
	}
	return out
}

// claiming is what is gathered of one goroutine.
type claiming struct {
	g     *goroutine
	wants uint64 // the lock that it waits for
	own   map[lockKey]*claim
	gone  map[lockKey]bool
	lost  [lockcode.NumModes]bool // something was let go, and it is not known what
}

// claimsIn adds what speaks for it in one frame.
func (w *holderSearch) claimsIn(c *claiming, f unwind.Frame, line int) {
	view := w.frameView(line)
	st := w.standsAt(f)
	if st == nil {
		st = &lockcode.Standing{}
	}
	held, released := st.Past(&view)
	let := map[lockKey]bool{}
	for _, l := range st.Again(&view) {
		w.queues[l.Addr] = true
	}
	for _, l := range released {
		if l.Addr != 0 {
			let[lockKey{l.Addr, l.Mode}] = true
		} else if !w.tokens { // of channels, most are no semaphores
			c.lost[l.Mode] = true
		}
	}
	claimFor := func(k lockKey) *claim {
		if !w.wanted.has(k.addr) || c.gone[k] || c.lost[k.mode] {
			return nil
		}
		if c.own[k] == nil {
			c.own[k] = &claim{g: c.g, at: f, mode: k.mode, line: line}
		}
		return c.own[k]
	}
	for _, l := range held {
		w.vague[l.Mode] = w.vague[l.Mode] || l.Addr == 0
		if own := claimFor(lockKey{l.Addr, l.Mode}); own != nil {
			own.past, own.sure = true, own.sure || l.Sure
			own.count += l.Count
		}
	}
	others := func(locks []lockcode.Lock, note func(own *claim)) {
		for _, l := range locks {
			k := lockKey{l.Addr, l.Mode}
			w.vague[l.Mode] = w.vague[l.Mode] || l.Addr == 0
			// What it waits for it may be about to let go once it has it.
			if c.own[k] == nil && (l.Addr == c.wants || let[k]) {
				continue
			}
			if own := claimFor(k); own != nil {
				note(own)
			}
		}
	}
	others(st.Ahead(&view), func(own *claim) { own.ahead = true })
	others(w.deferredLocks(c.g, f, view), func(own *claim) { own.deferred = true })
	for k := range let {
		c.gone[k] = true
	}
}

// frameView is a frame as package lockcode looks at it.
func (w *holderSearch) frameView(i int) lockcode.Frame {
	return lockcode.Frame{
		CFA: w.subject.frames[i].CFA, Lo: w.subject.sp, Stack: w.subject.stack, Index: i,
		Memory: w.wordAt, Argument: w.argumentOf, Names: w.names,
	}
}

// argumentOf is what the caller of a frame handed over in a register; of its own
// arguments its caller's, and so on.
func (w *holderSearch) argumentOf(i, register int) (uint64, bool) {
	frames := w.subject.frames
	if i >= maxArguments || i+1 >= len(frames) {
		return 0, false
	}
	caller := frames[i+1]
	if caller.Func == nil || caller.Trap || caller.Dead {
		return 0, false
	}
	view := w.frameView(i + 1)
	return w.code.Argument(caller.Func, caller.PC, register, &view)
}

// maxArguments bounds how far out a frame may stand whose arguments are asked for.
const maxArguments = 256

// wordOf is a word of the goroutine's stack, or of any memory.
func (w *walk) wordOf(g *goroutine, addr uint64) (uint64, bool) {
	if v, ok := g.stackWord(addr); ok {
		return v, true
	}
	return w.wordAt(addr)
}

// wordAt is a word of any memory.
func (w *walk) wordAt(addr uint64) (uint64, bool) {
	var b [8]byte
	if w.img.Memory.Read(addr, b[:]) != nil && w.constant(addr, b[:]) != nil {
		return 0, false
	}
	return le.Uint64(b[:]), true
}

// constant reads what the program cannot change.
func (c *collection) constant(addr uint64, buf []byte) error {
	for _, m := range c.modules {
		if m.ReadOnly(addr, len(buf)) {
			return m.ReadFile(addr, buf)
		}
	}
	return errors.New("it may be another by now")
}
