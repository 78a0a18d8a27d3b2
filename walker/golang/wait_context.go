package golang

import (
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// contextLayout is what is read of package context's types, all of which are
// reached through interfaces. A timerCtx begins with a cancelCtx, which begins,
// like a valueCtx, with its parent:
// https://github.com/golang/go/blob/go1.26.0/src/context/context.go#L431
type contextLayout struct {
	size  int   // of a cancelCtx
	done  field // the Done channel, in an atomic.Value; made by the first call of Done
	err   field // why it ended, in an atomic.Value since Go 1.25
	timer field // of a timerCtx: the *time.Timer that ends it
	when  field // of the runtime's timeTimer, which a time.Timer is
}

func newContextLayout(ts *resolver) contextLayout {
	c := ts.optional("context.cancelCtx")
	return contextLayout{
		size: c.size(), done: c.maybe("done.v"), err: c.maybe("err.v", "err"),
		timer: ts.optional("context.timerCtx").maybe("timer"),
		when:  ts.optional("runtime.timeTimer").maybe("timer.when", "when"),
	}
}

// doneOf is a context that a Done channel belongs to.
type doneOf struct {
	addr  uint64 // of the cancelCtx
	kind  string // the name of its type; empty when only its address was met
	ended bool   // it was cancelled, or its time is over
	due   int64  // nanotime of its deadline; 0: it has none that was found
}

// Bounds of the search for contexts: how many goroutines are searched in
// full, how many words of a stack, and how many parents are followed.
const (
	maxContextSearches = 2048
	maxContextWords    = 512
	maxContextParents  = 16
)

// readContexts finds the contexts that Done channels belong to. No pointer
// leads there from the channel, but whoever waits for a context mostly has it
// on the stack, or one that it is the parent of. A word there is the context
// if what it points to has the channel waited on where a cancelCtx has its own,
// an interface of type chan struct{}: other structures hold that channel too,
// and other channels lie at that offset. Where in a
// frame it lies is the same for all goroutines at that place: learnt once, it
// is tried first.
func (c *collection) readContexts(waiting []*goroutine) {
	l := &c.lay.context
	if l.done.size == 0 {
		return
	}
	var searched []*goroutine
	for _, g := range waiting {
		for _, s := range g.sudogs {
			if ch := c.chans[s.c]; ch != nil && ch.timer == 0 && ch.capacity == 0 && c.typeName(ch.elemtype) == "struct {}" {
				searched = append(searched, g)
				break
			}
		}
	}
	learnt := map[slot]bool{}
	const first = 64
	c.searchContexts(searched[:min(first, len(searched))], learnt, true)
	if rest := searched[min(first, len(searched)):]; len(rest) > 0 {
		c.searchContexts(rest, learnt, false)
		rest = c.unresolved(rest)
		c.searchContexts(rest[:min(len(rest), maxContextSearches)], learnt, true)
	}
	c.readDeadlines()
}

// slot is a word's place in a frame.
type slot struct{ pc, offset uint64 }

// unresolved are the goroutines one of whose channels has no context yet.
func (c *collection) unresolved(waiting []*goroutine) []*goroutine {
	var out []*goroutine
	for _, g := range waiting {
		for _, s := range g.sudogs {
			if _, ok := c.contexts[s.c]; !ok {
				out = append(out, g)
				break
			}
		}
	}
	return out
}

// hint is a word that may lead to a context that a goroutine waits for.
type hint struct {
	g    *goroutine
	from slot
	itab uint64 // the word before it: of an interface, what says its type
	addr uint64
}

func (c *collection) searchContexts(waiting []*goroutine, learnt map[slot]bool, everywhere bool) {
	var hints []hint
	var buffer []unwind.Frame
	for _, g := range waiting {
		buffer, _ = c.physicalFrames(g, buffer[:0])
		n := 0
		for _, f := range buffer {
			for a := f.SP; a < f.CFA+8*8 && n < maxContextWords; a += 8 {
				from := slot{f.PC, a - f.SP}
				if !everywhere && !learnt[from] {
					continue
				}
				v, ok := g.stackWord(a)
				if !ok || v < 1<<12 || v%8 != 0 || v >= g.lo && v < g.hi {
					continue
				}
				itab, _ := g.stackWord(a - 8)
				hints = append(hints, hint{g, from, itab, v})
				n++
			}
		}
	}
	for range maxContextParents {
		if hints = c.followHints(hints, learnt); len(hints) == 0 {
			return
		}
	}
}

// followHints looks at what the hints point to: the context of one of the
// goroutine's channels, or one with a parent to look at next.
func (c *collection) followHints(hints []hint, learnt map[slot]bool) []hint {
	l := &c.lay.context
	addrs := make([]uint64, len(hints))
	for i, h := range hints {
		addrs[i] = h.addr
	}
	read := map[uint64][]byte{}
	c.each(addrs, 16, func(addr uint64, b []byte) { read[addr] = b })
	whole := map[uint64][]byte{}
	c.each(addrs, l.size, func(addr uint64, b []byte) { whole[addr] = b })
	var parents []hint
	for _, h := range hints {
		if b := whole[h.addr]; b != nil {
			typ, done := word(b[l.done.off:], 0), word(b[l.done.off:], 1)
			for _, s := range h.g.sudogs {
				if s.c != done || c.typeName(typ) != "chan struct {}" {
					continue
				}
				learnt[h.from] = true
				if old, ok := c.contexts[done]; !ok || old.kind == "" {
					c.contexts[done] = doneOf{addr: h.addr, kind: c.contextType(h.itab), ended: word(b[l.err.off:], 0) != 0}
				}
			}
		}
		if b := read[h.addr]; b != nil && c.contextType(word(b, 0)) != "" && word(b, 1) != h.addr {
			parents = append(parents, hint{h.g, h.from, word(b, 0), word(b, 1)})
		}
	}
	return parents
}

// contextType is the name of the type that an itab is of, when that is one of
// package context's.
func (c *collection) contextType(itab uint64) string {
	if itab < 1<<12 || itab%8 != 0 || c.img.ModuleAt(itab) == nil {
		return ""
	}
	if name := c.concreteType(itab); strings.HasPrefix(name, "*context.") {
		return name
	}
	return ""
}

// readDeadlines reads when the contexts with a timer will end.
func (c *collection) readDeadlines() {
	l := &c.lay.context
	if l.timer.size == 0 || l.when.size == 0 {
		return
	}
	byTimer := map[uint64][]uint64{} // Done channels
	var addrs []uint64
	for done, d := range c.contexts {
		if d.kind != "*context.timerCtx" {
			continue
		}
		b, err := c.read(d.addr+uint64(l.timer.off), 8)
		if err != nil {
			continue
		}
		when := le.Uint64(b) + uint64(l.when.off)
		byTimer[when] = append(byTimer[when], done)
		addrs = append(addrs, when)
	}
	c.each(addrs, 8, func(addr uint64, b []byte) {
		for _, done := range byTimer[addr] {
			d := c.contexts[done]
			d.due = int64(le.Uint64(b))
			c.contexts[done] = d
		}
	})
}

// onContext makes a receive from a Done channel a wait for its context.
func (w *walk) onContext(wait *graph.Wait, d doneOf) {
	r := w.b.Resource("context", d.addr)
	wait.Kind, wait.Resource = graph.WaitContext, r.ID
	wait.Evidence = proven("g.waiting → sudog.c = cancelCtx.done, of a context on the stack")
	if r.Detail != nil {
		return
	}
	r.Type = strings.TrimPrefix(d.kind, "*")
	state := "live"
	if d.ended {
		state = "ended"
	}
	r.Detail = []graph.Attr{{Key: "state", Value: state}}
	if d.due > 0 && w.nowExact {
		r.Detail = append(r.Detail, graph.Attr{Key: "deadline_in_ms", Value: time.Duration(d.due - w.now)})
	}
}
