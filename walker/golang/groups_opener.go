package golang

import (
	"cmp"
	"slices"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// findOpener finds the frame that opened a group, which no structure of Go's
// names, so that it is inferred: the outermost one, in the goroutine that
// started its members or that waits for it, that has the group in a live word
// or among its variables.
//
// A frame that waits for a group and then is done with it has it no longer in
// a live word. Then it is the frame that started the members, when it is the
// one that waits. A group that is a part of something larger may be older
// than any frame, and has no opener found this way.
func (w *walk) findOpener(gr *group) {
	for _, g := range w.possibleOwners(gr) {
		if call, ok := w.holder(g, gr); ok {
			w.opened(gr, g, call, "the outermost frame that holds it")
			return
		}
	}
	for _, g := range gr.waiters {
		if call, ok := w.starter(g, gr); ok {
			w.opened(gr, g, call, "it started the members and waits for them")
			return
		}
	}
	if len(gr.waiters) == 1 {
		gr.model.Owner, gr.model.OwnedBy = taskID(gr.waiters[0].id), proven("it waits for it")
	}
}

func (w *walk) opened(gr *group, g *goroutine, call int32, how string) {
	gr.model.Owner = taskID(g.id)
	gr.model.OpenedAt = &graph.Opening{Task: taskID(g.id), Frame: call, Evidence: inferred(how)}
}

// holder is the call, if any, whose frame is the goroutine's outermost that
// has the group.
func (w *walk) holder(g *goroutine, gr *group) (call int32, ok bool) {
	if gr.part {
		return 0, false
	}
	frames := w.framesOf(g)
	for i := len(frames) - 1; i >= 0; i-- {
		call := w.shape(g).last[i]
		if !ofGroups(w.shape(g).frames[call].Module) && w.holds(g, frames[i], gr.addr) {
			return call, true
		}
	}
	return 0, false
}

// starter is the call, if any, in which the goroutine both started members of
// the group and waits for it.
func (w *walk) starter(g *goroutine, gr *group) (call int32, ok bool) {
	frames := w.framesOf(g)
	for _, m := range gr.members() {
		if m.parent != g.id {
			continue
		}
		fn, known := w.tables.Func(m.gopc - 1)
		if !known {
			continue
		}
		// The go statement of a library's helper does not tell whose call that
		// was. If the group is nobody's part, it is likely that of the frame
		// that called Wait.
		helper := ofGroups(packageOf(fn.Name))
		if helper && !gr.whole {
			continue
		}
		for i := range frames {
			call := w.shape(g).last[i]
			module := w.shape(g).frames[call].Module
			if ofGroups(module) {
				continue
			}
			if helper || sameFunction(frames[i], fn.Entry) {
				return call, true
			}
		}
	}
	return 0, false
}

func sameFunction(f unwind.Frame, entry uint64) bool { return f.Func != nil && f.Func.Entry == entry }

// ofGroups tells the packages that groups are made of: their frames hold a
// group, and never open one.
func ofGroups(pkg string) bool {
	return pkg == "sync" || pkg == "internal/sync" || pkg == "runtime" || pkg == "golang.org/x/sync/errgroup" || within(pkg, concPackage)
}

// possibleOwners are the goroutines that may have opened a group, the most
// likely first: those that started members, those that wait for it. A member
// is none, even if it started others.
func (w *walk) possibleOwners(gr *group) []*goroutine {
	started := map[*goroutine]int{}
	for _, g := range gr.members() {
		if p := w.byID(g.parent); p != nil && w.memberOf[p].addr != gr.addr {
			started[p]++
		}
	}
	for _, g := range gr.waiters {
		if _, ok := started[g]; !ok && w.memberOf[g].addr != gr.addr {
			started[g] = 0
		}
	}
	out := make([]*goroutine, 0, len(started))
	for g := range started {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *goroutine) int {
		return cmp.Or(cmp.Compare(started[b], started[a]), cmp.Compare(a.id, b.id))
	})
	return out
}
