package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// open reads a saved snapshot or a recording; - is standard input.
func (a *app) open(ctx context.Context, path string, options snapshot.Options) (*graph.Snapshot, error) {
	if path == "-" {
		return snapshot.Read(ctx, "standard input", a.stdin, options)
	}
	return snapshot.Open(ctx, path, options)
}

func newOpen(a *app) *cobra.Command {
	views := newViewFlags()
	c := &cobra.Command{
		Use:   "open FILE [VIEW]",
		Short: "Show a snapshot that was saved with -o json, or a recording",
		Long: `Shows a snapshot that was saved before with -o json, here or on another
machine, or a recording that dlv-async capture made. - is standard input.` + viewHelp(),
		Example: `  dlv-async attach 4242 -o json > snapshot.json
  dlv-async open snapshot.json
  dlv-async open snapshot.json stacks
  ssh host dlv-async attach 4242 -o json | dlv-async open - tree`,
		Args:              needs("a FILE"),
		ValidArgsFunction: completeViews(1, completeFiles),
		RunE: func(c *cobra.Command, args []string) error {
			options := snapshot.Options{Tool: tool()}
			views.apply(&options)
			return a.show(c.Context(), args[1:], &views, func(ctx context.Context) (*graph.Snapshot, error) {
				return a.open(ctx, args[0], options)
			})
		},
	}
	views.register(c)
	return c
}
