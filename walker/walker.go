// Package walker turns an image of a process into a graph: one [Runtime] for
// each language runtime it knows, one [Instance] for each that it finds.
//
// A walk has two halves, for the target's sake. [Instance.Collect] runs while
// the target may stand still: it asks the image's memory for what the walk
// will need, in rounds, each round's ranges computed from the last, and
// interprets no more than that takes. [Instance.Walk] runs after, over what
// was collected, with the target long gone on its way.
//
// To add a runtime: a folder beside golang, and a line in the list at the top of
// internal/snapshot/snapshot.go.
package walker

import (
	"context"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Runtime is one language runtime that can be walked.
type Runtime interface {
	// Name is the runtime's name in snapshots: go, cpython.
	Name() string

	// Detect looks for the runtime among the image's modules. It returns
	// nil, nil when it is not there, and an error when it is there and cannot
	// be read. It must not depend on the target standing still.
	Detect(img *dlvext.Image, o Options) (Instance, error)
}

// Options say what a walk is to describe.
type Options struct {
	// Locals has frames show their variables ([graph.Frame].Locals), bounded
	// in number and size, made from memory alone.
	Locals bool

	// Redact keeps the values of the target's strings, bytes and other
	// buffers out of all that Walk writes into sentences and variables: where
	// one would stand, [graph.Redacted] does. What has a field of its own in
	// the graph (labels, names, errors, a resource's state), Walk may give as
	// it is: [graph.Snapshot.Redact] is called after, and takes it out.
	Redact bool

	// Heap has a walk look through the heap of a debugger's target as well, which
	// stands still for it. Of others it does wherever it has the heap.
	Heap bool
}

// Instance is one runtime found in one image.
type Instance interface {
	// Collect reads, under the stop, whatever Walk will read. An error means
	// that nothing can be walked; what is missing in part is Walk's to report.
	// When ctx ends, Collect returns with what it has.
	Collect(ctx context.Context, img *dlvext.Image) error

	// Walk describes what was collected. Parts that cannot be read become
	// problems in the graph; an error means that nothing could be described.
	Walk(ctx context.Context, img *dlvext.Image, b *graph.Builder) error
}

// Estimator is an Instance that can tell, before the target stands still,
// about how many bytes its Collect will read and keep, and how many it will
// allocate besides, so that memory is ready for them.
type Estimator interface {
	Estimate() (read, beside int64)
}

// HeapReader is an Instance whose Walk follows pointers all over the heap, so
// that no rounds of Collect could name what it will read. Where ReadsHeap says
// so, a live process is captured in another way: all its private memory is
// copied under the stop when that is small enough; when it is not, Walk is run
// once under the stop too, into a graph that is thrown away, so that what it
// reads is kept. Collect is called in any case, and before; Walk must stand to
// be called twice, the first time with a context that ends with the stop.
type HeapReader interface {
	ReadsHeap() bool
}

// Limits bound what a walk takes from a target, whatever its memory says.
const (
	MaxTasks     = 8_000_000 // a hundred times the largest seen in production
	MaxListNodes = 1 << 22   // nodes of one linked list: a queue of every task there may be
	MaxDepth     = 4_096     // frames of one task; a deeper stack is cut, and said to be
	MaxString    = 4_096     // bytes of one string
)
