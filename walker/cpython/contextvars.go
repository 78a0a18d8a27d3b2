package cpython

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Offsets of a PyContext, its tree and its variables, the same in all versions.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_context.h
//   - https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_hamt.h
//   - https://github.com/python/cpython/blob/v3.12.1/Python/hamt.c#L410 (PyHamtNode_Array, PyHamtNode_Collision)
const (
	contextVars  = 24 // ctx_vars: a PyHamtObject
	hamtRoot     = 16 // h_root: a node
	bitmapItems  = 32 // b_array: ob_size items, pairs of a key and a value, or of NULL and a node; c_array: without nodes
	arrayItems   = 16 // a_array: nodes, or NULL
	arrayLength  = 32
	variableName = 16 // of a ContextVar: var_name
)

// maxHamtDepth is how deep the tree can be: 5 bits of a hash of 32 each level,
// and one for hashes that are equal.
const maxHamtDepth = 8

// contextOf gives the outermost frame of a task the context variables that the
// task has set or got from its creator.
func (w *walk) contextOf(t *task) {
	frames := t.node.Frames
	context := w.field(&t.future, w.lay.Task.Context, "_context")
	if len(frames) == 0 || !w.isA(context, "Context") && !w.isA(context, "_contextvars.Context") {
		return
	}
	tree := w.some(w.r.Ref(uint64(context) + contextVars))
	if tree == 0 {
		return
	}
	outermost := frames[len(frames)-1]
	left := maxVariables
	var found []graph.Local
	w.eachVariable(w.r.Ref(uint64(tree)+hamtRoot), maxHamtDepth, &left, func(variable, value object.Ref) {
		name := w.str(w.r.Ref(uint64(variable) + variableName))
		found = append(found, w.local("ContextVar "+name, value, &secrets{}, secretName(name)))
	})
	slices.SortFunc(found, func(a, b graph.Local) int { return strings.Compare(a.Name, b.Name) })
	outermost.Locals = append(outermost.Locals, found...)
	if left == 0 {
		outermost.Locals = append(outermost.Locals, graph.Local{Name: "…", Value: "more context variables"})
	}
}

// eachVariable goes through a node of a context's tree.
func (w *walk) eachVariable(node object.Ref, depth int, left *int, visit func(variable, value object.Ref)) {
	if node == 0 || depth == 0 || *left == 0 || w.r.Err() != nil {
		return
	}
	switch w.r.Type(node).FullName() {
	case "hamt_array_node":
		for i := range arrayLength {
			w.eachVariable(w.r.Ref(uint64(node)+arrayItems+8*uint64(i)), depth-1, left, visit)
		}
	case "hamt_bitmap_node", "hamt_collision_node":
		items := w.r.I64(uint64(node) + uint64(w.lay.Object.Size))
		for i := int64(0); i+1 < min(items, 2*arrayLength) && *left > 0; i += 2 {
			at := uint64(node) + bitmapItems + 8*uint64(i)
			key, value := w.r.Ref(at), w.r.Ref(at+8)
			if key == 0 {
				w.eachVariable(value, depth-1, left, visit)
				continue
			}
			if w.r.Err() != nil {
				return
			}
			*left--
			visit(key, value)
		}
	}
}
