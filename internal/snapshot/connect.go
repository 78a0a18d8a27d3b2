package snapshot

import (
	"context"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Connect takes a snapshot of the stopped target of a headless Delve, and
// returns the goroutine that the session speaks of; 0: none.
func Connect(ctx context.Context, addr string, c dlvext.ConnectOptions, o Options) (s *graph.Snapshot, goroutine int64, err error) {
	target, err := dlvext.Connect(ctx, addr, c)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if closeErr := target.Close(); err == nil {
			err = closeErr
		}
	}()
	all, err := detect(target.Image, o)
	if err == nil {
		err = collect(ctx, target.Image, all)
	}
	var b *graph.Builder
	if err == nil {
		b, err = describeAll(ctx, target.Image, all, o)
	}
	// A Delve that has gone explains whatever went wrong.
	if gone := target.Check(ctx); gone != nil {
		return nil, 0, gone
	}
	if err != nil {
		return nil, 0, err
	}
	return o.sealed(b, target.Image), target.Goroutine, nil
}
