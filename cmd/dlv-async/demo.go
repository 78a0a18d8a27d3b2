package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/demo"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newDemo(a *app) *cobra.Command {
	views := newViewFlags()
	var capture captureFlags
	c := &cobra.Command{
		Use:   "demo [VIEW]",
		Short: "Show a small sample service, started for the purpose",
		Long: `Starts a small order service (this same program, run again) with groups,
channels, locks, contexts and sockets, and one thing wrong; attaches to it,
shows what it is doing, and ends it.` + viewHelp(),
		Example: `  dlv-async demo
  dlv-async demo tree --full
  dlv-async demo where '~closeWhenPacked'
  dlv-async demo -o json`,
		ValidArgsFunction: completeViews(0, nil),
		RunE: func(c *cobra.Command, args []string) error {
			options := snapshot.Options{Tool: tool(), Source: "demo"}
			views.apply(&options)
			if err := capture.apply(&options); err != nil {
				return err
			}
			if !c.Flags().Changed("capture") {
				options.Heap = true // it is small, and something in it leaks
			}
			var sample *demo.Sample
			defer func() {
				if sample != nil {
					sample.Stop()
				}
			}()
			return a.show(c.Context(), args, &views, func(ctx context.Context) (_ *graph.Snapshot, err error) {
				if sample == nil {
					note := func(s string) { fmt.Fprintln(a.stderr, "dlv-async:", s) }
					if sample, err = demo.Start(c.Context(), note); err != nil {
						return nil, err
					}
				}
				return snapshot.Attach(ctx, sample.PID, options)
			})
		},
	}
	views.register(c)
	capture.register(c)
	return c
}
