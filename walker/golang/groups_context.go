package golang

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// kindContext is the kind of group that goroutines are which end with one
// context: they wait for it, or for one that is derived from it. That each has
// its parent is a field of it, and so is the channel that is waited on.
const kindContext = "context"

// maxContextGroups bounds how many contexts are made groups of.
const maxContextGroups = 256

// shared is a context that can be cancelled, and what ends with it.
type shared struct {
	waiting int             // goroutines that wait for it itself
	below   map[uint64]bool // the next ones down that can be cancelled
	members []*goroutine
}

// findContextGroups makes groups of the goroutines that a context's end would
// reach, where several share it: of a chain of contexts the lowest that has them
// all. It comes after all other groups, which say more of who belongs where.
func (w *walk) findContextGroups() {
	if len(w.contexts) == 0 {
		return
	}
	found := map[uint64]*shared{}
	lines := map[*goroutine][]uint64{} // the contexts that would end each, the nearest first
	for _, g := range w.goroutines {
		for _, s := range g.sudogs {
			if d, ok := w.contexts[s.c]; ok && s.side == receiving {
				lines[g] = w.share(found, g, d.addr, lines[g])
			}
		}
	}
	groups := map[uint64]graph.GroupID{}
	for _, addr := range slices.SortedFunc(maps.Keys(found), cmp.Compare) {
		s := found[addr]
		if len(s.members) < 2 || s.waiting == 0 && len(s.below) < 2 {
			continue
		}
		if len(groups) == maxContextGroups {
			break
		}
		s.members = slices.DeleteFunc(s.members, func(g *goroutine) bool { return w.ends(g, addr) })
		groups[addr] = w.addContextGroup(addr, s)
	}
	for g, line := range lines {
		for _, addr := range line {
			if id, ok := groups[addr]; ok && !w.ends(g, addr) {
				w.groupsOf[g] = append(w.groupsOf[g], id)
			}
		}
	}
}

// ends tells whether a goroutine has the cancel function of a context: it waits for
// the end as others do, but it is what the others hang on, and none of them.
func (w *walk) ends(g *goroutine, addr uint64) bool {
	h, ok := w.cancels[addr]
	return ok && h.task == g.id
}

// share counts a goroutine for the context that it waits for and those it is
// derived from, and appends those to the ones it was counted for.
func (w *walk) share(found map[uint64]*shared, g *goroutine, addr uint64, line []uint64) []uint64 {
	lower := uint64(0)
	for depth := 0; depth < maxContextDepth && addr != 0; depth++ {
		n := w.chains[addr]
		if n == nil || n.kind == "context.withoutCancelCtx" {
			break
		}
		if cancellable(n.kind) {
			s := found[addr]
			if s == nil {
				s = &shared{below: map[uint64]bool{}}
				found[addr] = s
			}
			if lower == 0 {
				s.waiting++
			} else {
				s.below[lower] = true
			}
			lower = addr
			if !slices.Contains(line, addr) {
				line = append(line, addr)
				s.members = append(s.members, g)
			}
		}
		addr = n.parent
	}
	return line
}

// cancellable tells the contexts that have a cancel function.
func cancellable(kind string) bool {
	return kind == "*context.cancelCtx" || kind == "*context.timerCtx"
}

func (w *walk) addContextGroup(addr uint64, s *shared) graph.GroupID {
	n := w.chains[addr]
	m := w.b.Group(kindContext, addr)
	m.Evidence = proven("sudog.c = cancelCtx.done, and cancelCtx.Context upwards")
	m.Detail = []graph.Attr{{Key: "kind", Value: strings.TrimPrefix(n.kind, "*")}}
	if n.ended {
		m.Detail = append(m.Detail, graph.Attr{Key: "state", Value: "ended"})
	}
	if n.due > 0 && w.nowExact && !n.ended {
		m.Detail = append(m.Detail, graph.Attr{Key: "deadline_in_ms", Value: time.Duration(n.due - w.now)})
	}
	if n.children > 0 {
		m.Detail = append(m.Detail, graph.Attr{Key: "children", Value: n.children})
	}
	if h, ok := w.cancels[addr]; ok {
		m.Owner, m.OwnedBy = taskID(h.task), inferred("its frame of "+h.fn+" has the cancel function")
		m.Detail = append(m.Detail, graph.Attr{Key: "cancel_held_by", Value: h.text()})
	}
	for _, g := range s.members {
		m.Members = append(m.Members, taskID(g.id))
	}
	return m.ID
}
