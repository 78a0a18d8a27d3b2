package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// coroutines are iter.Pull's. A runtime.coro joins two goroutines, of which one
// runs while the coro has the other: the one that asked for the next value
// waits for the coroutine to yield it, and the coroutine waits to be asked.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/coro.go#L27
// The coroutine's first function, corostart, keeps the coro in its frame; who
// switched to it has it in the frame of coroswitch or of iter.Pull's functions.
var coroutines = awaitable{
	kinds:   []graph.WaitKind{graph.WaitCoroutine},
	collect: (*collection).readCoros,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		k, ok := w.coros[g]
		if !ok {
			return false
		}
		other := w.coroutineOf[k.addr]
		if other == nil || other == g {
			r := w.b.Resource("coroutine", k.addr)
			wait.Resource = r.ID
			r.Type = "iter.Pull"
			state := "yielded"
			if k.unstarted {
				state = "not started"
			}
			r.Detail = []graph.Attr{{Key: "state", Value: state}}
			wait.Evidence = proven("coro.gp = this goroutine, and its first frame has the coro")
			return true
		}
		wait.Task = taskID(other.id)
		wait.Evidence = proven("coro.gp = this goroutine; the coroutine's first frame has the coro")
		return true
	},
}

// coro is the runtime.coro in which a goroutine waits.
type coro struct {
	addr      uint64
	unstarted bool // nobody has asked the coroutine yet
}

// readCoros finds the coro of each waiting goroutine: a word of the frames
// around the switch that leads to the goroutine itself.
func (c *collection) readCoros(waiting []*goroutine) {
	gp := uint64(c.lay.coro.off)
	if c.lay.coro.size == 0 {
		return
	}
	type candidate struct {
		g    *goroutine
		coro coro
	}
	var all []candidate
	var addrs []uint64
	add := func(g *goroutine, addr uint64, unstarted bool) {
		if addr != 0 && addr%8 == 0 {
			all = append(all, candidate{g, coro{addr, unstarted}})
			addrs = append(addrs, addr+gp)
		}
	}
	for _, g := range waiting {
		add(g, g.coroarg, true)
		for _, f := range c.innermost(g) {
			if f.Func == nil {
				continue
			}
			if name := f.Func.Name; name != "runtime.coroswitch" && !strings.HasPrefix(name, "iter.Pull") {
				continue
			}
			for a := f.SP; a < f.CFA; a += 8 {
				if v, ok := g.stackWord(a); ok && (v < g.lo || v >= g.hi) {
					add(g, v, false)
				}
			}
		}
	}
	points := map[uint64]uint64{}
	c.any(addrs, 8, func(addr uint64, b []byte) { points[addr] = le.Uint64(b) })
	for _, k := range all {
		if _, found := c.coros[k.g]; !found && points[k.coro.addr+gp] == k.g.addr {
			c.coros[k.g] = k.coro
		}
	}
	for _, k := range all { // each of them has one
		if _, read := points[k.coro.addr+gp]; !read && c.coros[k.g] == (coro{}) {
			c.missed.add(dlvext.Range{Addr: k.coro.addr + gp, Len: 8})
		}
	}
}

// findCoroutines notes which goroutine is the coroutine of each coro that
// somebody waits in: the one whose first frame has it.
func (w *walk) findCoroutines() {
	if len(w.coros) == 0 {
		return
	}
	wanted := map[uint64]bool{}
	for g, k := range w.coros {
		wanted[k.addr] = true
		if k.unstarted {
			w.coroutineOf[k.addr] = g
		}
	}
	for _, g := range w.goroutines {
		if fn, ok := w.function(g.startpc); !ok || fn != "runtime.corostart" {
			continue
		}
		for _, v := range w.firstFrameWords(g) {
			if wanted[v] {
				w.coroutineOf[v] = g
			}
		}
	}
}
