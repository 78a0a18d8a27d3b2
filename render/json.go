package render

import (
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// JSON writes the snapshot as dlv-async/snapshot/1. Nothing in the options
// changes it: which tasks it holds is the caller's choice of snapshot.
func JSON(w io.Writer, s *graph.Snapshot, _ Options) error { return graph.WriteJSON(w, s) }
