package golang

import (
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// ancestorLayout is runtime.ancestorInfo, which the runtime keeps of those that
// a goroutine descends from, the nearest first, when it was told to by
// GODEBUG=tracebackancestors=N:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L1212
type ancestorLayout struct {
	size            int
	pcs, goid, gopc field
}

func newAncestorLayout(ts *resolver) ancestorLayout {
	a := ts.optional("runtime.ancestorInfo")
	return ancestorLayout{size: a.size(), pcs: a.maybe("pcs"), goid: a.maybe("goid"), gopc: a.maybe("gopc")}
}

// ancestor is a goroutine that started another, as it stood then.
type ancestor struct {
	goid, gopc uint64 // its id, and where it was started itself
	pcs        []uint64
}

// Bounds of what is read of ancestors. The runtime keeps 50 calls of each:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/traceback.go#L27
const (
	maxLines     = 20_000 // goroutines that have any
	maxAncestors = 64     // of one goroutine
	maxPCs       = 50
)

// readAncestors reads them, three rounds for all goroutines together.
func (c *collection) readAncestors() {
	l := &c.lay.ancestor
	if l.size == 0 || l.pcs.size != 24 {
		return
	}
	var headers []uint64
	for _, g := range c.having.ancestors[:min(len(c.having.ancestors), maxLines)] {
		headers = append(headers, g.ancestors)
	}
	var lists []dlvext.Range
	var owners []uint64
	c.each(headers, 24, func(addr uint64, b []byte) {
		if n := word(b, 1); n > 0 && n <= maxAncestors {
			lists = append(lists, dlvext.Range{Addr: word(b, 0), Len: int(n) * l.size})
			owners = append(owners, addr)
		}
	})
	var calls []dlvext.Range
	var of []*ancestor
	for i, b := range c.many(lists) {
		line := make([]ancestor, len(b)/l.size)
		for j := range line {
			a := b[j*l.size:]
			line[j] = ancestor{goid: l.goid.of(a), gopc: l.gopc.of(a)}
			if n := word(a[l.pcs.off:], 1); n > 0 && n <= maxPCs {
				calls = append(calls, dlvext.Range{Addr: word(a[l.pcs.off:], 0), Len: int(n) * 8})
				of = append(of, &line[j])
			}
		}
		c.lines[owners[i]] = line
	}
	for i, b := range c.many(calls) {
		for ; len(b) >= 8; b = b[8:] {
			of[i].pcs = append(of[i].pcs, le.Uint64(b))
		}
	}
}

// addAncestors adds to a creation the calls that its go statement was made
// from, and how those were started that a goroutine descends from.
func (w *walk) addAncestors(c *graph.Creation, line []ancestor) {
	for i, a := range line {
		c.Stack = w.callsBeyond(c.At, a.pcs)
		if c.At != nil && c.At.Origin != graph.OriginUser && c.User == nil {
			if i := slices.IndexFunc(c.Stack, func(f *graph.Frame) bool { return f.Origin == graph.OriginUser }); i >= 0 {
				c.User = c.Stack[i]
			}
		}
		if a.gopc == 0 || a.goid == 1 {
			return
		}
		c.By = &graph.Creation{}
		c = c.By
		c.At, c.User = w.frames.creation(a.gopc)
		if i+1 < len(line) {
			c.Task = taskID(line[i+1].goid)
		}
	}
}

// callsBeyond are the recorded calls outside of the one at which a goroutine
// was started.
func (w *walk) callsBeyond(at *graph.Frame, pcs []uint64) []*graph.Frame {
	var out []*graph.Frame
	found := false
	for _, pc := range pcs {
		fn, ok := w.tables.Func(pc - 1)
		if !ok {
			continue
		}
		for _, call := range w.frames.at(unwind.Frame{PC: pc, Func: fn}) {
			if found && !call.Hidden {
				out = append(out, call.Frame)
			}
			found = found || at != nil && call.Func == at.Func && call.Line == at.Line
		}
	}
	return out
}
