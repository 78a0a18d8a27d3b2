package cpython

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// repr is a value in a sentence: bounded, and without what is not to be shown.
func (w *walk) repr(o object.Ref) string {
	return w.r.Repr(o, object.Bounds{Redact: w.o.Redact, Hide: (&secrets{}).named, Describe: w.describe})
}

// describe is what a walk knows of an object that is part of the graph, or of
// the event loop's own: its name and its state, and not its attributes. It is
// [object.Bounds].Describe.
func (w *walk) describe(o object.Ref, t *object.Type) string {
	if known := w.byAddr[o]; known != nil {
		name := ""
		if known.node.Name != "" && !w.o.Redact {
			name = fmt.Sprintf(" %q", known.node.Name)
		}
		return fmt.Sprintf("<%s %s%s %s>", publicName(t), known.node.ID, name, known.node.State)
	}
	for name, class := range lockClasses {
		if class.lock == "" && t.Inherits(name) {
			return w.described(o, t, class.state(w, o))
		}
	}
	switch {
	case t.Inherits("asyncio.locks.Event"):
		return w.described(o, t, eventState(w, o))
	case t.Inherits("asyncio.events.AbstractEventLoop"), t.Inherits("asyncio.transports.BaseTransport"):
		return fmt.Sprintf("<%s at %#x>", t.FullName(), uint64(o))
	}
	if t.Module == "builtins" {
		return ""
	}
	if f := w.readFuture(o); f.isFuture {
		return fmt.Sprintf("<%s %s at %#x>", publicName(t), f.state, uint64(o))
	}
	return ""
}

// described is an object with the facts of its state.
func (w *walk) described(o object.Ref, t *object.Type, state []graph.Attr) string {
	text := "<" + publicName(t)
	for _, a := range state {
		text += fmt.Sprintf(" %s=%v", a.Key, a.Value)
	}
	return text + fmt.Sprintf(" at %#x>", uint64(o))
}
