package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// source takes a snapshot of what a command was pointed at.
type source func(context.Context) (*graph.Snapshot, error)

// A view is one way to look at a snapshot. Those that look at one task take
// it as an argument.
type view struct {
	name, short string
	ofTask      bool
	text, json  func(io.Writer, *graph.Snapshot, render.Options) error
}

var views = []view{
	{"report", "what is wrong, and the tree on a screen; the default", false, render.Report, render.JSON},
	{"tree", "who is part of what and who awaits whom, from the roots down", false, render.Tree, render.JSON},
	{"tasks", "a table of the tasks", false, render.Tasks, render.JSON},
	{"where", "the logical async backtrace of one task, all its paths", true, render.Where, whereJSON},
	{"why", "what it all hangs on: the chain of waits from one task, to its ends", true, render.Why, whyJSON},
	{"stacks", "identical logical stacks coalesced, most frequent first", false, render.Stacks, stacksJSON},
	{"groups", "each group with its members, who waits for it and who opened it", false, render.Groups, render.JSON},
	{"resources", "each thing that is waited on, with its state, holders and waiters", false, render.Resources, render.JSON},
	{"stats", "counts by state, wait, place, creator and group; the runtime's queues", false, render.Stats, statsJSON},
	{"problems", "findings alone", false, render.Problems, render.JSON},
}

// mostPaths bounds the logical backtraces of one task in JSON. A task waited
// for by thousands has as many.
const mostPaths = 1000

func whereJSON(w io.Writer, s *graph.Snapshot, o render.Options) error {
	limit := o.Limit
	if limit == 0 {
		limit = mostPaths
	}
	return graph.WriteWhereJSON(w, s, o.Task, limit)
}

func whyJSON(w io.Writer, s *graph.Snapshot, o render.Options) error {
	return graph.WriteWhyJSON(w, s, o.Task, o.Limit)
}

func statsJSON(w io.Writer, s *graph.Snapshot, o render.Options) error {
	return graph.WriteStatsJSON(w, s, o.System)
}

func stacksJSON(w io.Writer, s *graph.Snapshot, o render.Options) error {
	return graph.WriteStacksJSON(w, s, graph.ForestOptions{System: o.System, Coalesce: true})
}

// request is a view, with its task in the user's words.
type request struct {
	view
	task string
}

// parseView understands what stands after the source: [VIEW [TASK]].
func parseView(args []string) (request, error) {
	if len(args) == 0 {
		return request{view: views[0]}, nil
	}
	for _, v := range views {
		if v.name != args[0] {
			continue
		}
		switch rest := args[1:]; {
		case v.ofTask && len(rest) == 0:
			return request{}, usagef("%s needs a TASK: an id (go:57), ~text of a function's name, an address or thread:TID", v.name)
		case v.ofTask && len(rest) == 1:
			return request{v, rest[0]}, nil
		case len(rest) == 0:
			return request{view: v}, nil
		default:
			return request{}, usagef("%s takes no argument %q", v.name, rest[len(rest)-1])
		}
	}
	return request{}, usagef("%q is no view; the views are %s", args[0], strings.Join(viewNames(), ", "))
}

func isView(name string) bool { return slices.Contains(viewNames(), name) }

func viewNames() []string {
	names := make([]string, len(views))
	for i, v := range views {
		names[i] = v.name
	}
	return names
}

// viewHelp is the part on views of a source command's help.
func viewHelp() string {
	var b strings.Builder
	b.WriteString("\n\nViews:\n")
	for _, v := range views {
		name := v.name
		if v.ofTask {
			name += " TASK"
		}
		fmt.Fprintf(&b, "  %-12s %s\n", name, v.short)
	}
	b.WriteString("A TASK is an id (go:57), a bare number, a name, ~text in a function's name,\nthe address (0x...) of what it waits on or belongs to, thread:TID, or current\n(the one that a core's process died in).")
	return b.String()
}

// completeViews completes what stands after n arguments for the source.
func completeViews(n int, source cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) < n {
			return source(c, args, toComplete)
		}
		if len(args) > n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []cobra.Completion
		for _, v := range views {
			out = append(out, cobra.CompletionWithDesc(v.name, v.short))
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}
