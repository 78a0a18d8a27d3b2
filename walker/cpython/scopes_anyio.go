package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// maxScopes bounds cancel scopes within cancel scopes.
const maxScopes = 64

// findScopes finds the cancel scopes of AnyIO that tasks stand in, by its own
// table: when each task's wait ends in any case, and whether the task was
// told to end. A scope that is shielded keeps off what is around it
// (https://github.com/agronholm/anyio/blob/4.6.0/src/anyio/_backends/_asyncio.py#L364).
func (w *walk) findScopes() {
	for _, in := range w.interps {
		dict := w.module(in, "anyio._backends._asyncio")
		if dict == 0 {
			continue
		}
		states := w.attr(w.some(w.r.StrDict(dict, "_task_states")), "data") // of a WeakKeyDictionary
		if !w.isA(states, "dict") {
			continue
		}
		for key, state := range w.r.Dict(states) {
			if o, ok := w.r.Weak(key); ok && w.byAddr[o] != nil && w.byAddr[o].state == pendingFuture {
				t := w.byAddr[o]
				w.inScopes(t, w.attr(state, "cancel_scope"))
				w.check(t.node, "its cancel scopes")
			}
		}
	}
	for o, g := range w.groups {
		if scope := w.attr(o, "cancel_scope"); scope != 0 && !w.isTrioScope(scope) {
			g.Detail = append(g.Detail, w.scopeState(scope)...)
		}
	}
}

// inScopes notes what the scopes around a task mean for it, from the innermost
// outwards.
func (w *walk) inScopes(t *task, scope object.Ref) {
	if scope == 0 {
		return
	}
	c := t.node.Cancel
	if c == nil {
		c = &graph.Cancellation{}
		t.node.Cancel = c
	}
	shielded := false
	for ; scope != 0 && len(c.Scopes) < maxScopes; scope = w.attr(scope, "_parent_scope") {
		s := graph.CancelScope{Address: uint64(scope)}
		s.Shield, _ = w.boolAttr(scope, "_shield")
		s.Cancelled, _ = w.boolAttr(scope, "_cancel_called")
		if when, ok := w.floatAttr(scope, "_deadline"); ok {
			s.Deadline, _ = w.due(when)
			if !shielded && (t.scopeEnds == 0 || when < t.scopeEnds) {
				t.scopeEnds = when
			}
		}
		if s.Cancelled && !shielded {
			c.Requested = max(c.Requested, 1)
		}
		shielded = shielded || s.Shield
		c.Scopes = append(c.Scopes, s)
	}
}

// scopeState is what is out of the ordinary of a scope.
func (w *walk) scopeState(scope object.Ref) (state []graph.Attr) {
	if when, ok := w.floatAttr(scope, "_deadline"); ok {
		if due, known := w.due(when); known {
			state = append(state, graph.Attr{Key: "due_in_ms", Value: due})
		}
	}
	if called, _ := w.boolAttr(scope, "_cancel_called"); called {
		state = append(state, graph.Attr{Key: "cancelled", Value: true})
	}
	if shielded, _ := w.boolAttr(scope, "_shield"); shielded {
		state = append(state, graph.Attr{Key: "shielded", Value: true})
	}
	return state
}
