package cpython

import (
	"context"
	"strconv"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// runtimeID is the prefix of this runtime's task ids. It is also the runtime's
// own id; of a second CPython in one process that is py2.
const runtimeID = "py"

// Runtime finds CPython in a process. It implements [walker.Runtime].
type Runtime struct{}

// Name implements [walker.Runtime].
func (Runtime) Name() string { return "cpython" }

// Detect implements [walker.Runtime]. A process may have several CPythons,
// each in a library of its own.
func (Runtime) Detect(img *dlvext.Image, o walker.Options) (walker.Instance, error) {
	found, err := layout.Find(img)
	if len(found) == 0 {
		return nil, err
	}
	return &instance{found, o}, nil
}

// instance is the CPythons of one process. It implements [walker.Instance].
type instance struct {
	runtimes []*layout.Interpreter
	options  walker.Options
}

// ReadsHeap implements [walker.HeapReader].
func (in *instance) ReadsHeap() bool { return true }

// Collect implements [walker.Instance]. There are no rounds: what Walk will
// read lies all over the heap, and is captured as [walker.HeapReader] says.
func (in *instance) Collect(context.Context, *dlvext.Image) error { return nil }

// Walk implements [walker.Instance].
func (in *instance) Walk(ctx context.Context, img *dlvext.Image, b *graph.Builder) error {
	for i, r := range in.runtimes {
		w := newWalk(img, r, in.options, b)
		if i > 0 {
			w.id += strconv.Itoa(i + 1)
		}
		if err := w.run(ctx); err != nil {
			return err
		}
	}
	return nil
}
