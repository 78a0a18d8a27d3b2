package golang

import "github.com/dlv-async/dlv-async/walker/golang/heap"

// newHeapReader resolves what package heap reads. Without it nothing is said of
// what is reachable.
func newHeapReader(ts *resolver) heap.Layout { return heap.Resolve(heapTypes{ts}) }

// heapTypes implements [heap.Types].
type heapTypes struct{ *resolver }

// Size implements [heap.Types].
func (t heapTypes) Size(name string) int { return t.optional(name).size() }

// Field implements [heap.Types].
func (t heapTypes) Field(name, path string) heap.Field {
	f := t.optional(name).maybe(path)
	return heap.Field{Off: f.off, Size: f.size}
}

// queueLayout is what is read of the finalizers and cleanups that are about to
// run: blocks in lists, outside of the heap.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mfinal.go#L26
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mcleanup.go#L290
type queueLayout struct {
	finBlock, cleanupBlock int // sizes
	finNext, cleanupNext   field
	cleanups               field // of a cleanupQueue: the list of all
}

func newQueueLayout(ts *resolver) queueLayout {
	fin := ts.optional("runtime.finBlock")
	if fin.absent {
		fin = ts.optional("runtime.finblock") // up to Go 1.23
	}
	cleanup := ts.optional("runtime.cleanupBlock")
	return queueLayout{
		finBlock: fin.size(), finNext: fin.maybe("alllink"),
		cleanupBlock: cleanup.size(), cleanupNext: cleanup.maybe("cleanupBlockHeader.alllink"),
		cleanups: ts.optional("runtime.cleanupQueue").maybe("all.value", "all"),
	}
}
