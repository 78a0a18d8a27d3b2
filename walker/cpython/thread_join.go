package cpython

import (
	"cmp"
	"slices"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// joinThreads makes the states that one thread of the system has in several
// interpreters one thread: code of one interpreter called the next, whose
// frames are further in. The thread is called what the outermost one calls it;
// to the others it is foreign.
func (w *walk) joinThreads() {
	slices.SortStableFunc(w.threads, func(a, b *thread) int { return cmp.Compare(a.interp.id, b.interp.id) })
	first := map[graph.TaskID]*thread{}
	w.threads = slices.DeleteFunc(w.threads, func(inner *thread) bool {
		outer := first[inner.node.ID]
		if outer == nil {
			first[inner.node.ID] = inner
			return false
		}
		if outer.interp == inner.interp {
			return false // which there cannot be: let it be told
		}
		n, around := inner.node, outer.node
		name, frames := around.Name, append(slices.Clone(n.Frames), around.Frames...)
		problems := append(slices.Clone(around.Problems), n.Problems...)
		if len(n.Frames) > 0 {
			*around = *n
		}
		around.Name, around.Frames, around.Problems = name, frames, problems
		return true
	})
}
