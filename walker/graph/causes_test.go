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

// causes draws the causes, a line each, with an example chain below.
func causes(c graph.Causes) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d of %d wait, %d stuck, %d sure", c.Waiting, c.Tasks, c.Stuck, c.Sure)
	for _, cause := range c.List {
		fmt.Fprintf(&b, "\n%d hang on %s %v", cause.Waiting, cause.End, cause.Tasks)
		if cause.Problem != nil {
			b.WriteString(": " + cause.Problem.Code)
		}
		if cause.Example != nil {
			b.WriteString(strings.ReplaceAll(reasons(cause.Example), "\n", "\n  "))
		}
	}
	return b.String()
}

func checkCauses(t *testing.T, c graph.Causes, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.ReplaceAll(want, "\t", ""), causes(c)); diff != "" {
		t.Error(diff)
	}
}

func TestCausesOfAProcess(t *testing.T) {
	b := graph.NewBuilder("test")
	one, two := held(b, 0x1000, proven, "go:1"), held(b, 0x2000, proven, "go:2")
	unheld := b.Resource("mutex", 0x3000)
	g := group(b, 0xc000, "go:5", "go:6", "go:7")
	read := graph.Wait{Kind: graph.WaitNetwork}
	b.Problem(&graph.Problem{Code: "leak", Severity: graph.Error, Message: "nobody can", Tasks: []graph.TaskID{"go:12", "go:13"}})
	ended := running("go:99")
	ended.State = graph.StateDone
	system := waiting("go:98", read)
	system.System = true
	s := sealed(t, b,
		waiting("go:1", locks(two)), waiting("go:2", locks(one)), waiting("go:3", locks(one)), // a deadlock and one behind
		waiting("go:4", on(g)), waiting("go:5", read), waiting("go:6", read), waiting("go:7", locks(unheld)),
		waiting("go:8", locks(unheld)),
		running("go:9"), waiting("go:10", awaits("go:9")),
		waiting("go:11", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:9"), {Kind: graph.WaitSleep}}}),
		waiting("go:12", graph.Wait{Kind: graph.WaitChanSend}), waiting("go:13", graph.Wait{Kind: graph.WaitChanSend}),
		waiting("go:14", graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{{Kind: graph.WaitSleep}, awaits("go:12")}}),
		ended, system,
	)
	checkCauses(t, s.Causes(graph.CausesOptions{}), `
13 of 14 wait, 6 stuck, 3 sure
3 hang on circle [go:1 go:2]: deadlock
  [go:3]
    holder [go:1]
      holder [go:2]
        holder [go:1] deadlock
3 hang on unknown [go:12 go:13]: leak
  [go:14]
    task [go:12]
      end: unknown
3 hang on outside [go:5 go:6]
  [go:4]
    member [go:5]
      end: outside
3 hang on holder-unknown [go:7 go:8]
  [go:4]
    member [go:7]
      end: holder-unknown
2 hang on runs [go:9]
  [go:10]
    task [go:9]
      end: runs
1 hang on timer [go:14]
  [go:14]
    end: timer`)

	picked := s.Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:4": true, "go:9": true}})
	checkCauses(t, picked.Causes(graph.CausesOptions{Examples: 1}), `
1 of 2 wait, 0 stuck, 0 sure
1 hang on outside [go:5 go:6]
  [go:4]
    member [go:5]
      end: outside
1 hang on holder-unknown [go:7 go:8]`)
}

