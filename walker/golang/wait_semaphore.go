package golang

import (
	"math"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// semaphores are golang.org/x/sync/semaphore.Weighted's. Who waits is in its
// list, with how much it wants and a channel of its own that is closed when it
// may go on; the frame of Acquire has the list's element.
// https://cs.opensource.google/go/x/sync/+/refs/tags/v0.22.0:semaphore/semaphore.go
var semaphores = awaitable{
	kinds:   []graph.WaitKind{graph.WaitSelect},
	within:  weightedAcquire,
	present: func(l *layouts) bool { return l.weighted.size > 0 },
	collect: (*collection).readWeighted,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		place, ok := w.weighted[g]
		if !ok {
			return false
		}
		r := w.b.Resource("semaphore", place.semaphore)
		if r.Detail == nil {
			r.Type = "golang.org/x/sync/semaphore.Weighted"
			s := w.semaphores[place.semaphore]
			r.Detail = []graph.Attr{{Key: "size", Value: s.size}, {Key: "held", Value: s.held}, {Key: "waiters", Value: s.waiters}}
			w.nameUnitHolders(r, s.held)
		}
		evidence := proven("a live list.Element of Weighted.waiters → waiter.ready = sudog.c")
		w.orElse(g, wait, graph.Wait{Kind: graph.WaitSemaphore, Resource: r.ID, Amount: place.wants, Evidence: evidence}, place.ready)
		return true
	},
}

// orElse makes a wait one that own says, by a channel; and, where it is a select, for
// whatever else may end it.
func (w *walk) orElse(g *goroutine, wait *graph.Wait, own graph.Wait, channel uint64) {
	own.Frame = wait.Frame
	wait.Kind, wait.Resource, wait.Amount, wait.Evidence = own.Kind, own.Resource, own.Amount, own.Evidence
	for _, s := range g.sudogs {
		branch := own
		if s.c != channel {
			branch = graph.Wait{Kind: s.side.wait(), Frame: wait.Frame}
			w.onChannel(&branch, s.c)
		}
		wait.Branches = append(wait.Branches, branch)
	}
	w.sortBranches(wait.Branches)
	if len(wait.Branches) == 1 {
		wait.Branches = nil // its context never ends
	}
}

var weightedAcquire = []string{"golang.org/x/sync/semaphore.(*Weighted).Acquire"}

// weightedLayout is semaphore.Weighted, its list of waiters and one of them.
type weightedLayout struct {
	size            int
	total, held     field
	list            field // the list.List
	length          field // of it
	owner, value    field // of a list.Element: the List, and an interface of the waiter
	element         int   // size of a list.Element
	waiter          int   // size of a waiter
	wanted, channel field // of a waiter
}

func newWeightedLayout(ts *resolver) weightedLayout {
	s, e, w := ts.optional("golang.org/x/sync/semaphore.Weighted"), ts.optional("container/list.Element"), ts.optional("golang.org/x/sync/semaphore.waiter")
	if s.absent || e.absent || w.absent {
		return weightedLayout{}
	}
	return weightedLayout{
		size: s.size(), total: s.need("size"), held: s.need("cur"), list: s.need("waiters"), length: s.need("waiters.len"),
		element: e.size(), owner: e.need("list"), value: e.need("Value"),
		waiter: w.size(), wanted: w.need("n"), channel: w.need("ready"),
	}
}

// weighted is the state of one semaphore.
type weighted struct{ size, held, waiters int64 }

// weightedPlace is a goroutine's place in a semaphore's list.
type weightedPlace struct {
	semaphore uint64
	wants     int32
	ready     uint64 // the channel
}

// readWeighted reads what the live words of Acquire's frames lead to: one of
// them is the element of the goroutine's own channel.
func (c *collection) readWeighted(waiting []*goroutine) {
	l := &c.lay.weighted
	type place struct {
		g       *goroutine
		element uint64
	}
	var places []place
	var addrs []uint64
	for _, g := range waiting {
		f, ok := c.within(g, weightedAcquire)
		if !ok {
			continue
		}
		for _, v := range c.liveWords(g, f) {
			places, addrs = append(places, place{g, v}), append(addrs, v)
		}
	}
	elements := map[uint64][]byte{}
	var waiters, lists []uint64
	c.any(addrs, l.element, func(addr uint64, b []byte) {
		if list := l.owner.of(b); list > uint64(l.list.off) {
			elements[addr] = b
			waiters = append(waiters, word(b[l.value.off:], 1))
			lists = append(lists, list-uint64(l.list.off))
		}
	})
	read := map[uint64][]byte{}
	c.any(waiters, l.waiter, func(addr uint64, b []byte) { read[addr] = b })
	found := map[uint64]weighted{}
	c.any(lists, l.size, func(addr uint64, b []byte) {
		found[addr] = weighted{int64(l.total.of(b)), int64(l.held.of(b)), int64(l.length.of(b))}
	})
	for _, p := range places {
		e := elements[p.element]
		if e == nil {
			continue
		}
		waiter, semaphore := read[word(e[l.value.off:], 1)], l.owner.of(e)-uint64(l.list.off)
		s, ok := found[semaphore]
		if waiter == nil || !ok || s.size < 0 || s.held < 0 || s.held > s.size || s.waiters < 1 {
			continue
		}
		for _, own := range p.g.sudogs {
			if ready := l.channel.of(waiter); own.c == ready {
				c.weighted[p.g] = weightedPlace{semaphore, int32(min(l.wanted.of(waiter), math.MaxInt32)), ready}
				c.semaphores[semaphore] = s
			}
		}
	}
}
