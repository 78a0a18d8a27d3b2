package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// drawn draws a forest, one node a line, two spaces deeper at each step.
func drawn(nodes []*graph.Node) string {
	var b strings.Builder
	var draw func(nodes []*graph.Node, indent string)
	draw = func(nodes []*graph.Node, indent string) {
		for _, n := range nodes {
			b.WriteString("\n" + indent)
			switch {
			case n.Closes:
				fmt.Fprintf(&b, "closes %s", n.Task.ID)
			case n.See:
				fmt.Fprintf(&b, "see %s", n.Task.ID)
			case n.Group != nil:
				fmt.Fprintf(&b, "%v", n.Groups)
			default:
				fmt.Fprintf(&b, "%v", n.Tasks)
			}
			if n.Evidence.Confidence == graph.Inferred {
				b.WriteString(" (inferred)")
			}
			draw(n.Children, indent+"  ")
		}
	}
	draw(nodes, "")
	return b.String()
}

func checkForest(t *testing.T, s *graph.Snapshot, o graph.ForestOptions, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.ReplaceAll(want, "\t", ""), drawn(s.Forest(o))); diff != "" {
		t.Error(diff)
	}
}

func TestForestPutsMembersBelowGroupsBelowOwners(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:10", "go:2")
	g.Owner, g.Evidence = "go:1", inferred
	s := sealed(t, b,
		waiting("go:1", on(g)),
		waiting("go:2", awaits("go:3")),
		running("go:3"), running("go:4"), running("go:10"),
		waiting("go:11", on(g)),
	)
	checkForest(t, s, graph.ForestOptions{}, `
[go:1]
  [g1]
    [go:2] (inferred)
      [go:3]
    [go:10] (inferred)
[go:4]
[go:11]`)
}

// A task has one place: in its innermost group, else below who waits for it
// first. Elsewhere stands a reference; but a group that nobody waits for, and of
// which there would be nothing but references, is left out. (The outer one is g1:
// it comes first, as it is waited for.)
func TestForestRefersToWhatStandsElsewhere(t *testing.T) {
	b := graph.NewBuilder("test")
	inner, outer, beside := group(b, 0xc000), group(b, 0xd000), group(b, 0xe000)
	inner.Owner, outer.Owner, beside.Owner = "go:1", "go:1", "go:1"
	member := running("go:3")
	member.Groups = []graph.GroupID{inner.ID, outer.ID, beside.ID}
	lock := held(b, 0x1000, inferred, "go:5")
	many := held(b, 0x2000, proven, "go:3", "go:5")
	s := sealed(t, b,
		waiting("go:1", on(outer)),
		waiting("go:2", awaits("go:3")), member,
		waiting("go:4", awaits("go:6")),
		waiting("go:5", awaits("go:6")), running("go:6"),
		waiting("go:7", locks(lock)), waiting("go:8", locks(many)),
	)
	checkForest(t, s, graph.ForestOptions{}, `
[go:1]
  [g1]
    see go:3
  [g2]
    [go:3]
[go:2]
  see go:3
[go:4]
  [go:6]
[go:5]
  see go:6
[go:7]
  see go:5 (inferred)
[go:8]`)
}

// A cycle without a way in is drawn all the same, from its first task, and says
// where it closes.
func TestForestDrawsCycles(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:30")
	g.Owner = "go:30"
	s := sealed(t, b,
		waiting("go:3", awaits("go:2")), waiting("go:2", awaits("go:10")), waiting("go:10", awaits("go:3")),
		waiting("go:20", awaits("go:20")),
		waiting("go:30", on(g)),
	)
	checkForest(t, s, graph.ForestOptions{}, `
[go:2]
  [go:10]
    [go:3]
      closes go:2
[go:20]
  closes go:20
[go:30]
  [g1]
    closes go:30`)
}

func TestForestOfAGroupWithoutAnOwner(t *testing.T) {
	b := graph.NewBuilder("test")
	group(b, 0xc000, "go:3", "go:5")
	empty := group(b, 0xd000)
	s := sealed(t, b, running("go:1"), running("go:3"), waiting("go:4", on(empty)), running("go:5"))
	checkForest(t, s, graph.ForestOptions{}, `
[go:1]
[g1]
  [go:3]
  [go:5]
[go:4]`)
}

