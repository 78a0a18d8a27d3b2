package dap

import (
	"context"
	"sync"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// coreFiles is a core dump and its executable. They do not change: one
// snapshot is that of all stops. It is taken by our own reader of cores, which
// knows the pages of shared libraries; Delve's takes all for the executable's.
type coreFiles struct {
	Program      string
	CoreFilePath string

	mu sync.Mutex
	s  *graph.Snapshot
}

func (c *coreFiles) take(ctx context.Context, tool string) (*graph.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s != nil {
		return c.s, nil
	}
	s, err := snapshot.Core(ctx, c.Program, c.CoreFilePath, snapshot.Options{Tool: tool})
	if err == nil {
		c.s = s
	}
	return s, err
}
