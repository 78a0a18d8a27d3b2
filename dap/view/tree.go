package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Node is a line of the tree of tasks: a task, several that are alike, a
// group, or a reference to a task that stands elsewhere in the tree.
type Node struct {
	ID          string // its way from the root: 0/3/1
	Kind        string // task, group, see
	Label       string
	Description string
	Tooltip     string
	Task        graph.TaskID // "" of a group
	Count       int          // tasks or groups that it stands for
	Children    int
	Problem     string // the code of the worst problem of its tasks
	Place       *graph.Frame
	Phrases     render.Phrases
}

// Tree is who is part of what and who awaits whom, with what is alike folded.
type Tree struct {
	p       render.Phrases
	trouble map[graph.TaskID]*graph.Problem
	roots   []*graph.Node
}

// NewTree arranges the tasks of a snapshot, system tasks too if wanted.
func NewTree(s *graph.Snapshot, system bool) *Tree {
	return &Tree{render.NewPhrases(s), trouble(s), s.Forest(graph.ForestOptions{System: system, Coalesce: true})}
}

// Nodes returns the nodes below the one with an id ("": the roots), at most
// limit of them (0: all), and how many there are. With a filter the roots are
// a flat list of the tasks with that text in their id, name, functions or wait.
func (b *Tree) Nodes(filter, below string, limit int) (nodes []Node, total int) {
	level := b.roots
	if filter != "" {
		level = matching(level, func(n *graph.Node) bool { return b.fits(n, strings.ToLower(filter)) })
	}
	if below != "" {
		for step := range strings.SplitSeq(below, "/") {
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(level) {
				return nil, 0
			}
			level = level[i].Children
		}
		below += "/"
	}
	total = len(level)
	if limit > 0 && len(level) > limit {
		level = level[:limit]
	}
	for i, n := range level {
		nodes = append(nodes, b.node(below+strconv.Itoa(i), n))
	}
	return nodes, total
}

// matching are the nodes that fit, wherever they stand, each without what is
// above it.
func matching(level []*graph.Node, fits func(*graph.Node) bool) []*graph.Node {
	var out []*graph.Node
	todo := append([]*graph.Node(nil), level...)
	for len(todo) > 0 {
		n := todo[0]
		todo = todo[1:]
		if !n.See && n.Task != nil && fits(n) {
			out = append(out, n)
		}
		todo = append(todo, n.Children...)
	}
	return out
}

func (b *Tree) fits(n *graph.Node, text string) bool {
	for _, id := range n.Tasks {
		if strings.EqualFold(string(id), text) {
			return true
		}
	}
	if strings.Contains(strings.ToLower(n.Task.Name+" "+b.p.Doing(n.Task)), text) {
		return true
	}
	for _, f := range n.Task.Frames {
		if strings.Contains(strings.ToLower(f.Func), text) {
			return true
		}
	}
	return false
}

func (b *Tree) node(id string, n *graph.Node) Node {
	out := Node{ID: id, Kind: "task", Count: len(n.Tasks), Children: len(n.Children), Phrases: b.p}
	if n.Group != nil {
		out.Kind, out.Count = "group", max(len(n.Groups), 1)
		out.Label, out.Description = b.p.Group(n.Group), b.p.Left(n.Group)
		if len(n.Groups) > 1 {
			out.Label = fmt.Sprintf("%s× %s", number(len(n.Groups)), b.p.Safe(n.Group.Kind))
		}
		if o := n.Group.OpenedAt; o != nil && o.At != nil {
			out.Place = o.At
			out.Tooltip = "opened by " + string(o.Task) + " at " + b.p.Function(o.At) + " " + b.p.At(o.At)
		}
		return out
	}
	t := n.Task
	out.Task, out.Place = t.ID, b.p.Place(t)
	out.Label = joined(string(t.ID), Title(b.p, t))
	if len(n.Tasks) > 1 {
		out.Label = number(len(n.Tasks)) + "× " + Title(b.p, t)
		out.Tooltip = string(t.ID) + " and those that are like it"
	}
	out.Description = b.p.Doing(t)
	switch {
	case n.Closes:
		out.Kind, out.Description = "see", "a cycle: it stands above"
	case n.See:
		out.Kind, out.Description = "see", "it stands elsewhere in the tree"
	}
	if n.Evidence.Confidence == graph.Inferred {
		out.Tooltip = strings.TrimSpace(out.Tooltip + " (inferred: " + b.p.Safe(n.Evidence.How) + ")")
	}
	for _, id := range n.Tasks {
		if problem := b.trouble[id]; problem != nil {
			out.Problem = problem.Code
			break
		}
	}
	return out
}
