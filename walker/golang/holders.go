package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
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
	started  bool // what started it took the lock before, and lets it go nowhere
	mode     lockcode.Mode
	count    int // how often: a reader may have a lock twice
	at       unwind.Frame
	line     int // which of its frames that is
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

// everything is every mode.
var everything = [lockcode.NumModes]bool{true, true, true, true, true}

// holderSearch is what is known of who has the locks that others wait for.
type holderSearch struct {
	*walk
	code    *lockcode.Code
	names   *lockcode.Names
	wanted  sought               // addresses
	claims  map[lockKey][]*claim // in the order of goroutines
	lines   map[*shape][]int     // physical frames that may have something to do with locks
	partial map[*shape]bool      // their code could not be followed everywhere

	vague     [lockcode.NumModes]bool // somebody may have a lock of that mode, and it is not known which
	abandoned []*graph.Resource       // locked, and nobody has them

	tokens bool                  // it is about channels
	takers map[uint64][]callSite // where those that wait for one of them stand
	lends  map[uint64]bool       // one of them gives back what it waits for
	queues map[uint64]bool       // somebody takes out what others put in, again and again

	subject struct { // the goroutine that is looked at
		*goroutine
		frames []unwind.Frame // its physical ones
	}
}

func (w *walk) newHolderSearch(code *lockcode.Code, wanted map[uint64]bool) *holderSearch {
	return &holderSearch{
		walk: w, code: code, names: lockcode.NewNames(), wanted: seek(wanted), claims: map[lockKey][]*claim{},
		lines: map[*shape][]int{}, partial: map[*shape]bool{},
	}
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
	l := w.newHolderSearch(w.asCode(&w.codes.locks, lockcode.New), wanted)
	w.locks = l
	asked := map[uint64]int{}
	for i, g := range w.goroutines {
		if addr := wants[i]; addr != 0 && asked[addr] < maxAsked {
			asked[addr]++
			l.lookAt(g)
			l.waitsIn(addr, len(l.subject.frames))
		}
	}
	for i, g := range w.goroutines {
		l.claimsOf(g, wants[i])
		if l.uncertain(g) {
			l.vague = everything
		}
	}
}

// programCode is what was learnt of a program's code, for one question each. It is
// the same in each walk.
type programCode struct {
	locks, sends, receives, dones *lockcode.Code // nil: nobody asked yet
}

// asCode begins a walk's questions about code.
func (c *collection) asCode(code **lockcode.Code, create func(pclntab.Tables) *lockcode.Code) *lockcode.Code {
	if *code == nil {
		*code = create(c.tables)
	}
	(*code).Walk(c.text)
	return *code
}

// done ends a walk's.
func (c *programCode) done() {
	for _, code := range []*lockcode.Code{c.locks, c.sends, c.receives, c.dones} {
		if code != nil {
			code.Done()
		}
	}
}

// maxAsked bounds how many of those that wait for one lock are asked what they took
// its address from.
const maxAsked = 32

// maxOuter bounds how far out the call is that takes a lock: of functions that the
// program has for it.
const maxOuter = 4

// waitsIn finds the frame, of the goroutine that is looked at, that takes the lock
// which it waits for, among the innermost so many; -1: it is not known.
func (w *holderSearch) waitsIn(addr uint64, most int) int {
	found := -1
	for i, n := 0, 0; i < most && n < maxOuter; i++ {
		f := w.subject.frames[i]
		if f.Trap || !w.asks(f) {
			continue
		}
		n++
		view := w.frameView(i)
		if w.code.Waits(f.Func, f.PC, addr, &view) && found < 0 {
			found = i
		}
	}
	return found
}

// lookAt makes a goroutine the one that is looked at.
func (w *holderSearch) lookAt(g *goroutine) {
	w.subject.frames, _ = w.physicalFrames(g, w.subject.frames[:0])
	w.subject.goroutine = g
}

// wantedLock is the Mutex, RWMutex or semaphore that a goroutine waits for; 0: none.
func (w *walk) wantedLock(g *goroutine) uint64 {
	if place, ok := w.weighted[g]; ok {
		return place.semaphore
	}
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

// nameLockHolders says who has a lock, as far as that can be told. A Mutex has one
// holder; when more claims speak for it than there can be, those that both ends
// speak for count, and when these are too many nobody is named.
func (w *walk) nameLockHolders(r *graph.Resource, locked bool, readers int64) {
	if w.locks == nil || r.Holders != nil {
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
	named := believed(r, claims, most)
	if mode == lockcode.Shared && named < most {
		r.Detail = append(r.Detail, graph.Attr{Key: "readers_not_found", Value: most - named})
	}
}

// nameUnitHolders says who has some of a semaphore's units, of which held are
// taken: how many each took is not known.
func (w *walk) nameUnitHolders(r *graph.Resource, held int64) {
	if w.locks != nil && r.Holders == nil && held > 0 {
		believed(r, w.locks.claims[lockKey{r.Address, lockcode.Units}], held)
	}
}

// believed names those of the claims that there is room for: all that are likely,
// else those who took the lock, else those of whom both ends are known, else none.
// It returns how many of the most that there can be they are.
func believed(r *graph.Resource, claims []*claim, most int64) int64 {
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
		return total
	}
	return 0
}

// how says what speaks for a claim.
func (c *claim) how() string {
	took, lets, lock := "the lock", "unlock", "unlock it"
	switch c.mode {
	case lockcode.Units:
		took, lets, lock = "Acquire", "release", "release it"
	case lockcode.Tokens:
		took, lets, lock = "what enters it", "leaving", "leave it"
	}
	var words []string
	switch {
	case c.past:
		words = append(words, "its code is past "+took)
	case c.started:
		words = append(words, "what started it is past "+took)
	}
	switch {
	case c.deferred:
		words = append(words, "a deferred call is to "+lock)
	case c.ahead:
		words = append(words, "its "+lets+" is ahead")
	}
	return strings.Join(words, ", ") + ", in " + c.at.Func.Name
}
