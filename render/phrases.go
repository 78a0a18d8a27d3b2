package render

import (
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Phrases puts parts of a snapshot into words, a line each, for what is no
// page: an editor's panel. They are the words of the views, and as safe.
type Phrases struct{ v *view }

// NewPhrases returns the words for a snapshot.
func NewPhrases(s *graph.Snapshot) Phrases {
	v := newView(io.Discard, s, Options{})
	v.terse = true
	return Phrases{v}
}

// Doing says what a task waits for, or else its state.
func (p Phrases) Doing(t *graph.Task) string {
	s := p.v.doing(t)
	return p.Safe(s.core + s.more)
}

// Briefly says what sort of thing a task waits for, or else its state: chan
// send, sync.Mutex.
func (p Phrases) Briefly(t *graph.Task) string {
	if len(t.Waits) == 0 {
		return p.Safe(p.v.idle(t))
	}
	if w := &t.Waits[0]; w.Kind == graph.WaitUnknown || w.Kind == graph.WaitRuntime {
		return p.Safe(or(w.Text, string(w.Kind)))
	}
	return p.Safe(string(t.Waits[0].Kind))
}

// Wait says what one wait of a task is for.
func (p Phrases) Wait(t *graph.Task, w *graph.Wait) string {
	s := p.v.wait(t, w)
	return p.Safe(s.bare() + s.more + since(w.Since))
}

// Place is the frame that tells most about where a task stands; nil: none is known.
func (p Phrases) Place(t *graph.Task) *graph.Frame { return placeOf(t).frame }

// Name is a task's own name, when its frames do not already say it; else "".
func (p Phrases) Name(t *graph.Task) string { return p.Safe(p.v.ownName(t)) }

// Function is a frame's function, in short.
func (p Phrases) Function(f *graph.Frame) string { return p.Safe(p.v.function(f)) }

// At is a frame's file and line, in short.
func (p Phrases) At(f *graph.Frame) string { return p.Safe(location(f)) }

// Crossing says how a logical stack gets from a task to the next.
func (p Phrases) Crossing(seg graph.Segment, from graph.TaskID) string {
	line := ""
	for _, s := range p.v.crossing(seg, from).spans {
		line += s.text
	}
	return line
}

// Resource names what waits are on, by its type and address.
func (p Phrases) Resource(r *graph.Resource) string { return p.Safe(thing(r)) }

// Fact is one fact of a resource's state.
func (p Phrases) Fact(a graph.Attr) string { return p.Safe(fact(a)) }

// Group names a group, by its kind and address.
func (p Phrases) Group(g *graph.Group) string { return p.Safe(groupName(g)) }

// Left says what of a group is not done yet.
func (p Phrases) Left(g *graph.Group) string { return p.Safe(left(g)) }

// Facts are what else is known of a task, a sentence each.
func (p Phrases) Facts(t *graph.Task) []string {
	facts := p.v.facts(t)
	for i := range facts {
		facts[i] = p.Safe(facts[i])
	}
	return facts
}

// Safe makes text of the target harmless, on one line.
func (p Phrases) Safe(s string) string { return safe(s, false) }
