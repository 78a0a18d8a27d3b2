package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newDiff(a *app) *cobra.Command {
	flags := newViewFlags()
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Show what changed between two snapshots: new, gone, moved, stuck",
		Long: `Compares two snapshots of one process: files saved with -o json, or recordings;
- is standard input. Tasks are matched by their ids. A task that stands at the
same place and waits for the same thing in both is called stuck; of two
processes, the numbers of tasks at each place are compared.

With --fail-on, a problem counts that the second has and the first has not.`,
		Example: `  dlv-async attach 4242 -o json > a.json
  dlv-async attach 4242 -o json > b.json
  dlv-async diff a.json b.json
  dlv-async attach 4242 -o json | dlv-async diff a.json -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("diff needs two files: A and B")
			}
			if args[0] == "-" && args[1] == "-" {
				return usagef("diff cannot read both snapshots from standard input")
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeFiles(c, args, toComplete)
		},
		RunE: func(c *cobra.Command, args []string) error {
			look, err := newLook(a, &flags)
			if err != nil {
				return err
			}
			if look.format != "text" && look.format != "json" {
				return usagef("diff cannot be drawn as %s; it can be text or json", look.format)
			}
			options := snapshot.Options{Tool: tool()}
			flags.apply(&options)
			d, err := a.compare(c.Context(), args[0], args[1], options, look)
			if err != nil {
				return err
			}
			w := interruptible{c.Context(), a.stdout}
			if look.format == "json" {
				err = graph.WriteDiffJSON(w, d)
			} else {
				err = render.Diff(w, d, look.options)
			}
			if err != nil {
				return fmt.Errorf("cannot write the output: %w", err)
			}
			return look.verdict(&graph.Snapshot{Problems: d.Found})
		},
	}
	flags.register(c)
	return c
}

// compare reads two snapshots and compares the tasks that the filters pick in
// either: one that moved out of a filter's sight is not gone.
func (a *app) compare(ctx context.Context, from, to string, options snapshot.Options, l *look) (*graph.Diff, error) {
	first, err := a.open(ctx, from, options)
	if err != nil {
		return nil, err
	}
	second, err := a.open(ctx, to, options)
	if err != nil {
		return nil, err
	}
	if l.redact {
		first.Redact()
		second.Redact()
	}
	if l.filtered {
		picked := map[graph.TaskID]bool{}
		for _, s := range []*graph.Snapshot{first, second} {
			for _, t := range s.Select(l.filter).Tasks {
				picked[t.ID] = true
			}
		}
		first, second = first.Select(graph.Filter{Tasks: picked}), second.Select(graph.Filter{Tasks: picked})
	}
	return graph.Compare(first, second, l.options.System), nil
}
