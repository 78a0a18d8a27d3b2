package golang

import (
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
)

// findDones looks for the members of WaitGroups of which not all were found by an
// address in their frames: a goroutine that reaches the group through a structure, as
// in s.wg.Done(), has none there. What says that it is a member is its code, which is
// to call Done, or a call that it deferred. Of who calls Done again and again the counter
// counts the jobs and not the goroutines: these are not members, unless they deferred it.
func (w *walk) findDones() {
	wanted := map[uint64]bool{}
	for addr, gr := range w.groups {
		if gr.kind == kindWaitGroup && !gr.guessed && gr.left.known && gr.left.left > len(gr.certain)+len(gr.likely) {
			wanted[addr] = true
		}
	}
	if len(wanted) == 0 || w.img.Arch != "amd64" {
		return
	}
	s := w.newHolderSearch(w.asCode(&w.codes.dones, lockcode.NewDones), wanted)
	s.queues = map[uint64]bool{}
	for addr := range wanted {
		for _, g := range w.groups[addr].waiters[:min(maxAsked, len(w.groups[addr].waiters))] {
			s.lookAt(g)
			s.waitsIn(addr, len(s.subject.frames))
		}
	}
	for _, g := range w.goroutines {
		s.claimsOf(g, w.awaitedGroup(g))
	}
	for addr := range wanted {
		gr := w.groups[addr]
		var found []*goroutine
		for _, c := range s.claims[lockKey{addr, lockcode.Counted}] {
			if (c.deferred || c.ahead && !s.queues[addr]) && !slices.Contains(gr.members(), c.g) && !slices.Contains(gr.waiters, c.g) {
				found = append(found, c.g)
			}
		}
		if len(gr.certain)+len(gr.likely)+len(found) <= gr.left.left {
			gr.done = found
		}
	}
}

// awaitedGroup is the WaitGroup that a goroutine waits for; 0: none.
func (w *walk) awaitedGroup(g *goroutine) uint64 {
	if !w.waitsForGroup(g) {
		return 0
	}
	return g.sudogs[0].elem - w.lay.sync.waitGroupSema
}