func TestForestHidesSystemTasks(t *testing.T) {
	b := graph.NewBuilder("test")
	sys := waiting("go:2", awaits("go:3"))
	sys.System = true
	s := sealed(t, b, running("go:1"), sys, running("go:3"))
	checkForest(t, s, graph.ForestOptions{}, "\n[go:1]\n[go:3]")
	checkForest(t, s, graph.ForestOptions{System: true}, "\n[go:1]\n[go:2]\n  [go:3]")
}

// Of a filtered snapshot, the forest is of the tasks that it holds.
func TestForestOfSomeTasks(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:2", "go:3")
	g.Owner = "go:1"
	s := sealed(t, b, waiting("go:1", on(g)), running("go:2"), running("go:3"))
	checkForest(t, s.Select(graph.Filter{States: []graph.State{graph.StateRunning}}), graph.ForestOptions{}, "\n[g1]\n  [go:2]\n  [go:3]")
}

// handlers is n tasks with a group of two workers each; the workers of odd
// ones differ in what differs.
func handlers(n int, differ func(b *graph.Builder, handler, worker *graph.Task, g *graph.Group)) (*graph.Builder, []*graph.Task) {
	b := graph.NewBuilder("test")
	var tasks []*graph.Task
	stack, work := frames("wait", "handle"), frames("receive", "work")
	for i := range n {
		id := func(k int) graph.TaskID { return graph.TaskID(fmt.Sprintf("go:%d", i+1+k*100)) }
		g := group(b, 0xc000+uint64(i)*16, id(1), id(2))
		g.OpenedAt = &graph.Opening{Task: id(0), Frame: 1, Evidence: proven}
		g.Outstanding = 2
		handler := waiting(id(0), on(g), stack...)
		worker := func(k int) *graph.Task {
			c := b.Resource("chan", 0xe000+uint64(i+k*100)*16)
			c.Detail = []graph.Attr{{Key: "len", Value: 0}, {Key: "cap", Value: 3 + i}, {Key: "closed", Value: false}}
			return waiting(id(k), graph.Wait{Kind: graph.WaitChanReceive, Resource: c.ID, Evidence: proven}, work...)
		}
		one, two := worker(1), worker(2)
		if differ != nil && i%2 == 1 {
			differ(b, handler, one, g)
		}
		tasks = append(tasks, handler, one, two)
	}
	return b, tasks
}

// Subtrees that are alike are one, though addresses, ids and lengths differ;
// each node keeps all the tasks that it stands for.
func TestForestFoldsWhatIsAlike(t *testing.T) {
	b, tasks := handlers(3, nil)
	checkForest(t, sealed(t, b, tasks...), graph.ForestOptions{Coalesce: true}, `
[go:1 go:2 go:3]
  [g1 g2 g3]
    [go:101 go:102 go:103 go:201 go:202 go:203]`)
	b, tasks = handlers(2, nil)
	checkForest(t, sealed(t, b, tasks...), graph.ForestOptions{}, `
[go:1]
  [g1]
    [go:101]
    [go:201]
[go:2]
  [g2]
    [go:102]
    [go:202]`)
}

// What differs in what a person would see stays apart, up to the roots.
func TestForestKeepsApartWhatDiffers(t *testing.T) {
	for name, differ := range map[string]func(b *graph.Builder, handler, worker *graph.Task, g *graph.Group){
		"frames": func(_ *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			worker.Frames = frames("receive", "other")
		},
		"wait kind": func(_ *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			worker.Waits[0].Kind = graph.WaitChanSend
		},
		"state": func(_ *graph.Builder, _, worker *graph.Task, _ *graph.Group) { worker.State = graph.StateRunnable },
		"a problem": func(_ *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			worker.Problems = []*graph.Problem{{Message: "torn"}}
		},
		"an error": func(_ *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			worker.Error = &graph.Failure{Type: "E"}
		},
		"a cancel": func(_ *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			worker.Cancel = &graph.Cancellation{Pending: true}
		},
		"the count":  func(_ *graph.Builder, _, _ *graph.Task, g *graph.Group) { g.Outstanding = 7 },
		"the group":  func(_ *graph.Builder, _, _ *graph.Task, g *graph.Group) { g.Kind = "sync.WaitGroup" },
		"its error":  func(_ *graph.Builder, _, _ *graph.Task, g *graph.Group) { g.Error = &graph.Failure{Type: "E"} },
		"its opener": func(_ *graph.Builder, _, _ *graph.Task, g *graph.Group) { g.OpenedAt.Frame = 0 },
		"the channel": func(b *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			c := b.Resource("chan", 0xffff0)
			c.Detail = []graph.Attr{{Key: "len", Value: 3}, {Key: "cap", Value: 3}}
			worker.Waits[0].Resource = c.ID
		},
		"the children": func(b *graph.Builder, _, worker *graph.Task, _ *graph.Group) {
			b.Task(running(worker.ID + "9"))
			worker.Waits = []graph.Wait{awaits(worker.ID + "9")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, tasks := handlers(4, differ)
			roots := sealed(t, b, tasks...).Forest(graph.ForestOptions{Coalesce: true})
			if len(roots) != 2 || len(roots[0].Tasks) != 2 || len(roots[1].Tasks) != 2 {
				t.Errorf("the roots are %s\nwant two of two tasks", drawn(roots))
			}
		})
	}
}

