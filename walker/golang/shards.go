package golang

import (
	"runtime"
	"slices"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// shardSize is how many goroutines are worth a processor of their own.
const shardSize = 1024

// stackOf is a stack that goroutines of one shard have in common.
type stackOf struct {
	frames []unwind.Frame
	shape  *shape // once it was made
}

// findShapes unwinds the stacks of all goroutines, on all processors: a shard
// of the goroutines each. Shapes are then made in the goroutines' order, so
// that nothing depends on who was first.
func (w *walk) findShapes() {
	n := len(w.goroutines)
	shards := min(runtime.GOMAXPROCS(0), n/shardSize)
	if shards < 2 {
		return // each when it is asked for
	}
	stacks := make([]*stackOf, n)
	w.unwindAll(stacks, shards)
	for i, g := range w.goroutines {
		if stacks[i].shape == nil {
			stacks[i].shape = w.frames.shape(stacks[i].frames)
		}
		g.shape = stacks[i].shape
	}
}

func (w *walk) unwindAll(stacks []*stackOf, shards int) {
	n := len(w.goroutines)
	for i := range shards {
		from, to := i*n/shards, (i+1)*n/shards
		defer walker.Beside(func() { w.unwindShard(w.goroutines[from:to], stacks[from:to]) })()
	}
}

// unwindShard unwinds the stacks of some goroutines. It changes nothing but
// them and what it is given.
func (w *walk) unwindShard(goroutines []*goroutine, stacks []*stackOf) {
	unwinder := unwind.New(w.tables, w.img.Arch)
	known := map[string]*stackOf{}
	var frames []unwind.Frame
	var key []byte
	for i, g := range goroutines {
		var end unwind.End
		frames, end = w.unwindWith(unwinder, g, frames[:0])
		g.endsAt(end)
		key = appendKey(key[:0], frames)
		if known[string(key)] == nil {
			known[string(key)] = &stackOf{frames: slices.Clone(frames)}
		}
		stacks[i] = known[string(key)]
	}
}

// endsAt notes where and why a goroutine's calls end.
func (g *goroutine) endsAt(end unwind.End) {
	if g.end != end {
		g.own().end = end
	}
}
