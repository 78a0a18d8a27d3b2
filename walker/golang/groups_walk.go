package golang

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// group is one WaitGroup, or an errgroup.Group around it, with who waits for
// it and who belongs to it.
type group struct {
	kind      string
	addr      uint64 // of the group
	waitGroup uint64 // of the WaitGroup it counts with
	waiters   []*goroutine
	certain   []*goroutine // started by a wrapper that holds the group
	likely    []*goroutine // have its address, and may be going to call Done
	done      []*goroutine // their code is to call Done
	left      counter
	part      bool // it lies within a larger object of the heap
	whole     bool // it is an object of the heap by itself
	guessed   bool // nothing but its looks says that it is a group
	model     *graph.Group
}

// findGroups gathers the groups that some goroutine waits for or was started
// for, before any task is described.
func (w *walk) findGroups() {
	for _, g := range w.goroutines {
		if m, ok := w.memberOf[g]; ok {
			gr := w.groupWith(m.kind, w.waitGroupOf(m.kind, m.addr))
			gr.certain = append(gr.certain, g)
		}
	}
	for _, g := range w.goroutines {
		if w.waitsForGroup(g) {
			kind := w.kindOfGroup(g)
			gr := w.groupWith(kind, g.sudogs[0].elem-w.lay.sync.waitGroupSema)
			gr.waiters = append(gr.waiters, g)
		}
	}
	w.addUnwaited()
	w.findLikely()
	for _, gr := range w.groups {
		w.settle(gr)
		w.place(gr)
	}
	w.dropUnwaited()
	w.findDones()
	for _, gr := range w.sortedGroups() {
		gr.model = w.b.Group(gr.kind, gr.addr)
		for _, g := range gr.members() {
			w.groupsOf[g] = append(w.groupsOf[g], gr.model.ID)
		}
	}
}

// groupWith returns the group that counts with a WaitGroup. Once it is known
// to be an errgroup's it stays one.
func (w *walk) groupWith(kind string, waitGroup uint64) *group {
	gr := w.groups[waitGroup]
	if gr == nil {
		gr = &group{kind: kindWaitGroup, addr: waitGroup, waitGroup: waitGroup, left: w.counterOf(waitGroup)}
		w.groups[waitGroup] = gr
	}
	switch {
	case kind == kindErrgroup:
		gr.kind, gr.addr = kind, waitGroup-w.lay.sync.errgroupWG
	case gr.kind == kindWaitGroup, gr.kind == kindConc && kind != kindWaitGroup:
		gr.kind = kind
	}
	return gr
}

// sortedGroups are the groups by address.
func (w *walk) sortedGroups() []*group {
	out := make([]*group, 0, len(w.groups))
	for _, gr := range w.groups {
		out = append(out, gr)
	}
	slices.SortFunc(out, func(a, b *group) int { return cmp.Compare(a.addr, b.addr) })
	return out
}

func (gr *group) members() []*goroutine {
	return slices.Concat(gr.certain, gr.likely, gr.done)
}

// kindOfGroup is the kind of group that a goroutine waits for, as the code that
// called for it sees it: the outermost of the calls before that code's.
func (w *walk) kindOfGroup(g *goroutine) string {
	kind := kindWaitGroup
	for _, f := range w.shape(g).frames {
		if f.Origin == graph.OriginUser {
			break
		}
		if k := kindOfWait(f.Func); k != "" {
			kind = k
		}
	}
	return kind
}

// findLikely looks for goroutines that have the address of a WaitGroup in a
// live word and are neither started by a wrapper for it nor waiting for it.
func (w *walk) findLikely() {
	open := map[uint64]*group{}
	for addr, gr := range w.groups {
		if gr.kind == kindWaitGroup && gr.left.known && gr.left.left > len(gr.certain) {
			open[addr] = gr
		}
	}
	if len(open) == 0 {
		return
	}
	waitGroups := seek(open)
	for _, g := range w.goroutines {
		w.whoHolds(g, waitGroups, func(_ unwind.Frame, addr uint64) {
			if gr := open[addr]; !w.knows(gr, g) {
				gr.likely = append(gr.likely, g)
			}
		})
	}
}

// place tells whether a group is an object of the heap by itself or a part of
// a larger one, a field of some structure; it may be neither, or the heap's
// index not known. The heap rounds sizes up, by an eighth at the most.
func (w *walk) place(gr *group) {
	size := w.lay.sync.waitGroupSize
	switch gr.kind {
	case kindErrgroup:
		size = w.lay.sync.errgroupSize
	case kindWaitGroup:
	default:
		size = w.lay.concSizes[gr.kind]
	}
	if o, ok := w.objects[gr.addr]; ok {
		gr.whole = o.start == gr.addr && (size == 0 || o.size <= size+max(15, size/8))
		gr.part = !gr.whole
	}
}

// knows tells whether a goroutine has its part in the group already. Likely
// members are added goroutine by goroutine.
func (w *walk) knows(gr *group, g *goroutine) bool {
	if m, ok := w.memberOf[g]; ok && m.addr == gr.addr {
		return true
	}
	if len(g.sudogs) == 1 && g.sudogs[0].elem == gr.waitGroup+w.lay.sync.waitGroupSema {
		return true
	}
	return len(gr.likely) > 0 && gr.likely[len(gr.likely)-1] == g
}

// settle decides which of the likely members to believe. Whoever started
// another member opened the group rather than belongs to it. And if there are
// more left than the counter has room for, some of them merely know the
// group, nothing tells which, and none is named.
func (w *walk) settle(gr *group) {
	parents := map[uint64]bool{}
	for _, g := range gr.members() {
		parents[g.parent] = true
	}
	gr.likely = slices.DeleteFunc(gr.likely, func(g *goroutine) bool { return parents[g.id] })
	if len(gr.certain)+len(gr.likely) > gr.left.left {
		gr.likely = nil
	}
}

// groupAt is the group that counts with a WaitGroup, as the graph has it.
func (w *walk) groupAt(waitGroup uint64) *graph.Group {
	if gr := w.groups[waitGroup]; gr != nil {
		return gr.model
	}
	return w.b.Group(kindWaitGroup, waitGroup)
}

// describeGroups fills in the groups, once every task is described.
func (w *walk) describeGroups() {
	for _, gr := range w.sortedGroups() {
		m := gr.model
		for _, g := range gr.members() {
			m.Members = append(m.Members, taskID(g.id))
		}
		if gr.left.known {
			m.Outstanding = gr.left.left
		}
		switch {
		case len(gr.done) > 0 && len(gr.likely) > 0:
			m.Evidence = inferred("they hold its address, or their code is to call Done")
		case len(gr.done) > 0:
			m.Evidence = inferred("their code is to call Done, or a call that they deferred")
		case len(gr.likely) > 0:
			m.Evidence = inferred("they hold its address, as many as it counts")
		case len(gr.certain) > 0:
			m.Evidence = proven("held by the frame that started the member")
		}
		w.describeErrgroup(gr)
		w.findOpener(gr)
		if missing := m.Outstanding - len(m.Members); gr.left.known && missing > 0 {
			m.Problems = append(m.Problems, &graph.Problem{
				Code: "members-unknown", Severity: graph.Info, Groups: []graph.GroupID{m.ID},
				Message: fmt.Sprintf("the counter says %d, of which %d were found: who else has yet to call Done is not known", m.Outstanding, len(m.Members)),
			})
		}
	}
}
