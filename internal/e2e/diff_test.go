package e2e

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Of a program that moves on between two looks, the diff tells who did.
func TestDiffOfAProgramThatMoves(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "moves", testtarget.Options{}))
	before := attach(t, tg)
	if answer := tg.Command(t, "step"); answer != "moved" {
		t.Fatalf("the target says %q", answer)
	}
	d := graph.Compare(before, attach(t, tg), false)
	if !d.SameProcess || d.Elapsed <= 0 {
		t.Errorf("the same process: %v, %v apart", d.SameProcess, d.Elapsed)
	}
	var stuck []graph.TaskID
	for _, s := range d.Stuck {
		stuck = append(stuck, s.Task)
	}
	holds := func(what string, list []graph.TaskID, s *graph.Snapshot, function string, n int) {
		t.Helper()
		for _, task := range withFunction(t, s, function, n) {
			if !slices.Contains(list, task.ID) {
				t.Errorf("%s, in %s, is not among the %s ones: %v", task.ID, function, what, list)
			}
		}
	}
	holds("stuck", stuck, d.To, "main.stuck", 3)
	holds("moved", d.Moved, d.To, "main.second", 1)
	holds("gone", d.Gone, d.From, "main.leaver", 1)
	holds("new", d.New, d.To, "main.comer", 1)
	if len(d.Gone) != 1 || len(d.New) != 1 {
		t.Errorf("gone %v, new %v; want one each", d.Gone, d.New)
	}
}
