package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// reasons draws a chain of waits, one node a line, two spaces deeper at each step.
func reasons(n *graph.Node) string {
	var b strings.Builder
	var draw func(n *graph.Node, indent string)
	draw = func(n *graph.Node, indent string) {
		b.WriteString("\n" + indent)
		l := n.Link
		switch {
		case l == nil:
			fmt.Fprintf(&b, "%v", n.Tasks)
		case l.Kind == graph.LinkEnd:
			fmt.Fprintf(&b, "end: %s", l.End)
			if l.Count > 0 {
				fmt.Fprintf(&b, " %d", l.Count)
			}
		case l.Kind == graph.LinkBranch:
			fmt.Fprintf(&b, "branch %d: %s", l.Branch, l.Wait.Kind)
		default:
			fmt.Fprintf(&b, "%s %v", l.Kind, n.Tasks)
		}
		switch {
		case n.Closes && l.Problem != nil:
			b.WriteString(" deadlock")
		case n.Closes:
			b.WriteString(" cycle")
		case n.See:
			b.WriteString(" see")
		}
		if n.Evidence.Confidence == graph.Inferred {
			b.WriteString(" (inferred)")
		}
		for _, kid := range n.Children {
			draw(kid, indent+"  ")
		}
	}
	draw(n, "")
	return b.String()
}

func checkWhy(t *testing.T, s *graph.Snapshot, id graph.TaskID, o graph.WhyOptions, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.ReplaceAll(want, "\t", ""), reasons(s.Why(id, o))); diff != "" {
		t.Error(diff)
	}
}

