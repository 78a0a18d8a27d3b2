package golang

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/heap"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Who could serve those that wait on a channel, a Cond, a context: goroutines
// that can run and get at it, from the words on their stacks that they may still
// use, along a few pointers. Nothing says that they ever will. So they are named
// to look at, the nearest first, and nothing follows from it.
//
// What nobody that can run reaches is marked so, and of that those are named who
// get at it and are stuck themselves. If it is to be served at all one of them has to:
// that may close a circle, of one who has a lock and sends, and one who is to
// receive and wants the lock.

// Bounds of the search: pointers to follow in a row, objects to look at for one
// goroutine and for all together, how large one may be, and how many goroutines are named.
const (
	maxReachSteps   = 4
	maxReachObjects = 512
	maxReachTotal   = 4 << 20
	maxReachObject  = 1 << 14
	maxReached      = 8
)

// servedBySomebody are the kinds of what somebody else does something to.
var servedBySomebody = map[string]bool{"chan": true, "cond": true, "context": true}

// otherEnd is what somebody waits on, and who was found to get at it.
type otherEnd struct {
	resource *graph.Resource
	waiters  map[*goroutine]bool
	found    []nearness
}

type nearness struct {
	g     *goroutine
	steps int
}

// findOtherEnds looks for who could serve the waits that nobody is known to: among
// those who can run, or, of what is out of their reach, among those who are stuck.
func (r *reach) findOtherEnds(index map[graph.TaskID]*graph.Task, stuck bool) {
	wanted, own := r.wantedObjects(index, stuck)
	if len(wanted) == 0 {
		return
	}
	l := liveSearch{reach: r, unwinder: r.unwinder}
	each := max(maxReachTotal/len(r.goroutines), 16)
	for _, g := range r.goroutines {
		if r.ctx.Err() != nil {
			return
		}
		if r.suspects[g] != stuck || g.stack == nil || r.isSystem(g) {
			continue
		}
		l.words = l.words[:0]
		l.add(g)
		r.near(g, l.words, wanted, own, min(each, maxReachObjects))
	}
	told := map[*graph.Resource]bool{}
	for _, end := range wanted {
		if !told[end.resource] {
			told[end.resource] = true
			if stuck && len(end.found) > 0 {
				end.resource.Detail = append(slices.Clip(end.resource.Detail), attr(graph.DetailOutOfReach, true))
			}
			r.b.Reached(end.resource, end.nearest()...)
		}
	}
}

// wantedObjects are the objects that goroutines wait on, and those that are a
// goroutine's own: its g and its wait records, which lead to whatever it waits on.
func (r *reach) wantedObjects(index map[graph.TaskID]*graph.Task, stuck bool) (wanted map[uint64]*otherEnd, own map[uint64]bool) {
	wanted, own = map[uint64]*otherEnd{}, map[uint64]bool{}
	for _, g := range r.goroutines {
		own[g.addr] = true
		for _, s := range g.sudogs {
			own[s.addr] = true
		}
		t := index[taskID(g.id)]
		if t == nil || len(t.Waits) == 0 || r.suspects[g] != stuck {
			continue
		}
		waits := t.Waits[0].Branches
		if len(waits) == 0 {
			waits = t.Waits[:1]
		}
		for i := range waits {
			res := r.b.ResourceByID(waits[i].Resource)
			if res == nil || !servedBySomebody[res.Kind] || len(res.Holders) > 0 {
				continue
			}
			o, ok := r.heap.Find(res.Address)
			if !ok {
				continue
			}
			if wanted[o.Addr] == nil {
				wanted[o.Addr] = &otherEnd{resource: res, waiters: map[*goroutine]bool{}}
			}
			wanted[o.Addr].waiters[g] = true
		}
	}
	return wanted, own
}

// near follows the words of a goroutine, the nearest objects first.
func (r *reach) near(g *goroutine, words []uint64, wanted map[uint64]*otherEnd, own map[uint64]bool, most int) {
	seen := map[uint64]bool{}
	for step := 1; step <= maxReachSteps && len(words) > 0; step++ {
		var next []uint64
		for _, v := range words {
			o, ok := r.heap.Find(v)
			if !ok || seen[o.Addr] || own[o.Addr] || len(seen) >= most {
				continue
			}
			seen[o.Addr] = true
			if end := wanted[o.Addr]; end != nil {
				if !end.waiters[g] {
					end.found = append(end.found, nearness{g, step})
				}
				continue // what it leads to are those who wait on it
			}
			next = r.appendPointers(next, o)
		}
		words = next
	}
}

func (r *reach) appendPointers(words []uint64, o heap.Object) []uint64 {
	if o.NoScan || o.Size > maxReachObject {
		return words
	}
	to, _ := r.heap.Pointers(o)
	return append(words, to...)
}

// nearest are those who get at it along the fewest pointers.
func (end *otherEnd) nearest() (out []graph.Holder) {
	slices.SortFunc(end.found, func(a, b nearness) int {
		return cmp.Or(cmp.Compare(a.steps, b.steps), cmp.Compare(a.g.id, b.g.id))
	})
	few := end.found
	for len(few) > maxReached { // where many are as near, that says nothing of any of them
		last := few[len(few)-1].steps
		few = slices.DeleteFunc(few, func(n nearness) bool { return n.steps == last })
	}
	for _, n := range few {
		how := "a word on its stack leads there"
		if n.steps > 1 {
			how = fmt.Sprintf("a word on its stack leads there, along %d pointers", n.steps)
		}
		out = append(out, graph.Holder{Task: taskID(n.g.id), Evidence: inferred(how)})
	}
	return out
}
