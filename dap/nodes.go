package dap

import (
	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// place is a line of a source file, as a client finds it.
type place struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Name string `json:"name"` // of the function
}

func (p *panel) placeOf(phrases render.Phrases, f *graph.Frame) *place {
	if f == nil || f.File == "" {
		return nil
	}
	return &place{Path: p.source(f).Path, Line: f.Line, Name: phrases.Function(f)}
}

// tree arranges the tasks, once a stop.
func (p *panel) tree(s *graph.Snapshot, system bool) *view.Tree {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.trees[system]; t.s == s {
		return t.Tree
	}
	t := view.NewTree(s, system)
	if p.trees == nil {
		p.trees = map[bool]shownTree{}
	}
	p.trees[system] = shownTree{s, t}
	return t
}

// shownTree is the tree of a snapshot.
type shownTree struct {
	s *graph.Snapshot
	*view.Tree
}

// treeNode is a node of the tree of tasks: docs/dap.md#dlvasynctree.
type treeNode struct {
	ID          string `json:"id"` // to ask for what is below it
	Kind        string `json:"kind"`
	Label       string `json:"label"`
	Description string `json:"description,omitempty"`
	Tooltip     string `json:"tooltip,omitempty"`
	Task        string `json:"task,omitempty"`
	Thread      int    `json:"thread,omitempty"`
	Count       int    `json:"count"`
	Children    int    `json:"children"`
	Problem     string `json:"problem,omitempty"`
	Place       *place `json:"place,omitempty"`
}

func (p *panel) treeNodes(nodes []view.Node) []treeNode {
	out := make([]treeNode, len(nodes))
	for i, n := range nodes {
		out[i] = treeNode{
			ID: n.ID, Kind: n.Kind, Label: n.Label, Description: n.Description, Tooltip: n.Tooltip,
			Task: string(n.Task), Count: n.Count, Children: n.Children, Problem: n.Problem,
			Place: p.placeOf(n.Phrases, n.Place),
		}
		if n.Task != "" {
			out[i].Thread = p.numbers.of(n.Task)
		}
	}
	return out
}

// problemNode is a problem: docs/dap.md#dlvasyncproblems.
type problemNode struct {
	Code     string        `json:"code"`
	Severity string        `json:"severity"`
	Message  string        `json:"message"`
	Inferred bool          `json:"inferred,omitempty"`
	Tasks    []problemTask `json:"tasks"`
	Total    int           `json:"total"` // tasks in it, of which the first are listed
}

type problemTask struct {
	Task   string `json:"task"`
	Thread int    `json:"thread"`
	Label  string `json:"label"`
	Doing  string `json:"doing"`
	Place  *place `json:"place,omitempty"`
}

// mostProblemTasks bounds the tasks listed of one problem.
const mostProblemTasks = 100

func (p *panel) problemNodes(s *graph.Snapshot) []problemNode {
	phrases := render.NewPhrases(s)
	out := []problemNode{}
	for _, problem := range s.Problems {
		if problem.Suppressed {
			continue
		}
		n := problemNode{
			Code: problem.Code, Severity: problem.Severity.String(), Message: phrases.Safe(problem.Message),
			Inferred: problem.Evidence.Confidence == graph.Inferred, Tasks: []problemTask{}, Total: len(problem.Tasks),
		}
		for _, id := range problem.Tasks[:min(len(problem.Tasks), mostProblemTasks)] {
			if t := s.Task(id); t != nil {
				n.Tasks = append(n.Tasks, problemTask{
					Task: string(id), Thread: p.numbers.of(id), Label: string(id) + " " + view.Title(phrases, t),
					Doing: phrases.Doing(t), Place: p.placeOf(phrases, phrases.Place(t)),
				})
			}
		}
		out = append(out, n)
	}
	return out
}
