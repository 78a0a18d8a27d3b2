package golang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// bubbleLayout is runtime.synctestBubble, what testing/synctest keeps of the
// goroutines of one test; in Go 1.24 it was a synctestGroup.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/synctest.go#L14
type bubbleLayout struct {
	size                             int
	root, waiter, total, running, id field
}

func newBubbleLayout(ts *resolver) bubbleLayout {
	b := ts.optional("runtime.synctestBubble")
	if b.absent {
		b = ts.optional("runtime.synctestGroup")
	}
	return bubbleLayout{
		size: b.size(), root: b.maybe("root"), waiter: b.maybe("waiter"),
		total: b.maybe("total"), running: b.maybe("running"), id: b.maybe("id"),
	}
}

// kindBubble is the kind of group that a bubble is.
const kindBubble = "synctest bubble"

// bubble is one.
type bubble struct {
	root           uint64 // the *g that called synctest.Test
	total, running int64
}

// readBubbles reads the bubbles that goroutines are in.
func (c *collection) readBubbles() {
	l := &c.lay.bubble
	if l.size == 0 {
		return
	}
	var addrs []uint64
	for _, g := range c.having.bubble {
		addrs = append(addrs, g.bubble)
	}
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		c.bubbles[addr] = bubble{root: l.root.of(b), total: int64(l.total.of(b)), running: int64(l.running.of(b))}
	})
}

// findBubbles makes a group of each bubble. It comes after the other groups of
// its goroutines: those are within.
func (w *walk) findBubbles() {
	addrs := make([]uint64, 0, len(w.bubbles))
	for a := range w.bubbles {
		addrs = append(addrs, a)
	}
	slices.SortFunc(addrs, cmp.Compare)
	for _, a := range addrs {
		m := w.b.Group(kindBubble, a)
		w.bubbleModels[a] = m
		m.Evidence = proven("g.bubble")
	}
	for _, g := range w.goroutines {
		m := w.bubbleModels[g.bubble]
		if m == nil {
			continue
		}
		if w.bubbles[g.bubble].root == g.addr {
			m.Owner, m.OwnedBy = taskID(g.id), proven("bubble.root")
			continue
		}
		m.Members = append(m.Members, taskID(g.id))
		w.groupsOf[g] = append(w.groupsOf[g], m.ID)
	}
}

// describeBubbles says where the bubbles were opened, and what they count.
func (w *walk) describeBubbles() {
	for _, g := range w.goroutines {
		b, m := w.bubbles[g.bubble], w.bubbleModels[g.bubble]
		if m == nil || b.root != g.addr {
			continue
		}
		m.Outstanding = len(m.Members)
		m.Detail = []graph.Attr{{Key: "total", Value: b.total}, {Key: "running", Value: b.running}}
		if found := int64(len(m.Members)) + 1; b.total > found { // it counts its root
			m.Problems = append(m.Problems, &graph.Problem{
				Code: "members-unknown", Severity: graph.Info, Groups: []graph.GroupID{m.ID},
				Message: fmt.Sprintf("the bubble counts %d goroutines, of which %d were found", b.total, found),
			})
		}
		for i, f := range w.shape(g).frames {
			if f.Module != "runtime" && f.Module != "internal/synctest" && !strings.HasPrefix(f.Module, "testing") {
				m.OpenedAt = &graph.Opening{Task: taskID(g.id), Frame: int32(i), Evidence: proven("bubble.root, in synctest.Test")}
				break
			}
		}
	}
}

// bubbleWaits are those of synctest.Test for its bubble to end, and of
// synctest.Wait for the others in it to block.
var bubbleWaits = awaitable{
	kinds:   []graph.WaitKind{graph.WaitBubble},
	collect: func(*collection, []*goroutine) {},
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		m := w.bubbleModels[g.bubble]
		if m == nil || w.bubbles[g.bubble].root != g.addr {
			return false
		}
		wait.Group, wait.Evidence = m.ID, proven("g.bubble, whose root this is")
		return true
	},
}
