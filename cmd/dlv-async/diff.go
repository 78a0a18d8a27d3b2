package main

import (
	"fmt"
	"io"

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
same place and waits for the same thing in both is called stuck, or idle where
that is the time or something outside of the process; of two
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
			if err := look.canDiff(); err != nil {
				return err
			}
			options := snapshot.Options{Tool: tool()}
			flags.apply(&options)
			from, err := a.open(c.Context(), args[0], options)
			if err != nil {
				return err
			}
			to, err := a.open(c.Context(), args[1], options)
			if err != nil {
				return err
			}
			found, err := look.diff(interruptible{c.Context(), a.stdout}, from, to)
			if err != nil {
				return err
			}
			return look.verdict(&graph.Snapshot{Problems: found})
		},
	}
	flags.register(c)
	return c
}

// canDiff refuses a format that a diff has not.
func (l *look) canDiff() error {
	if l.format != "text" && l.format != "json" {
		return usagef("diff cannot be drawn as %s; it can be text or json", l.format)
	}
	return nil
}

// diff compares the tasks that the filters pick in either of two snapshots
// (one that moved out of a filter's sight is not gone), and returns the
// problems that the second alone has.
func (l *look) diff(w io.Writer, from, to *graph.Snapshot) ([]*graph.Problem, error) {
	if l.redact {
		from.Redact()
		to.Redact()
	}
	l.suppress(from)
	l.suppress(to)
	if l.filtered {
		picked := map[graph.TaskID]bool{}
		for _, s := range []*graph.Snapshot{from, to} {
			for _, t := range s.Select(l.filter).Tasks {
				picked[t.ID] = true
			}
		}
		from, to = from.Select(graph.Filter{Tasks: picked}), to.Select(graph.Filter{Tasks: picked})
	}
	d := graph.Compare(from, to, l.options.System)
	write := func() error { return render.Diff(w, d, l.options) }
	if l.format == "json" {
		write = func() error { return graph.WriteDiffJSON(w, d) }
	}
	if err := write(); err != nil {
		return nil, fmt.Errorf("cannot write the output: %w", err)
	}
	return d.Found, nil
}
