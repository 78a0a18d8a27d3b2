package snapshot

import (
	"context"
	"fmt"
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Attach takes a snapshot of a live process. The process stands still only
// while the runtimes collect; symbols are opened before, and what was
// collected is interpreted after.
func Attach(ctx context.Context, pid int, o Options) (*graph.Snapshot, error) {
	p, err := dlvext.OpenProcess(pid)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if o.Record != nil {
		dlvext.Record(p.Image())
	}
	all, err := detect(p.Image(), o)
	if err != nil {
		return nil, err
	}
	how := dlvext.CaptureOptions{Heap: o.Heap, NoStop: o.NoStop, MaxStop: o.MaxStop, Reserve: estimate(all)}
	how.Private, err = copiesPrivate(p, all, o)
	if err != nil {
		return nil, err
	}
	img, err := p.Capture(ctx, how, func(ctx context.Context, img *dlvext.Image) error {
		if err := collect(ctx, img, all); err != nil || how.Heap || how.Private {
			return err
		}
		rehearse(ctx, img, all)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s, err := walk(ctx, img, all, o)
	if err != nil || o.Record == nil {
		return s, err
	}
	if err := dlvext.WriteRecording(o.Record, img); err != nil {
		return nil, fmt.Errorf("cannot write the recording: %w", err)
	}
	return s, nil
}

// privatePerMS is how much private memory is copied whole, for each millisecond
// that the process may stand still: 250 MB by default. Two idle cores copy 4 to
// 7 MB in a millisecond, on a machine with ten programs that want to run it may
// be less than one; and a copy that is cut lacks whatever came last, where a
// walk that is cut has found some. A variable, so that a test can have a small
// process be a large one.
var privatePerMS int64 = 512 << 10

// copiesPrivate tells whether all private memory is to be copied: a walk needs
// it that follows pointers all over the heap, as variables do, and there is not
// too much.
func copiesPrivate(p *dlvext.Process, all []found, o Options) (bool, error) {
	if o.Heap || !o.Locals && !slices.ContainsFunc(all, readsHeap) {
		return false, nil
	}
	most := o.MaxStop
	if most <= 0 {
		most = dlvext.DefaultMaxStop
	}
	size, err := p.PrivateBytes()
	return size <= most.Milliseconds()*privatePerMS, err
}

func readsHeap(f found) bool {
	h, ok := f.instance.(walker.HeapReader)
	return ok && f.err == nil && h.ReadsHeap()
}

// rehearse walks once, so that what the walks will read is captured. What
// goes wrong will go wrong again, and is told then.
func rehearse(ctx context.Context, img *dlvext.Image, all []found) {
	for _, f := range all {
		if readsHeap(f) {
			_ = f.instance.Walk(ctx, img, graph.NewBuilder(""))
		}
	}
}
