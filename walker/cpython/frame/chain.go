package frame

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Link is a frame in a chain of awaits.
type Link struct {
	Frame
	Via string // the type of what stands between it and the link before: async_generator_asend; empty: nothing
}

// Leaf is what a chain of awaits ends in.
type Leaf struct {
	Kind   LeafKind
	Object object.Ref   // of it; 0: it is none
	Type   *object.Type // of Object; nil: it is none
	Thread uint64       // AtCall: the PyThreadState; 0: not found
}

// LeafKind is a kind of end.
type LeafKind uint8

// The kinds. Up to AtYield they are no awaitable: the innermost link itself is
// where it ends.
const (
	Unread    LeafKind = iota // it could not be read further
	AtNothing                 // the coroutine is done
	AtStart                   // the innermost link has not begun
	AtYield                   // the innermost link yields: what it yields is for the event loop
	AtCall                    // the innermost link executes
	AtOther                   // the innermost link executes, and drives the generator Object, which is another's
	AtFuture                  // a future of asyncio: Object
	AtForeign                 // something that cannot be looked into, of C or with a __next__ of its own: Object
	AtCut                     // deeper than walker.MaxDepth, Object goes on
	AtCycle                   // Object stands in the chain already
)

// Chain follows what a coroutine awaits, outermost first: through coroutines,
// generators, async generators, and what Python puts between them. Where one
// executes, running says what it calls; running may be nil.
//
// Objects with an __await__ written in Python appear as its generator; their
// first parameter is the object.
func (r *Reader) Chain(coroutine object.Ref, running *Running) ([]Link, Leaf) {
	r.links = r.links[:0]
	leaf := r.follow(coroutine, running)
	if r.o.Err() != nil {
		leaf = Leaf{Kind: Unread}
	} else if leaf.Object != 0 && leaf.Type == nil {
		leaf.Type = r.o.Type(leaf.Object)
	}
	return slices.Clone(r.links), leaf
}

// follow appends the links of a chain to r.links.
func (r *Reader) follow(o object.Ref, running *Running) Leaf {
	var seen tortoise
	var via string
	for o != 0 && r.o.Err() == nil {
		if seen.again(o) {
			r.uncoil()
			return Leaf{Kind: AtCycle, Object: o}
		}
		t := r.o.Type(o)
		switch name := t.FullName(); name {
		case "coroutine", "generator", "async_generator":
			if len(r.links) == walker.MaxDepth {
				return Leaf{Kind: AtCut, Object: o}
			}
			f, state := r.generator(o)
			if state == Done {
				return Leaf{Kind: AtNothing, Object: o, Type: t}
			}
			if state == Executing {
				return r.executing(Link{f, via}, running)
			}
			r.links = append(r.links, Link{f, via})
			switch state {
			case Created:
				return Leaf{Kind: AtStart}
			case Suspended:
				return Leaf{Kind: AtYield}
			}
			via = ""
			if o = r.awaited(&f); o == 0 {
				r.failf("%s awaits, and there is nothing on its stack", f.Func)
			}
		case "async_generator_asend", "async_generator_athrow", "coroutine_wrapper", "anext_awaitable":
			via = t.Name
			o = r.field(o, r.l.Gen.Wrapped)
		case "_asyncio.FutureIter":
			if future := r.field(o, r.l.Future.IterFuture); future != 0 {
				return Leaf{Kind: AtFuture, Object: future}
			}
			return Leaf{Kind: AtForeign, Object: o, Type: t} // its future is done
		default:
			if t.Inherits("_asyncio.Future") {
				return Leaf{Kind: AtFuture, Object: o, Type: t}
			}
			if !strings.HasPrefix(t.Module, cythonModules) {
				return Leaf{Kind: AtForeign, Object: o, Type: t}
			}
			if len(r.links) == walker.MaxDepth {
				return Leaf{Kind: AtCut, Object: o}
			}
			if t.Name == "coroutine_wrapper" {
				via, o = t.Name, r.field(o, r.l.Gen.Wrapped)
				break
			}
			f, awaits := r.cython(o, t)
			if r.o.Err() == nil {
				r.links = append(r.links, Link{f, via})
			}
			if awaits == 0 {
				return Leaf{Kind: AtForeign, Object: o, Type: t}
			}
			via, o = "", awaits
		}
	}
	return Leaf{Kind: Unread}
}

// executing ends a chain with the calls of a generator that executes.
func (r *Reader) executing(link Link, running *Running) Leaf {
	thread, frames, other := running.inside(link.Gen)
	if frames == nil {
		r.links = append(r.links, link)
		return Leaf{Kind: AtCall}
	}
	for i := len(frames) - 1; i >= 0; i-- {
		if len(r.links) == walker.MaxDepth {
			return Leaf{Kind: AtCut, Thread: thread}
		}
		r.links = append(r.links, Link{Frame: frames[i]})
	}
	if other != 0 {
		return Leaf{Kind: AtOther, Object: other, Thread: thread}
	}
	return Leaf{Kind: AtCall, Thread: thread}
}

// tortoise finds circles: it stays where it is, and moves up to the hare each
// time that has gone twice as far.
type tortoise struct {
	at         object.Ref
	steps, far int
}

// again tells whether the hare is back at the tortoise.
func (t *tortoise) again(o object.Ref) bool {
	if o == t.at {
		return true
	}
	if t.steps++; t.steps > t.far {
		t.at, t.steps, t.far = o, 0, 2*t.far+1
	}
	return false
}

// uncoil drops the links of a circle but for its first round.
func (r *Reader) uncoil() {
	seen := map[object.Ref]bool{}
	for i := range r.links {
		if gen := r.links[i].Gen; seen[gen] {
			r.links = r.links[:i]
			return
		} else if gen != 0 {
			seen[gen] = true
		}
	}
}
