package snapshot

import (
	"context"
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
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
	all, err := detect(p.Image())
	if err != nil {
		return nil, err
	}
	img, err := p.Capture(ctx, dlvext.CaptureOptions{Heap: o.Heap, NoStop: o.NoStop, MaxStop: o.MaxStop, Reserve: estimate(all)},
		func(ctx context.Context, img *dlvext.Image) error { return collect(ctx, img, all) })
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
