package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Every task is in one vertex or counted as hidden, every edge is one of the
// snapshot, and what a problem names is drawn before what none does.
func TestPictureHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		o := graph.PictureOptions{System: rapid.Bool().Draw(t, "system"), Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
		p := s.Picture(o)
		drawn := map[graph.TaskID]bool{}
		least := graph.Error
		for _, v := range p.Vertices {
			for _, id := range v.Tasks {
				if drawn[id] {
					t.Fatalf("%s is drawn twice", id)
				}
				drawn[id] = true
			}
			if v.Task != nil {
				least = min(least, v.Severity)
			}
		}
		want := 0
		for _, task := range s.Tasks {
			if !task.System || o.System {
				want++
			}
		}
		if len(drawn)+p.Hidden != want {
			t.Fatalf("%d drawn and %d hidden, want %d in all", len(drawn), p.Hidden, want)
		}
		for _, e := range p.Edges {
			checkEdge(t, s, p.Vertices[e.From], p.Vertices[e.To], e)
		}
		for _, problem := range s.Problems {
			for _, id := range problem.Tasks {
				if task := s.Task(id); task != nil && (!task.System || o.System) && !drawn[id] && problem.Severity > least {
					t.Fatalf("%s, of the problem %q, is not drawn, and another is", id, problem.Message)
				}
			}
		}
	})
}

// checkEdge checks that an edge holds for all of the tasks that it stands for.
func checkEdge(t *rapid.T, s *graph.Snapshot, from, to graph.Vertex, e graph.Edge) {
	if e.Evidence.Confidence == 0 {
		t.Fatalf("an edge without evidence: %+v", e)
	}
	ok := true
	switch e.Kind {
	case graph.EdgeWait:
		for _, id := range from.Tasks {
			ok = ok && slices.ContainsFunc(leaves(s.Task(id).Waits), func(w graph.Wait) bool {
				switch {
				case to.Group != nil:
					return w.Group == to.Group.ID
				case to.Resource != nil:
					return w.Resource == to.Resource.ID
				}
				return slices.Contains(to.Tasks, w.Task)
			})
		}
	case graph.EdgeHolder:
		for _, id := range to.Tasks {
			ok = ok && slices.ContainsFunc(from.Resource.Holders, func(h graph.Holder) bool { return h.Task == id })
		}
	case graph.EdgeMember:
		for _, id := range to.Tasks {
			ok = ok && slices.Contains(from.Group.Members, id)
		}
	}
	if !ok {
		t.Fatalf("the snapshot has no edge %+v from %v to %v", e, from, to)
	}
}

func leaves(waits []graph.Wait) (out []graph.Wait) {
	for _, w := range waits {
		out = append(append(out, w), leaves(w.Branches)...)
	}
	return out
}

func TestPictureOfManyTasks(t *testing.T) {
	b := graph.NewBuilder("test")
	const n = 5_000
	full := b.Resource("chan", 0x1000)
	for i := range n {
		socket := b.Resource("fd", 0x7000+uint64(i))
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", i+1)), graph.Wait{Kind: graph.WaitNetwork, Resource: socket.ID, Evidence: proven}))
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", n+i+1)), graph.Wait{Kind: graph.WaitChanSend, Resource: full.ID, Evidence: proven}))
	}
	p := b.Seal().Picture(graph.PictureOptions{})
	if len(p.Vertices) != 3 || len(p.Edges) != 1 || p.Hidden != 0 {
		t.Errorf("%d vertices and %d edges, %d hidden; want the readers, the senders and their channel", len(p.Vertices), len(p.Edges), p.Hidden)
	}
}
