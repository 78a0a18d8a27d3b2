package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// maxInterps bounds the sub-interpreters of a process.
const maxInterps = 4096

// interp is one PyInterpreterState
// (https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_interp.h).
type interp struct {
	addr    uint64
	id      int64      // 0: the main one
	modules object.Ref // sys.modules
}

// findInterpreters lists the interpreters, the main one included.
func (w *walk) findInterpreters() {
	l := w.lay.Interp
	seen := map[uint64]bool{}
	for at := w.r.U64(w.py.Runtime + uint64(w.lay.Runtime.InterpretersHead)); at != 0 && !seen[at]; at = w.r.U64(at + uint64(l.Next)) {
		if seen[at] = true; len(seen) > maxInterps {
			w.b.Truncated("interpreters", maxInterps, len(seen))
			break
		}
		in := &interp{addr: at, id: w.r.I64(at + uint64(l.ID)), modules: w.r.Ref(at + uint64(l.Modules))}
		if w.r.Err() != nil {
			break
		}
		w.interps = append(w.interps, in)
	}
	switch w.py.Phase {
	case layout.Starting:
		w.node.Notes = append(w.node.Notes, "no interpreter is up: it is starting, or has shut down")
	case layout.Finalizing:
		w.node.Notes = append(w.node.Notes, "the interpreter is shutting down: threads and modules go away")
	}
}

// module returns the dict of an imported module; 0 when it is not imported.
func (w *walk) module(in *interp, name string) object.Ref {
	if in.modules == 0 {
		return 0
	}
	m := w.r.StrDict(in.modules, name)
	if m == 0 || w.r.IsNone(m) {
		return 0
	}
	return w.r.Module(m)
}
