package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// onces are sync.Once's, and those of OnceFunc and its like: whoever comes
// while the function runs waits for the Once's mutex. Who runs it has the Once
// in its frame of doSlow, and no lock call above.
// https://github.com/golang/go/blob/go1.26.0/src/sync/once.go#L68
var onces = awaitable{
	kinds:   []graph.WaitKind{graph.WaitMutex, graph.WaitSemaphore},
	within:  []string{"sync.(*Once).doSlow"},
	present: func(l *layouts) bool { return l.sync.onceMutex.size > 0 },
	collect: func(c *collection, waiting []*goroutine) {
		for _, g := range waiting {
			if len(g.sudogs) > 0 && c.locksFrom(g, "sync.(*Once).doSlow") {
				addr := g.sudogs[0].elem - mutexSema - uint64(c.lay.sync.onceMutex.off)
				c.onces[g] = addr
				c.whoHas(addr, holding{
					by:  func(fn string) bool { return fn == "sync.(*Once).doSlow" },
					how: "its frame of (*Once).doSlow has it",
				})
			}
		}
	},
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		addr, ok := w.onces[g]
		if !ok {
			return false
		}
		r := w.b.Resource("once", addr)
		r.Type = "sync.Once"
		w.nameHolders(r, addr, "")
		wait.Kind, wait.Resource = graph.WaitOnce, r.ID
		wait.Evidence = w.bySemaphore(" = Once.m.sema")
		return true
	},
}

// locksFrom tells whether the lock that a goroutine wants is one that the
// function itself takes, not one of what it calls.
func (c *collection) locksFrom(g *goroutine, fn string) bool {
	for _, f := range c.innermost(g) {
		if f.Func == nil {
			return false
		}
		if f.Func.Name == fn {
			return true
		}
		if pkg := packageOf(f.Func.Name); pkg != "runtime" && pkg != "sync" && pkg != "internal/sync" {
			return false
		}
	}
	return false
}

// singleflights are golang.org/x/sync/singleflight's: whoever wants what
// another already fetches waits for the WaitGroup with which the call begins.
// https://cs.opensource.google/go/x/sync/+/refs/tags/v0.22.0:singleflight/singleflight.go
var singleflights = awaitable{
	kinds:   []graph.WaitKind{graph.WaitWaitGroup, graph.WaitSemaphore},
	within:  []string{singleflightDo},
	present: func(l *layouts) bool { return l.flight.size > 0 },
	collect: (*collection).readFlights,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		addr, ok := w.flights[g]
		if !ok {
			return false
		}
		r := w.b.Resource("singleflight", addr)
		if r.Detail == nil {
			r.Type = "singleflight.call"
			if n, ok := w.flightDups[addr]; ok {
				r.Detail = []graph.Attr{{Key: "waiters", Value: n}}
			}
		}
		w.nameHolders(r, addr, "")
		wait.Kind, wait.Resource = graph.WaitSingleflight, r.ID
		wait.Evidence = w.bySemaphore(" = call.wg.sema")
		return true
	},
}

const (
	singleflightPackage = "golang.org/x/sync/singleflight."
	singleflightDo      = singleflightPackage + "(*Group).Do"
)

// flightLayout is singleflight.call.
type flightLayout struct {
	size     int
	wg, dups field
}

func newFlightLayout(ts *resolver) flightLayout {
	call := ts.optional(singleflightPackage + "call")
	return flightLayout{size: call.size(), wg: call.maybe("wg"), dups: call.maybe("dups")}
}

func (c *collection) readFlights(waiting []*goroutine) {
	l := &c.lay.flight
	var calls []uint64
	for _, g := range waiting {
		if len(g.sudogs) == 0 || !c.locksFrom(g, singleflightDo) {
			continue
		}
		addr := g.sudogs[0].elem - c.lay.sync.waitGroupSema - uint64(l.wg.off)
		c.flights[g] = addr
		calls = append(calls, addr)
		c.whoHas(addr, holding{
			by:  func(fn string) bool { return strings.HasPrefix(fn, singleflightPackage+"(*Group).doCall") },
			how: "its frame of (*Group).doCall has it",
		})
	}
	c.each(calls, l.size, func(addr uint64, b []byte) { c.flightDups[addr] = int64(l.dups.of(b)) })
}
