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
// it as an argument; some of these look at all tasks without it.
type view struct {
	name, short string
	ofTask      bool
	orOfAll     bool
	text, json  drawing
	more        map[string]drawing // in other formats, by their names
}

type drawing func(io.Writer, *graph.Snapshot, render.Options) error

var views = []view{
	{name: "report", short: "what is wrong, and the tree on a screen; the default", text: render.Report, json: render.JSON},
	{name: "tree", short: "who is part of what and who awaits whom, from the roots down", text: render.Tree, json: render.JSON},
	{name: "tasks", short: "a table of the tasks", text: render.Tasks, json: render.JSON},
	{name: "where", short: "the logical async backtrace of one task, all its paths", ofTask: true, text: render.Where, json: whereJSON},
	{name: "why", short: "what it all hangs on: the chain of waits from one task to its ends; without a task, what hangs on what in the whole process", ofTask: true, orOfAll: true, text: render.Why, json: whyJSON},
	{name: "requests", short: "the requests that are being served (HTTP, gRPC, Celery ...), by where they stand", text: render.Requests, json: render.JSON},
	{name: "stacks", short: "identical logical stacks coalesced, most frequent first", text: render.Stacks, json: stacksJSON},
	{name: "groups", short: "each group with its members, who waits for it and who opened it", text: render.Groups, json: render.JSON},
	{name: "resources", short: "each thing that is waited on, with its state, holders and waiters", text: render.Resources, json: render.JSON},
	{name: "stats", short: "counts by state, wait, place, creator and group; the runtime's queues", text: render.Stats, json: statsJSON},
	{name: "problems", short: "findings alone", text: render.Problems, json: render.JSON},
	{name: "graph", short: "who waits for what as a picture: -o dot (the default), mermaid, svg or html", text: render.DOT, json: render.JSON,
		more: map[string]drawing{"dot": render.DOT, "mermaid": render.Mermaid, "svg": render.SVG, "html": render.HTML}},
}

// in returns what draws the view in a format.
func (v view) in(format string) (drawing, error) {
	switch draw := v.more[format]; {
	case format == "text":
		return v.text, nil
	case format == "json":
		return v.json, nil
	case draw != nil:
		return draw, nil
	}
	return nil, usagef("the view %s cannot be drawn as %s; the view graph can", v.name, format)
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
	if o.Task == "" {
		return graph.WriteCausesJSON(w, s, o.System, o.Limit)
	}
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
	task string // empty: none
	draw drawing
}

// parseView understands what stands after the source: [VIEW [TASK]]. Without
// any it is the first view that has the format.
func parseView(args []string, format string) (request, error) {
	if len(args) == 0 {
		for _, v := range views {
			if _, err := v.in(format); err == nil {
				return request{view: v}, nil
			}
		}
		return request{view: views[0]}, nil
	}
	v, ok := findView(args[0])
	if !ok {
		return request{}, usagef("%q is no view; the views are %s", args[0], strings.Join(viewNames(), ", "))
	}
	switch rest := args[1:]; {
	case v.ofTask && !v.orOfAll && len(rest) == 0:
		return request{}, usagef("%s needs a TASK: an id (go:57), name=NAME, ~text of a function's name, an address or thread:TID", v.name)
	case v.ofTask && len(rest) == 1:
		return request{view: v, task: rest[0]}, nil
	case len(rest) == 0:
		return request{view: v}, nil
	default:
		return request{}, usagef("%s takes no argument %q", v.name, rest[len(rest)-1])
	}
}

func findView(name string) (view, bool) {
	i := slices.IndexFunc(views, func(v view) bool { return v.name == name })
	if i < 0 {
		return view{}, false
	}
	return views[i], true
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
		switch {
		case v.orOfAll:
			name += " [TASK]"
		case v.ofTask:
			name += " TASK"
		}
		fmt.Fprintf(&b, "  %-12s %s\n", name, v.short)
	}
	b.WriteString("A TASK is an id (go:57), a bare number, a name or name=NAME, ~text in a\nfunction's name, the address (0x...) of what it waits on or belongs to,\nthread:TID, or current (the one that a core's process died in).")
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
