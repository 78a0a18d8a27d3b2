package golang

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// contextNode is one context, with what it says of itself.
type contextNode struct {
	kind     string // the name of its type: *context.timerCtx; empty: not known
	parent   uint64 // address of the context it is derived from; 0: none that was read
	key      string // of a valueCtx
	due      int64  // nanotime of its own deadline; 0: none
	ended    bool
	err      string // why it ended, and what caused that
	cause    string
	children int64 // how many end with it; -1: not known
}

// Bounds of what is read of contexts: how far up their parents are followed,
// and how many there are in all. A chain has a handful of links in most
// programs; one that grows with each request is somebody's mistake.
const (
	maxContextDepth = 64
	maxContextNodes = 20_000
)

// readContextChains reads the contexts that goroutines wait for and their
// parents, one generation a round.
func (c *collection) readContextChains() {
	front := map[uint64]string{} // kinds by address
	for _, d := range c.contexts {
		front[d.addr] = d.kind
	}
	for range maxContextDepth {
		if len(front) == 0 || len(c.chains) > maxContextNodes {
			break
		}
		front = c.readGeneration(front)
	}
	c.readContextTimers()
}

// readGeneration reads some contexts and returns their parents.
func (c *collection) readGeneration(front map[uint64]string) map[uint64]string {
	l := &c.lay.context
	addrs := make([]uint64, 0, len(front))
	var values []uint64
	for a, kind := range front {
		if kind == "*context.valueCtx" {
			values = append(values, a)
		} else {
			addrs = append(addrs, a)
		}
	}
	parents := map[uint64]string{}
	derived := func(n *contextNode, b []byte) {
		kind, parent := c.contextType(word(b, 0)), word(b, 1)
		if kind == "" || c.chains[parent] != nil {
			n.parent = 0
			if kind != "" {
				n.parent = parent
			}
			return
		}
		n.parent, parents[parent] = parent, kind
	}
	c.each(values, l.valueSize, func(addr uint64, b []byte) {
		n := &contextNode{kind: front[addr], key: c.keyAt(b[l.key:]), children: -1}
		c.chains[addr] = n
		derived(n, b)
	})
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		n := &contextNode{kind: front[addr], children: -1}
		c.chains[addr] = n
		switch strings.TrimPrefix(n.kind, "*context.") {
		case "cancelCtx", "timerCtx", "afterFuncCtx", "": // what only a Done channel led to is one of them
			derived(n, b)
			n.ended = word(b[l.err.off:], 0) != 0
			if n.ended {
				n.err = c.errorText(b[l.err.off:], l.plain)
				if l.cause.size == 16 {
					n.cause = c.errorText(b[l.cause.off:], true)
				}
			}
			n.children = 0
			if m := l.children.of(b); m != 0 {
				if count, err := c.read(m, 8); err == nil { // a map begins with how many it has
					n.children = int64(min(le.Uint64(count), 1<<40))
				}
			}
		case "context.withoutCancelCtx", "context.stopCtx", "*signal.signalCtx":
			derived(n, b)
		}
	})
	return parents
}

// readContextTimers reads the deadlines. A context that was met without its
// type is a timerCtx if it has that one's size, and its timer.
func (c *collection) readContextTimers() {
	l := &c.lay.context
	var addrs, unknown []uint64
	for a, n := range c.chains {
		switch n.kind {
		case "*context.timerCtx":
			addrs = append(addrs, a)
		case "":
			unknown = append(unknown, a)
		}
	}
	for a, o := range c.objectsAt(unknown) {
		switch n := c.chains[a]; {
		case o.start != a:
		case o.size == uint64(l.size):
			n.kind = "*context.cancelCtx"
		case o.size == uint64(l.timerSize):
			addrs = append(addrs, a)
		}
	}
	if l.timer.size == 0 || l.when.size == 0 {
		return // the program has no contexts with a deadline
	}
	timers := map[uint64][]uint64{}
	var whens []uint64
	c.each(addrs, l.timerSize, func(addr uint64, b []byte) {
		if t := l.timer.of(b); t > 1<<12 && t%8 == 0 {
			when := t + uint64(l.when.off)
			timers[when] = append(timers[when], addr)
			whens = append(whens, when)
		}
	})
	c.each(whens, 8, func(addr uint64, b []byte) {
		for _, a := range timers[addr] {
			c.chains[a].kind, c.chains[a].due = "*context.timerCtx", int64(le.Uint64(b))
		}
	})
}