// A folded node shows the first of its tasks, also where that was not the
// first to be met; edges that are known in different ways stay apart.
func TestForestShowsTheFirstOfThoseFolded(t *testing.T) {
	guessed := awaits("go:7")
	guessed.Evidence = inferred
	s := sealed(t, graph.NewBuilder("test"),
		waiting("go:1", awaits("go:9")), waiting("go:2", awaits("go:8")), waiting("go:3", guessed),
		running("go:7"), running("go:8"), running("go:9"),
	)
	roots := s.Forest(graph.ForestOptions{Coalesce: true})
	if diff := cmp.Diff("\n[go:1 go:2]\n  [go:8 go:9]\n[go:3]\n  [go:7] (inferred)", drawn(roots)); diff != "" {
		t.Fatal(diff)
	}
	if got := roots[0].Children[0].Task.ID; got != "go:8" {
		t.Errorf("the node of go:8 and go:9 shows %s", got)
	}
}

func TestForestFoldsReferencesToTheSameTask(t *testing.T) {
	b := graph.NewBuilder("test")
	lock := held(b, 0x1000, proven, "go:1")
	s := sealed(t, b, running("go:1"), waiting("go:2", locks(lock)), waiting("go:3", locks(lock)))
	checkForest(t, s, graph.ForestOptions{Coalesce: true}, `
[go:1]
[go:2 go:3]
  see go:1`)
}

func TestStacksGatherWhatIsAlike(t *testing.T) {
	b, tasks := handlers(3, nil)
	main := running("go:500", frames("main")...)
	sys := running("go:501", frames("gc")...)
	sys.System = true
	s := sealed(t, b, append(tasks, main, sys)...)
	var got []string
	for _, set := range s.Stacks(graph.ForestOptions{}) {
		got = append(got, fmt.Sprintf("%dx %s", len(set.Tasks), told(set.Path)))
	}
	want := []string{
		"6x self go:101 receive work | scope go:1 via g1 handle",
		"3x self go:1 wait handle",
		"1x self go:500 main",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the stacks are\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// A note that names the first of many tasks does not tear them apart.
func TestNotesDoNotUnfold(t *testing.T) {
	const n = 1500
	b := graph.NewBuilder("test")
	started := &graph.Creation{At: &graph.Frame{Func: "main.serve", File: "main.go", Line: 7}}
	stands := []*graph.Frame{{Func: "main.work", File: "main.go", Line: 9}}
	for i := range n {
		b.Task(&graph.Task{
			ID: graph.TaskID(fmt.Sprint("go:", i+1)), Runtime: "go", State: graph.StateWaiting, Frames: stands, CreatedBy: started,
			Waits: []graph.Wait{{Kind: graph.WaitForever}},
		})
	}
	s := b.Seal()
	if !slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Severity == graph.Info && len(p.Tasks) < n }) {
		t.Fatalf("the problems are %v", s.Problems)
	}
	if roots := s.Forest(graph.ForestOptions{Coalesce: true}); len(roots) != 1 || len(roots[0].Tasks) != n {
		t.Errorf("%d lines stand for them, the first for %d", len(roots), len(roots[0].Tasks))
	}
}
