package hang

import (
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// sample builds a process with one test, go:2, that waits as it is told to, and
// go:3, which may be part of a problem.
func sample(wait graph.Wait, problem *graph.Problem) *graph.Snapshot {
	b := graph.NewBuilder("test")
	frame := func(module, fn string, origin graph.Origin) *graph.Frame {
		return &graph.Frame{Func: fn, Module: module, File: "/src/" + fn + ".go", Line: 7, Origin: origin}
	}
	runner := frame("testing", "testing.tRunner", graph.OriginStdlib)
	b.Task(&graph.Task{ID: "go:1", Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{frame("testing", "testing.(*T).Run", graph.OriginStdlib), runner},
		Waits: []graph.Wait{{Kind: graph.WaitTask, Task: "go:2", Evidence: graph.Evidence{Confidence: graph.Proven}}}})
	b.Task(&graph.Task{ID: "go:2", Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{frame("example.com/shop", "example.com/shop.TestIt.func1", graph.OriginUser), runner},
		Waits: []graph.Wait{wait}, CreatedBy: &graph.Creation{Task: "go:1"}})
	b.Task(&graph.Task{ID: "go:3", Runtime: "go", State: graph.StateWaiting, Frames: []*graph.Frame{frame("example.com/shop", "example.com/shop.work", graph.OriginUser)},
		Waits: []graph.Wait{{Kind: graph.WaitMutex}}})
	if problem != nil {
		b.Problem(problem)
	}
	return b.Seal()
}

func TestJudge(t *testing.T) {
	proven, guess := graph.Evidence{Confidence: graph.Proven}, graph.Evidence{Confidence: graph.Inferred}
	stuck := func(code string, e graph.Evidence, tasks ...graph.TaskID) *graph.Problem {
		return &graph.Problem{Code: code, Severity: graph.Error, Tasks: tasks, Evidence: e}
	}
	silenced := stuck("deadlock", proven, "go:2")
	silenced.Suppressed = true
	for _, c := range []struct {
		name           string
		wait           graph.Wait
		problem        *graph.Problem
		stuck, guessed bool
	}{
		{"it waits for nobody known", graph.Wait{Kind: graph.WaitChanReceive}, nil, false, false},
		{"it sleeps beside a deadlock", graph.Wait{Kind: graph.WaitSleep}, stuck("deadlock", proven, "go:3"), false, false},
		{"it is in a deadlock", graph.Wait{Kind: graph.WaitMutex}, stuck("deadlock", proven, "go:2", "go:3"), true, false},
		{"it awaits a task in one", graph.Wait{Kind: graph.WaitTask, Task: "go:3", Evidence: proven}, stuck("deadlock", proven, "go:3"), true, false},
		{"it awaits a task in one that is guessed", graph.Wait{Kind: graph.WaitTask, Task: "go:3", Evidence: proven}, stuck("leak", guess, "go:3"), true, true},
		{"it awaits such a task for a while", graph.Wait{Kind: graph.WaitTask, Task: "go:3", Evidence: proven, Deadline: time.Second}, stuck("deadlock", proven, "go:3"), false, false},
		{"such a task is one of two that would do", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{{Kind: graph.WaitTask, Task: "go:3"}, {Kind: graph.WaitTimer}}}, stuck("deadlock", proven, "go:3"), false, false},
		{"nothing ever wakes it", graph.Wait{Kind: graph.WaitForever}, nil, true, false},
		{"its problem is known, and silenced", graph.Wait{Kind: graph.WaitMutex}, silenced, false, false},
		{"its problem is another", graph.Wait{Kind: graph.WaitMutex}, stuck("task-pileup", proven, "go:2"), false, false},
	} {
		v := Judge(sample(c.wait, c.problem))
		if len(v.Tests) != 1 || v.Tests[0].Task != "go:2" || v.Tests[0].Name != "shop.TestIt.func1" && v.Tests[0].Name != "TestIt.func1" {
			t.Errorf("%s: the tests are %+v", c.name, v.Tests)
		}
		if got := len(v.Stuck) == 1; got != c.stuck || v.Guessed != c.guessed {
			t.Errorf("%s: stuck %v, guessed %v; want %v, %v", c.name, got, v.Guessed, c.stuck, c.guessed)
		}
	}
}

// Endless chains of waits, which a hostile target may have, come to an end.
func TestJudgeEnds(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Task(&graph.Task{ID: "go:1", Runtime: "go", State: graph.StateWaiting, Waits: []graph.Wait{{Kind: graph.WaitTask, Task: "go:1"}},
		Frames: []*graph.Frame{{Func: "testing.tRunner"}}})
	if v := Judge(b.Seal()); len(v.Tests) != 1 || v.Tests[0].Name != "" {
		t.Errorf("%+v", v.Tests)
	}
}