// Who waits for what the far end of a connection is to do hangs on that, though what it
// waits on here is channels that someone who reads the connection will send on; unless
// it is known of one whom it leads to.
func TestCausesThatAreFarEnds(t *testing.T) {
	b := graph.NewBuilder("test")
	lock := held(b, 0x1000, inferred, "go:1")
	response := graph.Wait{Kind: graph.WaitSelect, Phase: "http client: waiting for the response from 10.0.0.7:80", Branches: []graph.Wait{
		{Kind: graph.WaitChanReceive, Resource: b.Resource("chan", 0x2000).ID}, {Kind: graph.WaitTimer},
	}}
	cancelled := response
	cancelled.Branches = append(slices.Clip(response.Branches), awaits("go:5"))
	message := graph.Wait{Kind: graph.WaitCond, Phase: "gRPC: waiting for a message", Resource: b.Resource("cond", 0x3000).ID}
	next := 10
	for range 16 {
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", next)), locks(lock)))
		next++
	}
	s := sealed(t, b, waiting("go:1", response), waiting("go:2", message), waiting("go:3", cancelled), running("go:5"))
	checkCauses(t, s.Causes(graph.CausesOptions{}), `
19 of 20 wait, 0 stuck, 0 sure
17 hang on outside [go:1]
  [go:10]
    holder [go:1] (inferred)
      end: outside
1 hang on runs [go:5]
  [go:3]
    task [go:5]
      end: runs
1 hang on outside [go:2]
  [go:2]
    end: outside`)
	checkFound(t, s, "starvation", `
warning: 16 tasks wait for mutex 0x1000, which go:1 probably has; it waits (http client: waiting for the response from 10.0.0.7:80) (1, 16 behind)`)
}

// A circle that another way leads out of is no cause; one that none does is,
// though it be no deadlock.
func TestCausesThatAreCircles(t *testing.T) {
	b := graph.NewBuilder("test")
	s := sealed(t, b,
		waiting("go:1", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:2"), {Kind: graph.WaitSleep}}}),
		waiting("go:2", awaits("go:1")), waiting("go:3", awaits("go:2")),
		waiting("go:4", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:5"), awaits("go:6")}}),
		waiting("go:5", awaits("go:4")), running("go:6"),
	)
	checkCauses(t, s.Causes(graph.CausesOptions{}), `
5 of 6 wait, 0 stuck, 0 sure
3 hang on circle [go:1 go:2]
  [go:3]
    task [go:2]
      task [go:1]
        task [go:2] cycle
2 hang on runs [go:6]
  [go:5]
    task [go:4]
      task [go:6]
        end: runs`)
}

// A search of its own, one task at a time, finds as many tasks behind each
// cause, and no task that waits for nothing.
func TestCausesAreThoseOfASlowSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs().Draw(t, "process").seal()
		c := s.Causes(graph.CausesOptions{System: true})
		waits, covered, stuck := map[graph.TaskID]bool{}, map[graph.TaskID]bool{}, map[graph.TaskID]bool{}
		for _, task := range s.Tasks {
			if task.State == graph.StateWaiting || task.State == graph.StateBlocked {
				waits[task.ID] = true
			}
		}
		for _, cause := range c.List {
			n := 0
			for _, task := range s.Tasks {
				reached := everyTaskThat(s, task.ID, false)
				if waits[task.ID] && slices.ContainsFunc(cause.Tasks, func(id graph.TaskID) bool { return reached[id] }) {
					n++
					covered[task.ID] = true
					stuck[task.ID] = stuck[task.ID] || cause.IsError()
				}
			}
			if n != cause.Waiting {
				t.Fatalf("%d hang on %s %v, said to be %d", n, cause.End, cause.Tasks, cause.Waiting)
			}
			checkExample(t, s, cause)
		}
		if len(covered) != c.Waiting || len(waits) != c.Waiting {
			t.Fatalf("%d wait, %d of them for something, said to be %d", len(waits), len(covered), c.Waiting)
		}
		n := 0
		for _, is := range stuck {
			if is {
				n++
			}
		}
		if n != c.Stuck {
			t.Fatalf("%d are stuck, said to be %d", n, c.Stuck)
		}
		n = 0
		for _, task := range s.Tasks {
			reached := everyTaskThat(s, task.ID, true)
			if waits[task.ID] && slices.ContainsFunc(c.List, func(cause graph.Cause) bool {
				return cause.IsError() && cause.Problem.Evidence.Confidence == graph.Proven &&
					slices.ContainsFunc(cause.Tasks, func(id graph.TaskID) bool { return reached[id] })
			}) {
				n++
			}
		}
		if n != c.Sure {
			t.Fatalf("%d are surely stuck, said to be %d", n, c.Sure)
		}
	})
}

