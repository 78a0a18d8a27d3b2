package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// unwinding is what a goroutine does whose calls end before they return: by a
// panic, or by runtime.Goexit, which is a panic of its own sort to the runtime.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/panic.go#L682
type unwinding struct {
	panics   []raised // the innermost first
	goexit   bool
	deferred []string // the functions that it has yet to call, in the order of that
}

// raised is one runtime._panic.
type raised struct {
	typ, value string
	recovered  bool
}

func (r raised) text() string {
	if r.recovered {
		return r.value + " [recovered]"
	}
	return r.value
}

// Bounds of what is read of panics: of how many goroutines, and how many of
// each.
const (
	maxUnwinding = 10_000
	maxPanics    = 64
)

// readUnwinding reads the panics of the goroutines that have any.
func (c *collection) readUnwinding() {
	for _, g := range c.having.panics[:min(len(c.having.panics), maxUnwinding)] {
		u := c.panicsOf(g)
		u.deferred = c.deferredOf(g)
		c.unwinding[g] = u
	}
}

// panicsOf follows a goroutine's panics from the innermost.
func (c *collection) panicsOf(g *goroutine) unwinding {
	l := &c.lay.panic
	var u unwinding
	for addr := g.panicking; addr != 0 && len(u.panics) < maxPanics; {
		b, err := c.read(addr, l.size)
		if err != nil {
			return u
		}
		if l.goexit.of(b) != 0 {
			u.goexit = true
			if len(u.panics) == 0 && l.link.of(b) == addr {
				return u
			}
		} else {
			arg := b[l.arg.off:]
			u.panics = append(u.panics, raised{
				typ: c.typeName(word(arg, 0)), value: c.anyAt(arg), recovered: l.recovered.of(b) != 0,
			})
		}
		next := l.link.of(b)
		if next <= addr && next != 0 {
			return u // they lie on one stack, the outer ones further up
		}
		addr = next
	}
	return u
}

// maxDeferred bounds the deferred calls of one goroutine that are named.
const maxDeferred = 32

// deferredOf names the functions that a goroutine's calls have deferred and
// that were not called yet, the next one first: those in its list, and those
// that the compiler laid out in the frames.
func (c *collection) deferredOf(g *goroutine) []string {
	var out []string
	for _, f := range c.framesOf(g) {
		if f.Func == nil {
			continue
		}
		for _, fn := range c.pendingDefers(g, f) {
			if len(out) == maxDeferred {
				return append(out, "…")
			}
			out = append(out, fn)
		}
	}
	return out
}

// describeUnwinding says of a task that it panics, or exits, and what it has
// yet to call.
func (w *walk) describeUnwinding(t *graph.Task, g *goroutine) {
	u, ok := w.unwinding[g]
	if !ok {
		return
	}
	if u.goexit {
		t.Detail = append(t.Detail, graph.Attr{Key: "ended_by", Value: "runtime.Goexit"})
	}
	for i, p := range u.panics {
		if i == 0 {
			t.Error = &graph.Failure{Type: "panic", Message: p.text()}
			continue
		}
		t.Error.Chain = append(t.Error.Chain, graph.Reason{Relation: graph.ReasonContext, Type: "panic", Message: p.text()})
	}
	if len(u.deferred) > 0 {
		t.Detail = append(t.Detail, graph.Attr{Key: "deferred", Value: strings.Join(u.deferred, ", ")})
	}
}
