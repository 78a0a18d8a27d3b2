package graph_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// earlier and later are one process twice, a minute apart.
func earlier(t testing.TB) *graph.Snapshot {
	b := graph.NewBuilder("test")
	b.Process(graph.Process{PID: 7, Exe: "/srv/orders", CapturedAt: time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC)})
	lock, ch := held(b, 0x1000, proven, "go:5"), b.Resource("chan", 0x2000)
	return sealed(t, b,
		waiting("go:1", locks(lock), frames("a", "main")...),
		waiting("go:2", locks(lock), frames("a", "main")...),
		waiting("go:3", locks(lock), frames("gone", "main")...),
		waiting("go:4", graph.Wait{Kind: graph.WaitChanSend, Resource: ch.ID, Evidence: proven}, frames("b", "main")...),
		running("go:5", frames("c", "main")...),
		running("go:6", frames("d", "one")...),
		waiting("go:8", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{{Kind: graph.WaitSleep}, locks(lock)}}, frames("e", "main")...),
	)
}

func later(t testing.TB) *graph.Snapshot {
	b := graph.NewBuilder("test")
	b.Process(graph.Process{PID: 7, Exe: "/srv/orders", CapturedAt: time.Date(2026, 11, 21, 4, 31, 0, 0, time.UTC)})
	b.Resource("fd", 0x500) // so that the others have other numbers
	other, lock := b.Resource("chan", 0x3000), held(b, 0x1000, proven, "go:5")
	long := locks(lock)
	long.Since = 2 * time.Minute
	return sealed(t, b,
		waiting("go:1", long, frames("a", "main")...),
		waiting("go:2", locks(lock), frames("a", "main")...),
		waiting("go:4", graph.Wait{Kind: graph.WaitChanSend, Resource: other.ID, Evidence: proven}, frames("b", "main")...),
		running("go:5", frames("c", "main")...),
		running("go:6", frames("d", "two")...),
		waiting("go:7", awaits("go:7"), frames("new", "main")...),
		waiting("go:8", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{{Kind: graph.WaitSleep}, locks(lock)}}, frames("e", "main")...),
	)
}

func TestCompare(t *testing.T) {
	d := graph.Compare(earlier(t), later(t), false)
	if d.Elapsed != time.Minute || !d.SameProcess || d.Same != 1 {
		t.Errorf("%v apart, the same process: %v, %d the same; want a minute, yes, 1", d.Elapsed, d.SameProcess, d.Same)
	}
	var held []string
	for _, s := range d.Stuck {
		held = append(held, fmt.Sprint(s.Task, " ", s.Evidence.Confidence, " ", s.Idle))
	}
	for _, c := range []struct {
		name string
		got  any
		want any
	}{
		{"new", d.New, []graph.TaskID{"go:6", "go:7"}},
		{"gone", d.Gone, []graph.TaskID{"go:3", "go:6"}}, // go:6 began in another function: its id came again
		{"moved", d.Moved, []graph.TaskID{"go:4"}},
		{"stuck", held, []string{"go:1 proven false", "go:2 inferred false", "go:8 inferred true"}},
		{"resolved", len(d.Resolved), 0},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if len(d.Found) != 1 || d.Found[0].Code != "deadlock" {
		t.Errorf("found %v, want the deadlock of go:7", d.Found)
	}
	back := graph.Compare(later(t), earlier(t), false)
	if len(back.Resolved) != 1 || len(back.Found) != 0 {
		t.Errorf("the other way round %v is resolved and %v found", back.Resolved, back.Found)
	}
}

func TestCompareOfTwoProcesses(t *testing.T) {
	a, b := earlier(t), later(t)
	b.Process.PID = 8
	d := graph.Compare(a, b, false)
	if d.SameProcess || len(d.New)+len(d.Gone)+len(d.Moved)+len(d.Stuck)+d.Same != 0 {
		t.Errorf("tasks of two processes are matched: %+v", d)
	}
	var places []string
	for _, p := range d.Places {
		places = append(places, fmt.Sprintf("%s %s %d to %d", p.At.Func, p.Wait, p.From, p.To))
	}
	if diff := cmp.Diff([]string{"main.gone mutex 1 to 0", "main.new await task 0 to 1"}, places); diff != "" {
		t.Error(diff)
	}
}

// Of any two snapshots, each task has one place in the diff; of one with
// itself nothing is new, gone or moved.
func TestCompareHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := specs().Draw(t, "one").seal(), specs().Draw(t, "other").seal()
		system := rapid.Bool().Draw(t, "system")
		total := func(s *graph.Snapshot) (n int) {
			for _, task := range s.Tasks {
				if system || !task.System {
					n++
				}
			}
			return n
		}
		d := graph.Compare(a, a, system)
		if len(d.New)+len(d.Gone)+len(d.Moved)+len(d.Places)+len(d.Found)+len(d.Resolved) != 0 || len(d.Stuck)+d.Same != total(a) {
			t.Fatalf("compared with itself: %+v", d)
		}
		d = graph.Compare(a, b, system)
		both := len(d.Moved) + len(d.Stuck) + d.Same
		for _, s := range d.Stuck {
			if s.Evidence.Confidence == 0 || slices.Contains(d.Moved, s.Task) {
				t.Fatalf("%s is stuck with evidence %v", s.Task, s.Evidence)
			}
		}
		if !mixed(a, b) && (len(d.Gone)+both != total(a) || len(d.New)+both != total(b)) {
			t.Fatalf("%d tasks and %d: %+v", total(a), total(b), d)
		}
	})
}

// mixed reports that a task is a system task in one of the two alone.
func mixed(a, b *graph.Snapshot) bool {
	return slices.ContainsFunc(a.Tasks, func(t *graph.Task) bool {
		other := b.Task(t.ID)
		return other != nil && other.System != t.System
	})
}
