package snapshot

import (
	"context"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Core takes a snapshot of a core dump. The executable may be "".
func Core(ctx context.Context, exe, core string, o Options) (*graph.Snapshot, error) {
	img, err := dlvext.OpenCore(exe, core, dlvext.CoreOptions{Sysroot: o.Sysroot, LibDirs: o.LibDirs, AnyExe: o.AnyExe})
	if err != nil {
		return nil, err
	}
	defer img.Close()
	return Of(ctx, img, o)
}

// Of takes a snapshot of an image that does not run: a core, a recording, the
// stopped target of a debugger.
func Of(ctx context.Context, img *dlvext.Image, o Options) (*graph.Snapshot, error) {
	all, err := detect(img, o)
	if err != nil {
		return nil, err
	}
	if err := collect(ctx, img, all); err != nil {
		return nil, err
	}
	return walk(ctx, img, all, o)
}
