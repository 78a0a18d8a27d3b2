package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Go's memory does not say who has a Mutex or an RWMutex. What says it is the
// code of who stands between its Lock and its Unlock (package lockcode), and a
// deferred call that is to unlock it. A pointer to a lock alone says nothing:
// whoever made it, or merely knows it, has that too.
//
// It is asked for locks that somebody waits for, once the target goes on, and of
// what is the same for all goroutines that stand alike once.

// claim is what speaks for it that a goroutine has a lock.
type claim struct {
	g        *goroutine
	past     bool // it took the lock, and has not let it go
	sure     bool // on every way that may have led to where it stands
	ahead    bool // its code will let the lock go, without taking it before
	deferred bool // so will a call that it deferred
	count    int  // how often: a reader may have a lock twice
	at       unwind.Frame
}

// strong tells of claims that both ends of the lock speak for.
func (c *claim) strong() bool { return c.past && c.sure && (c.ahead || c.deferred) }

// likely tells of claims that are worth telling: of code that may merely let go
// what another took, or that took the lock only on some way, they are not.
func (c *claim) likely() bool { return c.deferred || c.past && (c.sure || c.ahead) }

// lockKey is a lock, and how it is had.
type lockKey struct {
	addr uint64
	mode lockcode.Mode
}

// lockFacts are what is known of who has the locks that others wait for.
type lockFacts struct {
	code    *lockcode.Code
	wanted  sought               // addresses
	claims  map[lockKey][]*claim // in the order of goroutines
	lines   map[*shape][]int     // physical frames that may have something to do with locks
	partial map[*shape]bool      // their code could not be followed everywhere

	vague     [2]bool           // somebody may have a lock of that mode, and it is not known which
	abandoned []*graph.Resource // locked, and nobody has them

	frames []unwind.Frame // of the goroutine that is looked at
	of     *goroutine
}

// findLockHolders looks for who has the locks that some goroutine waits for.
func (w *walk) findLockHolders() {
	wanted := map[uint64]bool{}
	wants := make([]uint64, len(w.goroutines))
	for i, g := range w.goroutines {
		if wants[i] = w.wantedLock(g); wants[i] != 0 {
			wanted[wants[i]] = true
		}
	}
	if len(wanted) == 0 || w.img.Arch != "amd64" {
		return
	}
	l := &w.locks
	l.wanted, l.claims = seek(wanted), map[lockKey][]*claim{}
	l.lines, l.partial = map[*shape][]int{}, map[*shape]bool{}
	if l.code == nil {
		l.code = lockcode.New(w.tables, w.text)
	}
	for i, g := range w.goroutines {
		w.claimsOf(g, wants[i])
		if w.uncertain(g) {
			l.vague = [2]bool{true, true}
		}
	}
}

// wantedLock is the Mutex or RWMutex that a goroutine waits for; 0: none.
func (w *walk) wantedLock(g *goroutine) uint64 {
	if len(g.sudogs) != 1 || g.isTorn() {
		return 0
	}
	switch kind := w.kindOf(g); kind {
	case graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite:
		_, addr := w.lockOf(g, kind)
		return addr
	}
	return 0
}

// text reads code and what the compiler put beside it: from the file, for it was
// not captured.
func (c *collection) text(addr uint64, buf []byte) error {
	for _, m := range c.modules {
		if addr >= m.Start && addr < m.End && m.ReadFile(addr, buf) == nil {
			return nil
		}
	}
	return c.img.Memory.Read(addr, buf)
}

// standsAt tells of a frame what its code says of locks; nil: nothing.
func (w *walk) standsAt(f unwind.Frame) *lockcode.Standing {
	if f.Func == nil || f.Dead {
		return nil
	}
	switch packageOf(f.Func.Name) {
	case "runtime", "sync", "internal/sync", "internal/poll":
		return nil
	}
	return w.locks.code.At(f.Func, f.PC, f.Trap)
}

// linesOf are the frames of a shape's goroutines that may have to do with locks.
func (w *walk) linesOf(s *shape, frames []unwind.Frame) []int {
	if lines, ok := w.locks.lines[s]; ok {
		return lines
	}
	lines := []int{}
	for i, f := range frames {
		if f.Func == nil {
			continue
		}
		st := w.standsAt(f)
		if st != nil && st.Partial {
			w.locks.partial[s] = true
		}
		if st != nil && st.Concerned() || f.Func.DeferReturn != 0 || f.Func.Name == condWait {
			lines = append(lines, i)
		}
	}
	w.locks.lines[s] = lines
	return lines
}

const condWait = "sync.(*Cond).Wait"

// claimsOf adds what speaks for it that a goroutine has any of the locks. Frames
// are gone through from the innermost on: what one has let go those that called
// it do not have.
func (w *walk) claimsOf(g *goroutine, wants uint64) {
	s := w.shape(g)
	lines, known := w.locks.lines[s]
	if known && len(lines) == 0 {
		return
	}
	w.locks.frames, _ = w.physicalFrames(g, w.locks.frames[:0])
	w.locks.of = g
	frames := w.locks.frames
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
		w.claimsIn(&c, f, w.frameView(i))
	}
	for k, own := range c.own {
		w.locks.claims[k] = append(w.locks.claims[k], own)
	}
}