func TestWhyFollowsWaitsToTheirEnds(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:2", "go:3", "go:4", "go:5")
	g.Outstanding, g.Evidence = 5, inferred
	lock, free := held(b, 0x1000, inferred, "go:6"), held(b, 0x2000, proven)
	sleep := graph.Wait{Kind: graph.WaitSleep}
	ended := running("go:5")
	ended.State = graph.StateDone
	cancelled := waiting("go:8", sleep)
	cancelled.Cancel = &graph.Cancellation{Requested: 1, Pending: true}
	s := sealed(t, b,
		waiting("go:1", on(g)),
		waiting("go:2", locks(lock)),
		waiting("go:3", locks(lock)),
		waiting("go:4", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{
			{Kind: graph.WaitForever}, locks(free), awaits("go:8"), {Kind: graph.WaitNetwork}, awaits("go:77"),
		}}),
		ended, running("go:6"), cancelled,
	)
	checkWhy(t, s, "go:1", graph.WhyOptions{}, `
[go:1]
  member [go:2] (inferred)
    holder [go:6] (inferred)
      end: runs
  member [go:3] (inferred)
    holder [go:6] see (inferred)
  member [go:4] (inferred)
    branch 0: forever
      end: never
    branch 1: mutex
      end: holder-unknown
    task [go:8]
      end: cancelling
    branch 3: network
      end: outside
    branch 4: await task
      end: missing
  end: members-unknown 2`)
	checkWhy(t, s, "go:1", graph.WhyOptions{Limit: 3}, `
[go:1]
  member [go:2] (inferred)
    end: cut 1
  member [go:3] (inferred)
    end: cut 1
  end: cut 1
  end: members-unknown 2`)
	checkWhy(t, s.Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:3": true}}), "go:3", graph.WhyOptions{}, `
[go:3]
  holder [go:6] (inferred)
    end: runs`)
	if n := s.Why("go:99", graph.WhyOptions{}); n != nil {
		t.Errorf("of a task that is not there: %v", n)
	}
}

func TestWhyClosesCycles(t *testing.T) {
	b := graph.NewBuilder("test")
	one, two := held(b, 0x1000, proven, "go:1"), held(b, 0x2000, proven, "go:2")
	s := sealed(t, b,
		waiting("go:1", locks(two)), waiting("go:2", locks(one)), waiting("go:3", locks(one)),
		waiting("go:4", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:4"), {Kind: graph.WaitSleep}}}),
	)
	checkWhy(t, s, "go:3", graph.WhyOptions{}, `
[go:3]
  holder [go:1]
    holder [go:2]
      holder [go:1] deadlock`)
	checkWhy(t, s, "go:4", graph.WhyOptions{}, `
[go:4]
  task [go:4] cycle
  branch 1: sleep
    end: timer`)
}

func TestWhyFoldsWhatIsAlike(t *testing.T) {
	b := graph.NewBuilder("test")
	const members = 1_000
	g := group(b, 0xc000)
	lock := held(b, 0x1000, proven, "go:9999")
	b.Task(waiting("go:1", on(g)))
	for i := range members {
		socket := b.Resource("fd", 0x7000+uint64(i))
		reader := waiting(graph.TaskID(fmt.Sprintf("go:%d", 2+i)), graph.Wait{Kind: graph.WaitNetwork, Resource: socket.ID, Evidence: proven})
		queued := waiting(graph.TaskID(fmt.Sprintf("go:%d", 5000+i)), locks(lock))
		b.Task(reader)
		b.Task(queued)
		g.Members = append(g.Members, reader.ID, queued.ID)
	}
	root := sealed(t, b, running("go:9999")).Why("go:1", graph.WhyOptions{Coalesce: true})
	var lines []string
	for _, kid := range root.Children {
		lines = append(lines, fmt.Sprintf("%d: %s", len(kid.Tasks), strings.TrimSpace(reasons(kid.Children[0]))))
	}
	want := []string{
		"1000: end: outside",
		"1: holder [go:9999]\n  end: runs", // the first leads there in full, the others refer to that
		"999: holder [go:9999] see",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

// A gather of a thousand is not a thousand lines.
func TestWhyFoldsBranches(t *testing.T) {
	b := graph.NewBuilder("test")
	gather := graph.Wait{Kind: graph.WaitGather}
	for i := range 1_000 {
		id := graph.TaskID(fmt.Sprintf("go:%d", 2+i))
		future := b.Resource("future", 0x7000+uint64(i))
		b.Task(waiting(id, graph.Wait{Kind: graph.WaitSleep}))
		gather.Branches = append(gather.Branches, awaits(id), graph.Wait{Kind: graph.WaitFuture, Resource: future.ID, Evidence: proven})
	}
	root := sealed(t, b, waiting("go:1", gather)).Why("go:1", graph.WhyOptions{Coalesce: true})
	if len(root.Children) != 2 {
		t.Fatalf("%d children, want the tasks and the futures", len(root.Children))
	}
	tasks, futures := root.Children[0], root.Children[1]
	if len(tasks.Tasks) != 1_000 || tasks.Link.Kind != graph.LinkTask || futures.Link.Kind != graph.LinkBranch || futures.Link.Count != 1_000 {
		t.Errorf("%d tasks by a link %v, %d times a link %v", len(tasks.Tasks), tasks.Link.Kind, futures.Link.Count, futures.Link.Kind)
	}
}

// However deep a chain is, it is followed to its end.
func TestWhyOfALongChain(t *testing.T) {
	n, depth := chain(50_000).Why("go:1", graph.WhyOptions{Coalesce: true}), 0
	for len(n.Children) > 0 {
		n, depth = n.Children[0], depth+1
	}
	if depth != 50_000 || n.Link.End != graph.EndRuns {
		t.Errorf("it ends %s after %d steps, want runs after 50,000", n.Link.End, depth)
	}
}

// A task stands in its chain once in full, each step is an edge of the
// snapshot, and no way just stops.
func TestWhyHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		o := graph.WhyOptions{Coalesce: rapid.Bool().Draw(t, "coalesce"), Limit: rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(t, "limit")}
		for _, task := range s.Tasks {
			full := map[graph.TaskID]bool{}
			closes := false
			var walk func(n *graph.Node, above []graph.TaskID)
			walk = func(n *graph.Node, above []graph.TaskID) {
				l := n.Link
				ends := l != nil && l.Kind == graph.LinkEnd
				if ends != (l != nil && l.End != 0) || ends == (len(n.Children) > 0) && !n.See {
					t.Fatalf("%s: a way just stops, or goes on behind its end: %s", task.ID, reasons(n))
				}
				if l == nil || l.Kind != graph.LinkEnd && l.Kind != graph.LinkBranch {
					if l != nil {
						checkLink(t, s, above[len(above)-1], n)
					}
					for _, id := range n.Tasks {
						if full[id] && !n.See {
							t.Fatalf("%s: %s stands there twice", task.ID, id)
						}
						full[id] = true
					}
					if n.Closes != (n.See && slices.Contains(above, n.Task.ID)) && !o.Coalesce {
						t.Fatalf("%s: %s says closes: %v below %v", task.ID, n.Task.ID, n.Closes, above)
					}
					closes = closes || n.Closes
					above = append(slices.Clip(above), n.Task.ID)
				}
				for _, kid := range n.Children {
					walk(kid, above)
				}
			}
			walk(s.Why(task.ID, o), nil)
			for _, p := range s.Problems {
				if o.Limit == 0 && !closes && (p.Code == "deadlock" || p.Code == "self-deadlock") && slices.Contains(append(slices.Clip(p.Tasks), p.Queued...), task.ID) {
					t.Fatalf("%s is in or behind the deadlock of %v, which its chain does not show", task.ID, p.Tasks)
				}
			}
		}
	})
}

// checkLink checks that a wait of the task above leads to the node.
func checkLink(t *rapid.T, s *graph.Snapshot, above graph.TaskID, n *graph.Node) {
	w := n.Link.Wait
	ok := false
	switch g, r := s.Group(w.Group), s.Resource(w.Resource); n.Link.Kind {
	case graph.LinkTask:
		ok = w.Task == n.Task.ID
	case graph.LinkMember:
		ok = slices.Contains(g.Members, n.Task.ID)
	case graph.LinkHolder:
		ok = slices.ContainsFunc(r.Holders, func(h graph.Holder) bool { return h.Task == n.Task.ID })
	}
	if !ok || n.Evidence.Confidence == 0 {
		t.Fatalf("no wait of %s leads to %s", above, n.Task.ID)
	}
}
