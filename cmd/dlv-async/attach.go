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
	var children bool
	c := &cobra.Command{
		Use:   "attach PID [VIEW]",
		Short: "Show what a running process is doing",
		Long: `Stops the process for milliseconds, copies what is needed, lets it go on, and
shows what it was doing. Nothing is ever written to it.

With --children the same is done with all its descendants, one after the other,
as of a server that forks workers. Each is a section of the output; one that
cannot be read says why in its section. --fail-on is for all of them.` + viewHelp(),
		Example: `  dlv-async attach 4242
  dlv-async attach 4242 where go:57
  dlv-async attach 4242 where '~Checkout'
  dlv-async attach 4242 tasks --wait 'chan send' --sort since
  dlv-async attach 4242 -o json > snapshot.json
  dlv-async attach 4242 problems --fail-on deadlock
  dlv-async attach 4242 --children`,
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
			if children {
				return a.showFamily(c.Context(), pid, args[1:], &views, func(pid int) source {
					return func(ctx context.Context) (*graph.Snapshot, error) { return snapshot.Attach(ctx, pid, options) }
				})
			}
			return a.show(c.Context(), args[1:], &views, func(ctx context.Context) (*graph.Snapshot, error) {
				return snapshot.Attach(ctx, pid, options)
			})
		},
	}
	views.register(c)
	capture.register(c)
	c.Flags().BoolVar(&children, "children", false, "with the process's descendants: the workers of a server that forks them")
	return c
}

func parsePID(s string) (int, error) {
	pid, err := strconv.Atoi(s)
	if err != nil || pid <= 0 {
		return 0, usagef("%q is no process id; dlv-async ps lists them", s)
	}
	return pid, nil
}