// touchesAny tells whether any of the locks that are wanted may be the goroutine's.
// Of most it can be told quickly that none is.
func (w *walk) touchesAny(g *goroutine, frames []unwind.Frame, lines []int, wants uint64) bool {
	other := func(addr uint64) bool { return addr != wants && w.locks.wanted.has(addr) }
	for _, i := range lines {
		view := w.frameView(i)
		if st := w.standsAt(frames[i]); st != nil && st.Touches(&view, w.locks.wanted.has, other) {
			return true
		}
		for _, l := range w.deferredLocks(g, frames[i], view) {
			if l.Addr == 0 || other(l.Addr) {
				return true
			}
		}
	}
	return false
}

// deferredLocks are those that a frame's pending deferred calls let go.
func (w *walk) deferredLocks(g *goroutine, f unwind.Frame, view lockcode.Frame) []lockcode.Lock {
	if f.Func.DeferReturn == 0 {
		return nil
	}
	var out []lockcode.Lock
	for _, closure := range w.pendingClosures(g, f) {
		entry, ok := w.wordOf(g, closure)
		if !ok {
			w.locks.vague = [2]bool{true, true}
			continue
		}
		view.Closure = closure
		out = append(out, w.locks.code.Deferred(entry, &view)...)
	}
	return out
}

// claiming is what is gathered of one goroutine.
type claiming struct {
	g     *goroutine
	wants uint64 // the lock that it waits for
	own   map[lockKey]*claim
	gone  map[lockKey]bool
	lost  [2]bool // something was let go, and it is not known what
}

// claimsIn adds what speaks for it in one frame.
func (w *walk) claimsIn(c *claiming, f unwind.Frame, view lockcode.Frame) {
	st := w.standsAt(f)
	if st == nil {
		st = &lockcode.Standing{}
	}
	held, released := st.Past(&view)
	let := map[lockKey]bool{}
	for _, l := range released {
		if l.Addr != 0 {
			let[lockKey{l.Addr, l.Mode}] = true
		} else {
			c.lost[l.Mode] = true
		}
	}
	claimFor := func(k lockKey) *claim {
		if !w.locks.wanted.has(k.addr) || c.gone[k] || c.lost[k.mode] {
			return nil
		}
		if c.own[k] == nil {
			c.own[k] = &claim{g: c.g, at: f}
		}
		return c.own[k]
	}
	for _, l := range held {
		w.locks.vague[l.Mode] = w.locks.vague[l.Mode] || l.Addr == 0
		if own := claimFor(lockKey{l.Addr, l.Mode}); own != nil {
			own.past, own.sure = true, own.sure || l.Sure
			own.count += l.Count
		}
	}
	others := func(locks []lockcode.Lock, note func(own *claim)) {
		for _, l := range locks {
			k := lockKey{l.Addr, l.Mode}
			w.locks.vague[l.Mode] = w.locks.vague[l.Mode] || l.Addr == 0
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
func (w *walk) frameView(i int) lockcode.Frame {
	l := &w.locks
	return lockcode.Frame{
		CFA: l.frames[i].CFA, Lo: l.of.sp, Stack: l.of.stack, Index: i,
		Memory: w.wordAt, Argument: w.argumentOf,
	}
}

// argumentOf is what the caller of a frame handed over in a register; of its own
// arguments its caller's, and so on.
func (w *walk) argumentOf(i, register int) (uint64, bool) {
	frames := w.locks.frames
	if i >= maxArguments || i+1 >= len(frames) {
		return 0, false
	}
	caller := frames[i+1]
	if caller.Func == nil || caller.Trap || caller.Dead {
		return 0, false
	}
	view := w.frameView(i + 1)
	return w.locks.code.Argument(caller.Func, caller.PC, register, &view)
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
	if w.img.Memory.Read(addr, b[:]) != nil && w.text(addr, b[:]) != nil {
		return 0, false
	}
	return le.Uint64(b[:]), true
}

// nameLockHolders says who has a lock, as far as that can be told. A Mutex has one
// holder; when more claims speak for it than there can be, those that both ends
// speak for count, and when these are too many nobody is named.
func (w *walk) nameLockHolders(r *graph.Resource, locked bool, readers int64) {
	if w.locks.claims == nil || r.Holders != nil {
		return
	}
	mode, most := lockcode.Exclusive, int64(1)
	if readers > 0 {
		mode, most = lockcode.Shared, readers
	} else if !locked {
		return
	}
	claims := w.locks.claims[lockKey{r.Address, mode}]
	if len(claims) == 0 && !w.locks.vague[mode] && mode == lockcode.Exclusive {
		w.locks.abandoned = append(w.locks.abandoned, r)
	}
	named := most
	for _, believe := range []func(c *claim) bool{(*claim).likely, func(c *claim) bool { return c.past && c.likely() }, (*claim).strong} {
		var chosen []*claim
		total := int64(0)
		for _, c := range claims {
			if believe(c) {
				chosen = append(chosen, c)
				total += int64(max(c.count, 1))
			}
		}
		if total > most {
			continue
		}
		for _, c := range chosen {
			r.Holders = append(r.Holders, graph.Holder{Task: taskID(c.g.id), Evidence: inferred(c.how())})
		}
		named = total
		break
	}
	if mode == lockcode.Shared && named < most {
		r.Detail = append(r.Detail, graph.Attr{Key: "readers_not_found", Value: most - named})
	}
}

// how says what speaks for a claim.
func (c *claim) how() string {
	var words []string
	if c.past {
		words = append(words, "its code is past the lock")
	}
	switch {
	case c.deferred:
		words = append(words, "a deferred call is to unlock it")
	case c.ahead:
		words = append(words, "its unlock is ahead")
	}
	name := "?"
	if c.at.Func != nil {
		name = c.at.Func.Name
	}
	return strings.Join(words, ", ") + ", in " + name
}