// keyAt names the key of a context's value, an interface: by its type, and its
// text when it is one, or a pointer to a structure that begins with one.
func (c *collection) keyAt(b []byte) string {
	typ, data := word(b, 0), word(b, 1)
	t, err := c.typeAt(typ)
	if err != nil {
		return ""
	}
	read := c.read
	switch reflect.Kind(t.kind) {
	case reflect.String:
	case reflect.Pointer:
		read = c.peek // it may begin with anything
	default:
		return t.name
	}
	header, err := read(data, 16)
	if err != nil || word(header, 1) > maxKey {
		return t.name
	}
	if text := stringBy(read, header); text != "" && printable([]byte(text)) {
		return t.name + "(" + text + ")"
	}
	return t.name
}

// maxKey bounds the name of a key.
const maxKey = 64

// errorText is the text of an error whose interface, or the one of type any
// that holds it, begins b; its type where the text takes a method to know.
func (c *collection) errorText(b []byte, method bool) string {
	typ, data := word(b, 0), word(b, 1)
	if typ == 0 {
		return ""
	}
	name := ""
	if method {
		name = c.concreteType(typ)
	} else {
		name = c.typeName(typ)
	}
	switch {
	case name == "context.deadlineExceededError":
		return "context deadline exceeded"
	case errorsWithText[name]:
		if header, err := c.read(data, 16); err == nil && word(header, 1) <= walker.MaxString {
			if text := c.stringAt(header); text != "" {
				return text
			}
		}
	}
	return name
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
	n := w.chains[d.addr]
	if n == nil {
		r.Detail = []graph.Attr{}
		return
	}
	r.Type = strings.TrimPrefix(n.kind, "*")
	state := "live"
	if n.ended {
		state = "ended"
	}
	r.Detail = []graph.Attr{{Key: "state", Value: state}}
	add := func(key, value string) {
		if value != "" {
			r.Detail = append(r.Detail, graph.Attr{Key: key, Value: value})
		}
	}
	add("error", n.err)
	if n.cause != n.err {
		add("cause", n.cause)
	}
	line := w.lineage(n)
	if line.due > 0 && w.nowExact && !n.ended {
		r.Detail = append(r.Detail, graph.Attr{Key: "deadline_in_ms", Value: time.Duration(line.due - w.now)})
	}
	add("parents", line.parents)
	add("values", line.keys)
	if n.children > 0 {
		r.Detail = append(r.Detail, graph.Attr{Key: "children", Value: n.children})
	}
	if h, ok := w.cancels[d.addr]; ok {
		add("cancel_held_by", h.text())
	}
}

// lineage is what a context has of its own and from those it is derived from.
type lineage struct {
	due           int64 // the earliest deadline
	parents, keys string
}

func (w *walk) lineage(n *contextNode) lineage {
	var out lineage
	var parents, keys []string
	severed := false // what is further up does not end it
	for depth := 0; n != nil; depth++ {
		severed = severed || n.kind == "context.withoutCancelCtx"
		if !severed && n.due > 0 && (out.due == 0 || n.due < out.due) {
			out.due = n.due
		}
		name := strings.TrimPrefix(strings.TrimPrefix(n.kind, "*"), "context.")
		switch {
		case name == "valueCtx":
			keys = append(keys, n.key)
		case depth > 0:
			parents = append(parents, name)
		}
		next := w.chains[n.parent]
		if n.parent != 0 && next == nil || depth == maxContextDepth {
			parents = append(parents, "…") // the rest was not read
			break
		}
		n = next
	}
	out.parents, out.keys = runs(parents, " ← "), runs(keys, ", ")
	return out
}

// maxRuns bounds how many different words are listed.
const maxRuns = 8

// runs joins words, those that follow each other and are the same as one.
func runs(words []string, between string) string {
	var out []string
	for i := 0; i < len(words); {
		n := 1
		for i+n < len(words) && words[i+n] == words[i] {
			n++
		}
		switch {
		case len(out) == maxRuns:
			return strings.Join(append(out, "…"), between)
		case n > 1:
			out = append(out, fmt.Sprintf("%s (%d times)", words[i], n))
		default:
			out = append(out, words[i])
		}
		i += n
	}
	return strings.Join(out, between)
}
