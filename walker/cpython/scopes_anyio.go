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
		if scope := w.attr(o, "cancel_scope"); scope != 0 {
			g.Detail = append(g.Detail, w.scopeState(scope)...)
		}
	}
}

// inScopes notes what the scopes around a task mean for it, from the innermost
// outwards.
func (w *walk) inScopes(t *task, scope object.Ref) {
	for range maxScopes {
		if scope == 0 {
			return
		}
		if when, ok := w.floatAttr(scope, "_deadline"); ok && (t.scopeEnds == 0 || when < t.scopeEnds) {
			t.scopeEnds = when
		}
		if called, _ := w.boolAttr(scope, "_cancel_called"); called && t.node.Cancel == nil {
			t.node.Cancel = &graph.Cancellation{Requested: 1}
		}
		if shielded, _ := w.boolAttr(scope, "_shield"); shielded {
			return
		}
		scope = w.attr(scope, "_parent_scope")
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
