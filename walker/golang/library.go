package golang

import (
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// libraryFacts are what was read for the awaitables that libraries make.
type libraryFacts struct {
	weighted   map[*goroutine]weightedPlace
	semaphores map[uint64]weighted
	onces      map[*goroutine]uint64 // a Once's address
	flights    map[*goroutine]uint64 // a singleflight.call's
	flightDups map[uint64]int64
	fdLocks    map[*goroutine]fdLock
	coros      map[*goroutine]coro
	sqlPools   map[uint64]sqlPool
	sqlWaits   map[*goroutine]uint64
	sqlUsers   map[*goroutine][]sqlUse
	buffers    map[*goroutine]buffer
	transportFacts
	held map[uint64][]holding // by address, of what somebody has
}

func newLibraryFacts() libraryFacts {
	return libraryFacts{
		weighted: map[*goroutine]weightedPlace{}, semaphores: map[uint64]weighted{},
		onces: map[*goroutine]uint64{}, flights: map[*goroutine]uint64{}, flightDups: map[uint64]int64{},
		fdLocks: map[*goroutine]fdLock{}, coros: map[*goroutine]coro{}, sqlPools: map[uint64]sqlPool{}, sqlWaits: map[*goroutine]uint64{}, sqlUsers: map[*goroutine][]sqlUse{}, buffers: map[*goroutine]buffer{}, held: map[uint64][]holding{},
		transportFacts: transportFacts{connWaits: map[*goroutine]connWait{}, hostPools: map[hostKey]*hostPool{}, connUsers: map[*goroutine][]connUse{}},
	}
}

// holding is how to know who has something that others wait for: it runs one
// of these functions, with the thing in a live word of that function's frame,
// and does not wait for it.
type holding struct {
	part string // of what is at the address: a descriptor has a lock for each direction
	by   func(fn string) bool
	how  string
}

// held is a part of a thing that somebody has.
type held struct {
	addr uint64
	part string
}

// whoHas asks for who has a part of a thing.
func (c *collection) whoHas(addr uint64, h holding) {
	for _, old := range c.held[addr] {
		if old.part == h.part {
			return
		}
	}
	c.held[addr] = append(c.held[addr], h)
}

// findHolders looks for who has what others wait for.
func (w *walk) findHolders() {
	if len(w.held) == 0 {
		return
	}
	things := seek(w.held)
	for _, g := range w.goroutines {
		w.whoHolds(g, things, func(f unwind.Frame, addr uint64) {
			for _, h := range w.held[addr] {
				if f.Func != nil && h.by(f.Func.Name) && !w.wants(g, addr) {
					w.addHolder(held{addr, h.part}, g)
				}
			}
		})
	}
}

// wants tells whether a goroutine is one that waits for the thing.
func (w *walk) wants(g *goroutine, addr uint64) bool {
	return w.onces[g] == addr || w.flights[g] == addr || w.fdLocks[g].fd == addr
}

func (w *walk) addHolder(h held, g *goroutine) {
	gs := w.holders[h]
	if len(gs) == 0 || gs[len(gs)-1] != g {
		w.holders[h] = append(gs, g)
	}
}

// nameHolders says who has a resource; when several could, nothing tells which
// of them has.
func (w *walk) nameHolders(r *graph.Resource, addr uint64, part string) {
	gs := w.holders[held{addr, part}]
	if r.Holders != nil || len(gs) != 1 {
		return
	}
	for _, h := range w.held[addr] {
		if h.part == part {
			r.Holders = []graph.Holder{{Task: taskID(gs[0].id), Evidence: inferred(h.how)}}
		}
	}
}

// bySemaphore is the evidence of a wait on a semaphore: how the runtime leads
// to it from the goroutine, and on to what it is a part of.
func (c *collection) bySemaphore(further string) graph.Evidence {
	switch {
	case c.lay.sudog.linked:
		return proven("g.waiting → sudog.elem" + further)
	case c.semaphoresByStack:
		return proven("sudog.elem, of the sudog in the frame of semacquire1 whose g is this goroutine" + further)
	}
	return proven("runtime.semtable → sudog.elem" + further)
}
