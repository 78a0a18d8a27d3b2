package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newAttach(a *app) *cobra.Command {
	views := newViewFlags()
	var capture captureFlags
	c := &cobra.Command{
		Use:   "attach PID [VIEW]",
		Short: "Show what a running process is doing",
		Long: `Stops the process for milliseconds, copies what is needed, lets it go on, and
shows what it was doing. Nothing is ever written to it.` + viewHelp(),
		Example: `  dlv-async attach 4242
  dlv-async attach 4242 where go:57
  dlv-async attach 4242 where '~Checkout'
  dlv-async attach 4242 tasks --wait 'chan send' --sort since
  dlv-async attach 4242 -o json > snapshot.json
  dlv-async attach 4242 problems --fail-on deadlock`,
		Args:              needs("a PID; dlv-async ps lists them"),
		ValidArgsFunction: completeViews(1, completePIDs),
		RunE: func(c *cobra.Command, args []string) error {
			pid, err := parsePID(args[0])
			if err != nil {
				return err
			}
			options := snapshot.Options{Tool: tool()}
			views.apply(&options)
			if err := capture.apply(&options); err != nil {
				return err
			}
			return a.show(c.Context(), args[1:], &views, func(ctx context.Context) (*graph.Snapshot, error) {
				return snapshot.Attach(ctx, pid, options)
			})
		},
	}
	views.register(c)
	capture.register(c)
	return c
}

func parsePID(s string) (int, error) {
	pid, err := strconv.Atoi(s)
	if err != nil || pid <= 0 {
		return 0, usagef("%q is no process id; dlv-async ps lists them", s)
	}
	return pid, nil
}
