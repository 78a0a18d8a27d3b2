package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// oracle finds deadlocks slowly and plainly: again and again it asks of each
// task whether its waits may end, until nothing changes; then it follows every
// way between those that are left.
type oracle struct {
	s    *graph.Snapshot
	sure bool                  // believe in proven edges alone
	goes map[graph.TaskID]bool // may go on
}

func newOracle(s *graph.Snapshot, sure bool) *oracle {
	o := &oracle{s, sure, map[graph.TaskID]bool{}}
	for changed := true; changed; {
		changed = false
		for _, t := range s.Tasks {
			if !o.goes[t.ID] && o.mayGoOn(t) {
				o.goes[t.ID] = true
				changed = true
			}
		}
	}
	return o
}

func (o *oracle) mayGoOn(t *graph.Task) bool {
	if t.State != graph.StateWaiting && t.State != graph.StateBlocked {
		return true
	}
	if t.Cancel != nil && t.Cancel.Pending || len(t.Waits) == 0 {
		return true
	}
	return slices.ContainsFunc(t.Waits, func(w graph.Wait) bool { return o.mayEnd(&w) })
}

// mayEnd reports whether a wait may end.
func (o *oracle) mayEnd(w *graph.Wait) bool {
	if len(w.Branches) > 0 {
		ends := func(b graph.Wait) bool { return o.mayEnd(&b) }
		if w.Kind == graph.WaitGather {
			return !slices.ContainsFunc(w.Branches, func(b graph.Wait) bool { return !ends(b) })
		}
		return slices.ContainsFunc(w.Branches, ends)
	}
	doubt := func(e graph.Evidence) bool { return o.sure && e.Confidence != graph.Proven }
	switch {
	case w.Kind == graph.WaitSleep || doubt(w.Evidence):
		return true
	case w.Task != "":
		return o.goes[w.Task]
	case w.Group != 0:
		g := o.s.Group(w.Group)
		return doubt(g.Evidence) || g.Outstanding == 0 || o.count(g.Members) >= needed(g)
	case w.Resource != 0:
		r := o.s.Resource(w.Resource)
		if len(r.Holders) == 0 || slices.ContainsFunc(r.Holders, func(h graph.Holder) bool { return doubt(h.Evidence) }) {
			return true
		}
		if slices.ContainsFunc(r.Detail, func(a graph.Attr) bool { return a.Key == "deadline_in_ms" }) {
			return true
		}
		if r.Kind == "rwmutex" { // all of them read
			return o.count(holders(r)) == len(r.Holders)
		}
		return o.count(holders(r)) > 0
	}
	return true
}

func needed(g *graph.Group) int {
	if g.Outstanding < 0 {
		return len(g.Members)
	}
	return min(g.Outstanding, len(g.Members))
}

func holders(r *graph.Resource) (ids []graph.TaskID) {
	for _, h := range r.Holders {
		ids = append(ids, h.Task)
	}
	return ids
}

func (o *oracle) count(ids []graph.TaskID) (n int) {
	for _, id := range ids {
		if o.goes[id] {
			n++
		}
	}
	return n
}

// blockers are the tasks that never go on and that a wait cannot end without.
func (o *oracle) blockers(w *graph.Wait) (ids []graph.TaskID) {
	if o.mayEnd(w) {
		return nil
	}
	for i := range w.Branches {
		ids = append(ids, o.blockers(&w.Branches[i])...)
	}
	if len(w.Branches) == 0 {
		var all []graph.TaskID
		switch {
		case w.Task != "":
			all = []graph.TaskID{w.Task}
		case w.Group != 0:
			all = o.s.Group(w.Group).Members
		case w.Resource != 0:
			all = holders(o.s.Resource(w.Resource))
		}
		for _, id := range all {
			if !o.goes[id] {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// cycles returns, for each task on a cycle, the tasks on it, and what each task
// that never goes on leads to.
func (o *oracle) cycles() (map[string]bool, map[graph.TaskID]map[graph.TaskID]bool) {
	leads := map[graph.TaskID]map[graph.TaskID]bool{}
	for _, t := range o.s.Tasks {
		if o.goes[t.ID] {
			continue
		}
		leads[t.ID] = map[graph.TaskID]bool{}
		for i := range t.Waits {
			for _, id := range o.blockers(&t.Waits[i]) {
				leads[t.ID][id] = true
			}
		}
	}
	for k := range leads { // Floyd and Warshall
		for i := range leads {
			for j := range leads {
				if leads[i][k] && leads[k][j] {
					leads[i][j] = true
				}
			}
		}
	}
	found := map[string]bool{}
	for _, t := range o.s.Tasks {
		var cycle []graph.TaskID
		for _, u := range o.s.Tasks {
			if leads[t.ID][u.ID] && leads[u.ID][t.ID] {
				cycle = append(cycle, u.ID)
			}
		}
		if len(cycle) > 0 {
			found[fmt.Sprint(cycle)] = true
		}
	}
	return found, leads
}

func TestDeadlocksAreThoseOfASlowSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		o := newOracle(s, false)
		want, leads := o.cycles()
		proven, _ := newOracle(s, true).cycles()
		got := map[string]bool{}
		stuck := map[graph.TaskID]int{} // named in how many deadlocks
		for _, p := range s.Problems {
			if p.Code != "deadlock" && p.Code != "self-deadlock" {
				continue
			}
			if got[fmt.Sprint(p.Tasks)] {
				t.Fatalf("%v is told twice", p.Tasks)
			}
			got[fmt.Sprint(p.Tasks)] = true
			for _, id := range p.Tasks {
				stuck[id]++
			}
			for _, id := range p.Queued {
				stuck[id]++
				if !leads[id][p.Tasks[0]] {
					t.Fatalf("%s does not wait behind %v", id, p.Tasks)
				}
			}
			if got, want := p.Evidence.Confidence == graph.Proven, proven[fmt.Sprint(p.Tasks)]; got != want {
				t.Fatalf("%q is proven: %v, want %v", p.Message, got, want)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("found %v, want %v", got, want)
		}
		for _, task := range s.Tasks {
			want := 1
			if o.goes[task.ID] {
				want = 0
			}
			if stuck[task.ID] != want {
				t.Fatalf("%s is named in %d deadlocks, want %d", task.ID, stuck[task.ID], want)
			}
		}
	})
}
