package golang

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// uncertain tells of a goroutine that it may have locks of which its code, as it
// was followed, says nothing: it is just taking or leaving one, it was not read in
// full, or its code could not be followed.
func (w *holderSearch) uncertain(g *goroutine) bool {
	if w.isSystem(g) {
		return false
	}
	s := w.shape(g)
	if g.stack == nil || g.isTorn() || g.end.Reason != unwind.Complete || w.partial[s] {
		return true
	}
	if parked(g.status) {
		return false
	}
	for _, f := range s.frames[:min(len(s.frames), maxInner)] {
		if f.Module == "sync" || f.Module == "internal/sync" {
			return true
		}
	}
	return false
}

// reportAbandoned reports locks that are locked, that others wait for, and that
// nobody has: not by code, not by a deferred call, and not by a pointer to it that
// is still in use, for who locks through an interface has that.
func (w *walk) reportAbandoned() {
	if w.locks == nil || len(w.locks.abandoned) == 0 || len(w.unreadable) > 0 || w.cut > 0 {
		return
	}
	locks := map[uint64]bool{}
	for _, r := range w.locks.abandoned {
		locks[r.Address] = true
	}
	pointers := seek(locks)
	known := map[uint64]bool{}
	waiting := map[uint64][]graph.TaskID{}
	at := map[uint64]string{} // where the first of these stands
	for _, g := range w.goroutines {
		if addr := w.wantedLock(g); addr != 0 && locks[addr] {
			waiting[addr] = append(waiting[addr], taskID(g.id))
			if at[addr] == "" {
				at[addr] = w.nameOf(g, w.shape(g))
			}
			continue
		}
		if !g.mentions(pointers) {
			continue
		}
		for _, f := range w.framesOf(g) {
			if f.Trap && f.Func != nil { // what is live there is not known
				known = locks
				continue
			}
			for _, v := range w.liveWords(g, f) {
				if locks[v] {
					known[v] = true
				}
			}
		}
	}
	byPlace := map[string]*graph.Problem{}
	more := map[*graph.Problem]int{}
	var found []*graph.Problem
	for _, r := range w.locks.abandoned {
		if known[r.Address] || len(waiting[r.Address]) == 0 {
			continue
		}
		about := "lock " + r.Type + " " + at[r.Address]
		p := byPlace[about]
		if p == nil {
			p = &graph.Problem{
				Code: "abandoned-lock", Severity: graph.Warning, About: about,
				Message: fmt.Sprintf("%s 0x%x is locked, and no goroutine stands between its Lock and its Unlock: "+
					"who locked it returned, ended or panicked without unlocking it, or leaves that to another", r.Type, r.Address),
				Evidence: inferred("the code of every goroutine, and what each deferred"),
			}
			byPlace[about] = p
			found = append(found, p)
		} else {
			more[p]++
		}
		p.Queued, p.Resources = append(p.Queued, waiting[r.Address]...), append(p.Resources, r.ID)
	}
	for _, p := range found {
		if n := more[p]; n > 0 {
			p.Message += fmt.Sprintf(" (and %d more like it)", n)
		}
		w.b.Problem(p)
	}
}
