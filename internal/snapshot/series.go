package snapshot

import (
	"context"
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Series takes snapshots of one program at different moments, as a debugger
// stops it. What its files tell is read once.
type Series struct{ all []found }

// NewSeries finds the runtimes of an image. The images that snapshots are
// taken of later have the same modules.
func NewSeries(img *dlvext.Image, o Options) (*Series, error) {
	all, err := detect(img, o)
	return &Series{all}, err
}

// Take takes a snapshot of an image that does not run.
func (s *Series) Take(ctx context.Context, img *dlvext.Image, o Options) (*graph.Snapshot, error) {
	all := slices.Clone(s.all)
	if err := collect(ctx, img, all); err != nil {
		return nil, err
	}
	return walk(ctx, img, all, o)
}
