package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// contextLayout is what is read of package context's types, all of which are
// reached through interfaces. A timerCtx begins with a cancelCtx, which begins,
// like a valueCtx, with its parent:
// https://github.com/golang/go/blob/go1.26.0/src/context/context.go#L431
type contextLayout struct {
	size  int   // of a cancelCtx
	done  field // the Done channel, in an atomic.Value; made by the first call of Done
	err   field // why it ended: an error, in an atomic.Value since Go 1.25
	plain bool  // it is no atomic.Value
	cause field // an error

	children field // its map of those that end with it

	timerSize, valueSize, key int   // sizes of a timerCtx and valueCtx, and the offset of its key
	timer                     field // of a timerCtx: the *time.Timer that ends it
	when                      field // of the runtime's timeTimer, which a time.Timer is
}

func newContextLayout(ts *resolver) contextLayout {
	c, t, v := ts.optional("context.cancelCtx"), ts.optional("context.timerCtx"), ts.optional("context.valueCtx")
	l := contextLayout{
		size: c.size(), done: c.maybe("done.v"), err: c.maybe("err.v", "err"), cause: c.maybe("cause"),
		children: c.maybe("children"), timer: t.maybe("timer"), timerSize: t.size(),
		valueSize: v.size(), key: v.maybe("key").off,
		when: ts.optional("runtime.timeTimer").maybe("timer.when", "when"),
	}
	_, atomic := c.find([]string{"err.v"})
	l.plain = !atomic
	if l.when.size == 0 { // up to Go 1.22
		l.when = ts.optional("time.Timer").maybe("r.when")
	}
	return l
}

// doneOf is a context that a Done channel belongs to.
type doneOf struct {
	addr uint64 // of the cancelCtx
	kind string // the name of its type; empty when only its address was met
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
			if ch := s.ch; ch != nil && ch.timer == 0 && ch.capacity == 0 && c.typeName(ch.elemtype) == "struct {}" {
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
	c.readContextChains()
	c.readCancels(searched)
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
	c.any(addrs, 16, func(addr uint64, b []byte) { read[addr] = b })
	whole := map[uint64][]byte{}
	c.any(addrs, l.size, func(addr uint64, b []byte) { whole[addr] = b })
	var parents []hint
	for _, h := range hints {
		if b := whole[h.addr]; b != nil {
			typ, done := word(b[l.done.off:], 0), word(b[l.done.off:], 1)
			for _, s := range h.g.sudogs {
				if s.c != done || !c.isType(typ, "chan struct {}") {
					continue
				}
				learnt[h.from] = true
				if old, ok := c.contexts[done]; !ok || old.kind == "" {
					c.contexts[done] = doneOf{addr: h.addr, kind: c.contextType(h.itab)}
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
// package context's, or of os/signal's, which begins with its parent too.
func (c *collection) contextType(itab uint64) string {
	if itab < 1<<12 || itab%8 != 0 || c.img.ModuleAt(itab) == nil {
		return ""
	}
	switch name := c.concreteType(itab); {
	case strings.HasPrefix(name, "*context."), name == "*signal.signalCtx", name == "context.withoutCancelCtx", name == "context.stopCtx":
		return name
	}
	return ""
}
