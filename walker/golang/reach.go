package golang

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/heap"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Which goroutines can ever run again. The argument is that of the runtime's
// own profile of leaks: a goroutine that waits on a channel or a lock can go on
// only if somebody who can run reaches that object. So it is supposed of all
// such goroutines that they cannot, and nothing that only they lead to is
// looked at; what is reached from everything else is marked; each of them whose
// object was reached is taken to be able to run, its own pointers are followed
// too, and so on until no more come. The others can never be woken.
// https://github.com/golang/go/blob/go1.27.1/src/runtime/mgc.go#L1176
//
// What is hidden is more than the runtime hides: the sudogs of such a
// goroutine whole, with the element as well as the channel, and its g, with its
// deferred calls. Only it itself could use them.
//
// Variables of packages come last, one after the other. Whoever they wake is
// known not to be reached by any goroutine: only that variable leads there.

// reach is the state of one search.
type reach struct {
	*walk
	ctx   context.Context
	heap  *heap.Heap
	marks *heap.Marks

	suspects map[*goroutine]bool
	waiting  map[uint64][]*goroutine // suspects, by the heap objects that could wake them
	inData   map[int][]*goroutine    // likewise, by the variable, an index into globals
	globals  []variable
	ready    []*goroutine // found to be able to run, and not followed yet
	keeper   map[*goroutine]string

	doubts []string // why what was not reached may be reachable all the same
}

// doubt notes a reason why the search may have missed something.
func (r *reach) doubt(format string, args ...any) {
	const most = 4
	if d := fmt.Sprintf(format, args...); len(r.doubts) < most && !slices.Contains(r.doubts, d) {
		r.doubts = append(r.doubts, d)
	}
}

// errNoHeap is why leaks were not looked for when that is a matter of how the
// process was captured.
var errNoHeap = errors.New("the heap was not captured (--capture heap)")

// openHeap reads the heap's index.
func (w *walk) openHeap() (*heap.Heap, error) {
	addr, _, ok := w.global("runtime.mheap_")
	switch {
	case !w.img.Whole:
		return nil, errNoHeap
	case w.img.Source == "delve" && !w.options.Heap:
		return nil, errors.New("not in a debugger's session, which would stand still for it; at Delve's prompt async --heap does")
	case !ok:
		return nil, errors.New("the program has no symbol table")
	}
	l := w.lay.heap.reader
	if w.img.Arch == "amd64" {
		l.ArenaBase = heap.AMD64ArenaBase
	}
	return heap.Load(w.img.Memory, &l, addr)
}

// newReach supposes of everybody who waits for somebody that nobody comes.
func (w *walk) newReach(ctx context.Context, h *heap.Heap) *reach {
	r := &reach{
		walk: w, ctx: ctx, heap: h, marks: h.NewMarks(),
		suspects: map[*goroutine]bool{}, waiting: map[uint64][]*goroutine{}, inData: map[int][]*goroutine{}, keeper: map[*goroutine]string{},
	}
	for _, note := range w.img.Notes {
		if strings.HasPrefix(note, "torn: ") {
			r.doubt("the process ran while it was read")
		}
	}
	r.findVariables()
	for _, g := range w.goroutines {
		if w.canBeStuck(g) {
			r.suspects[g] = true
			r.hold(g)
		}
	}
	for _, g := range w.goroutines {
		if !r.suspects[g] || !r.await(g) {
			delete(r.suspects, g)
			r.ready = append(r.ready, g)
		}
	}
	return r
}

// canBeStuck tells whether a goroutine waits for another one, and for nothing
// that ends by itself. One that is just being woken, and one in a synctest
// bubble, whose end the runtime sees to, does not.
func (w *walk) canBeStuck(g *goroutine) bool {
	if !parked(g.status) || g.isTorn() || g.broken != "" || g.stack == nil || g.bubble != 0 || g.panicking != 0 || w.isSystem(g) {
		return false
	}
	switch w.kindOf(g) {
	case graph.WaitForever:
		return g.id != 1 // main's is meant
	case graph.WaitChanReceive, graph.WaitChanSend, graph.WaitSelect,
		graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitWaitGroup, graph.WaitCond:
		return len(w.waitedOn(g)) > 0
	case graph.WaitSemaphore:
		// Up to Go 1.23 a WaitGroup's has no word of its own.
		_, is := w.within(g, []string{"sync.(*WaitGroup).Wait"})
		return is && len(w.waitedOn(g)) > 0
	}
	return false
}

