package cpython

import (
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// repr is a value in a sentence or as a variable: bounded, and without what is
// not to be shown.
func (w *walk) repr(o object.Ref) string {
	return w.r.Repr(o, object.Bounds{Redact: w.o.Redact})
}