// everyTaskThat returns the task and all that it waits for, and so on: it
// follows the waits by the plain reading of what is written in the snapshot.
// Where it is to be sure, by what is proven.
func everyTaskThat(s *graph.Snapshot, id graph.TaskID, sure bool) map[graph.TaskID]bool {
	seen := map[graph.TaskID]bool{}
	var visit func(id graph.TaskID)
	var follow func(w *graph.Wait)
	visit = func(id graph.TaskID) {
		task := s.Task(id)
		if task == nil || seen[id] {
			return
		}
		seen[id] = true
		if task.State != graph.StateWaiting && task.State != graph.StateBlocked || task.Cancel != nil && task.Cancel.Pending {
			return
		}
		for i := range task.Waits {
			follow(&task.Waits[i])
		}
	}
	follow = func(w *graph.Wait) {
		for i := range w.Branches {
			follow(&w.Branches[i])
		}
		if len(w.Branches) > 0 || sure && w.Evidence.Confidence != graph.Proven {
			return
		}
		visit(w.Task)
		if g := s.Group(w.Group); g != nil && g.Outstanding != 0 && (!sure || g.Evidence.Confidence == graph.Proven) {
			for _, m := range g.Members {
				if t := s.Task(m); t.State != graph.StateDone {
					visit(m)
				}
			}
		}
		if r := s.Resource(w.Resource); r != nil {
			for _, h := range r.Holders {
				if !sure || h.Evidence.Confidence == graph.Proven {
					visit(h.Task)
				}
			}
		}
	}
	visit(id)
	return seen
}

// checkExample checks that a chain leads from a task that hangs on the cause
// to one at its end, over edges of the snapshot.
func checkExample(t *rapid.T, s *graph.Snapshot, c graph.Cause) {
	n := c.Example
	if n == nil {
		t.Fatalf("no chain leads to %s %v", c.End, c.Tasks)
	}
	for len(n.Children) > 0 {
		kid := n.Children[0]
		if kid.Link.Kind == graph.LinkEnd {
			if kid.Link.End != c.End && (c.End != graph.EndCircle || kid.Link.End != graph.EndCut) || !slices.Contains(c.Tasks, n.Task.ID) {
				t.Fatalf("the chain to %s %v ends %s at %s", c.End, c.Tasks, kid.Link.End, n.Task.ID)
			}
			return
		}
		checkLink(t, s, n.Task.ID, kid)
		n = kid
	}
	if c.End != graph.EndCircle || !n.Closes {
		t.Fatalf("the chain to %s %v just stops at %s", c.End, c.Tasks, n.Task.ID)
	}
}

// However long chains are, and however many causes there are.
func TestCausesOfMany(t *testing.T) {
	c := chain(50_000).Causes(graph.CausesOptions{})
	if len(c.List) != 1 || c.List[0].Waiting != 49_999 || c.Waiting != 49_999 {
		t.Errorf("of a chain: %d causes, %d wait", len(c.List), c.Waiting)
	}
	b := graph.NewBuilder("test")
	for i := range 3_000 {
		at := &graph.Frame{Func: fmt.Sprintf("f%d", i), Origin: graph.OriginUser}
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", i+1)), graph.Wait{Kind: graph.WaitNetwork}, at))
	}
	c = b.Seal().Causes(graph.CausesOptions{})
	if len(c.List)+c.More != 3_000 || c.More == 0 || c.Waiting != 3_000 {
		t.Errorf("of as many places: %d causes and %d more, %d wait", len(c.List), c.More, c.Waiting)
	}
}