// waitedOn are the addresses of what a goroutine waits on: whoever wakes it has
// one of them.
func (w *walk) waitedOn(g *goroutine) []uint64 {
	if w.kindOf(g) == graph.WaitCond {
		if list := w.conds[g]; list != 0 {
			return []uint64{list}
		}
		return nil
	}
	var out []uint64
	for _, s := range g.sudogs {
		switch {
		case s.c != 0:
			out = append(out, s.c)
		case s.elem != 0:
			out = append(out, s.elem)
		default:
			return nil
		}
	}
	return out
}

// hold keeps what belongs to a goroutine alone from being followed.
func (r *reach) hold(g *goroutine) {
	r.marks.Hold(g.addr)
	for _, s := range g.sudogs {
		r.marks.Hold(s.addr)
	}
}

// await has the search tell when one of the things that a suspect waits on is
// reached. False: one of them is already, or is where nothing is known of it.
func (r *reach) await(g *goroutine) bool {
	for _, addr := range r.waitedOn(g) {
		if addr >= g.lo && addr < g.hi {
			continue // on its own stack: nobody else can have it
		}
		if object, ok := r.marks.Watch(addr); ok {
			r.waiting[object] = append(r.waiting[object], g)
		} else if v := r.variableAt(addr); v >= 0 {
			r.inData[v] = append(r.inData[v], g)
		} else {
			return false
		}
	}
	return true
}

// run marks what can be reached. In the end suspects has those who cannot run,
// and keeper, of those who can, the variable that alone leads to what they wait on.
func (r *reach) run() {
	r.follow(r.firstRoots(), "")
	for i := range r.globals {
		if r.ctx.Err() != nil {
			break
		}
		v := &r.globals[i]
		if v.machinery {
			continue
		}
		r.wake(r.inData[i], v.name)
		r.follow(v.pointers, v.name)
	}
	if r.ctx.Err() != nil {
		r.doubt("there was no time to finish")
	}
	for _, f := range r.heap.Faults() {
		r.doubt("%s", f)
	}
	if n := r.marks.Unread(); n > 0 {
		r.doubt("%d objects that are in use could not be read", n)
	}
}

// wake takes goroutines from the suspects.
func (r *reach) wake(gs []*goroutine, keeper string) {
	for _, g := range gs {
		if r.suspects[g] {
			delete(r.suspects, g)
			r.ready = append(r.ready, g)
			if keeper != "" {
				r.keeper[g] = keeper
			}
		}
	}
}

// follow marks what words lead to, and what those who are woken by that have.
// Only of the first is it said that the keeper leads there: to the others a
// goroutine does.
func (r *reach) follow(words []uint64, keeper string) {
	r.wakeBy(r.marks.Reach(words, nil), keeper)
	for len(r.ready) > 0 && r.ctx.Err() == nil {
		words, release := r.liveOf(r.ready)
		r.ready = r.ready[:0]
		r.wakeBy(r.marks.Reach(words, release), "")
	}
}

// wakeBy takes those from the suspects who wait on objects that were reached.
func (r *reach) wakeBy(objects []uint64, keeper string) {
	for _, object := range objects {
		r.wake(r.waiting[object], keeper)
	}
}

// liveOf are the words that goroutines may still use, and the objects of theirs
// that were held.
func (r *reach) liveOf(gs []*goroutine) (words, release []uint64) {
	for _, g := range gs {
		release = append(release, g.addr)
		for _, s := range g.sudogs {
			release = append(release, s.addr)
		}
	}
	parts := make([]liveSearch, min(runtime.GOMAXPROCS(0), 1+len(gs)/shardSize))
	for i := range parts {
		parts[i] = liveSearch{reach: r, unwinder: r.unwinder}
	}
	r.liveIn(gs, parts)
	for i := range parts {
		words = append(words, parts[i].words...)
		for _, d := range parts[i].doubts {
			r.doubt("%s", d)
		}
	}
	return words, release
}

// liveIn has each part search some of the goroutines.
func (r *reach) liveIn(gs []*goroutine, parts []liveSearch) {
	for i := range parts {
		l, some := &parts[i], gs[i*len(gs)/len(parts):(i+1)*len(gs)/len(parts)]
		search := func() {
			for _, g := range some {
				l.add(g)
			}
		}
		if i == len(parts)-1 {
			search()
			return
		}
		l.unwinder = unwind.New(r.tables, r.img.Arch) // which serves one at a time
		defer walker.Beside(search)()
	}
}
