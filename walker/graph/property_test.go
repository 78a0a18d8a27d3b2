package graph_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Whatever a walker says, what comes out of Seal holds together, and no task
// that went in is lost.
func TestSealHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := specs().Draw(t, "process")
		s := spec.seal()
		if err := graph.Validate(s); err != nil {
			t.Fatal(err)
		}
		if len(s.Tasks) != len(spec.tasks) {
			t.Fatalf("%d tasks, want %d", len(s.Tasks), len(spec.tasks))
		}
	})
}

func TestOrderOfBuildingDoesNotShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := specs().Draw(t, "process")
		shuffled := spec.build(
			rapid.Permutation(inOrder(len(spec.tasks))).Draw(t, "tasks"),
			rapid.Permutation(inOrder(len(spec.groups))).Draw(t, "groups"),
			rapid.Permutation(inOrder(len(spec.resources))).Draw(t, "resources"),
		).Seal()
		if a, b := text(t, spec.seal()), text(t, shuffled); a != b {
			t.Fatalf("built in order:\n%s\nshuffled:\n%s", a, b)
		}
	})
}

func TestJSONComesBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		comesBack(t, s)
		picked := s.Select(graph.Filter{Tasks: subset(t, s)})
		if err := graph.Validate(picked); err != nil {
			t.Fatalf("of the filtered one: %v", err)
		}
		comesBack(t, picked)
	})
}

// subset draws some of the tasks.
func subset(t *rapid.T, s *graph.Snapshot) map[graph.TaskID]bool {
	ids := map[graph.TaskID]bool{}
	for _, task := range s.Tasks {
		if rapid.Bool().Draw(t, string(task.ID)) {
			ids[task.ID] = true
		}
	}
	return ids
}

func comesBack(t *rapid.T, s *graph.Snapshot) {
	before := text(t, s)
	back, err := graph.ReadJSON(bytes.NewReader([]byte(before)))
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Validate(back); err != nil {
		t.Fatalf("what was read: %v", err)
	}
	if after := text(t, back); after != before {
		t.Fatalf("written:\n%s\nread and written:\n%s", before, after)
	}
}

func text(t *rapid.T, s *graph.Snapshot) string {
	var b bytes.Buffer
	if err := graph.WriteJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every task that is not hidden stands in the forest once in full, folded or
// not; every reference is to one of those, and closes a cycle where it says so.
func TestForestShowsEachTaskOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		o := graph.ForestOptions{System: rapid.Bool().Draw(t, "system"), Coalesce: rapid.Bool().Draw(t, "coalesce")}
		times := map[graph.TaskID]int{}
		groups := map[graph.GroupID]int{}
		var refs []graph.TaskID
		var walk func(n *graph.Node, above []*graph.Node)
		walk = func(n *graph.Node, above []*graph.Node) {
			switch {
			case n.See:
				refs = append(refs, n.Task.ID)
				closes := slices.ContainsFunc(above, func(a *graph.Node) bool { return slices.Contains(a.Tasks, n.Task.ID) })
				if n.Closes != closes {
					t.Fatalf("the reference to %s says closes: %v, want %v", n.Task.ID, n.Closes, closes)
				}
				if len(n.Children) > 0 {
					t.Fatalf("the reference to %s has children", n.Task.ID)
				}
			case n.Group != nil:
				for _, id := range n.Groups {
					groups[id]++
				}
				if n.Group.ID != n.Groups[0] {
					t.Fatalf("a node of %v shows %s", n.Groups, n.Group.ID)
				}
			default:
				for _, id := range n.Tasks {
					times[id]++
				}
				if n.Task.ID != n.Tasks[0] {
					t.Fatalf("a node of %v shows %s", n.Tasks, n.Task.ID)
				}
			}
			for _, kid := range n.Children {
				walk(kid, append(above, n))
			}
		}
		for _, n := range s.Forest(o) {
			walk(n, nil)
		}
		shown := 0
		for _, task := range s.Tasks {
			if !o.System && task.System {
				continue
			}
			shown++
			if times[task.ID] != 1 {
				t.Fatalf("%s stands there in full %d times", task.ID, times[task.ID])
			}
		}
		if len(times) != shown {
			t.Fatalf("%d tasks are shown, want %d", len(times), shown)
		}
		for id, n := range groups {
			if n != 1 {
				t.Fatalf("%s stands there %d times", id, n)
			}
		}
		for _, id := range refs {
			if times[id] == 0 {
				t.Fatalf("a reference leads to %s, which is not shown", id)
			}
		}
	})
}

func TestBacktraceEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		limit := rapid.IntRange(0, 3).Draw(t, "limit")
		for _, task := range s.Tasks {
			all, count := s.Backtrace(task.ID, 1<<20)
			if len(all) == 0 || len(all) != count {
				t.Fatalf("%s: %d paths, said to be %d", task.ID, len(all), count)
			}
			some, total := s.Backtrace(task.ID, limit)
			if len(some) != min(limit, len(all)) || total < len(some) || total > len(all) {
				t.Fatalf("%s: %d paths, said to be %d, of %d", task.ID, len(some), total, len(all))
			}
			for _, path := range all {
				checkPath(t, task, path)
			}
		}
	})
}

func checkPath(t *rapid.T, task *graph.Task, path graph.Path) {
	if path[0].How != graph.ContinueSelf || path[0].Task != task.ID {
		t.Fatalf("the path of %s begins with %+v", task.ID, path[0])
	}
	seen := map[graph.TaskID]bool{}
	for i, seg := range path {
		if seg.Evidence.Confidence == 0 {
			t.Fatalf("segment %d of %s has no evidence", i, task.ID)
		}
		beyond := i > 0 && seg.How == graph.ContinueCreation && path[i-1].How == graph.ContinueCreation && path[i-1].Task == seg.Task
		if closes := seen[seg.Task] && !beyond; seg.Task != "" && closes != seg.Closes {
			t.Fatalf("segment %d of %s closes: %v, want %v", i, task.ID, seg.Closes, closes)
		}
		if seg.Closes && i != len(path)-1 {
			t.Fatalf("the path of %s goes on after it closes", task.ID)
		}
		if seg.How == graph.ContinueHandOff && seg.Evidence.Confidence != graph.Inferred {
			t.Fatalf("a hand-off of %s is said to be proven", task.ID)
		}
		seen[seg.Task] = true
	}
}

// Stacks hold every task that is not hidden once, the largest set first.
func TestStacksHoldEachTaskOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		seen := map[graph.TaskID]bool{}
		last := len(s.Tasks)
		for _, set := range s.Stacks(graph.ForestOptions{}) {
			if len(set.Tasks) == 0 || len(set.Tasks) > last {
				t.Fatalf("a set of %d after one of %d", len(set.Tasks), last)
			}
			last = len(set.Tasks)
			if set.Path[0].Task != set.Tasks[0] {
				t.Fatalf("the path is that of %s, want %s", set.Path[0].Task, set.Tasks[0])
			}
			for _, id := range set.Tasks {
				if seen[id] || s.Task(id).System {
					t.Fatalf("%s stands there twice, or should not", id)
				}
				seen[id] = true
			}
		}
		for _, task := range s.Tasks {
			if !task.System && !seen[task.ID] {
				t.Fatalf("%s is in no set", task.ID)
			}
		}
	})
}
