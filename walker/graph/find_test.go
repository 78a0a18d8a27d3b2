package graph_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// town is a snapshot with something for each way of finding and filtering.
func town(t *testing.T) *graph.Snapshot {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go"})
	b.Runtime(&graph.Runtime{ID: "py", Name: "cpython"})
	b.Problem(&graph.Problem{Code: "torn", Severity: graph.Info, Message: "the process was running"})
	g := group(b, 0xc000, "go:2", "go:10")
	lock := held(b, 0x1000, proven, "go:10")
	hidden := frames("park")
	hidden[0].Hidden, hidden[0].Origin = true, graph.OriginRuntime
	one := waiting("go:1", on(g), append(hidden, frames("wait", "main")...)...)
	one.Name, one.Thread = "main.main", 4243
	two := waiting("go:2", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{locks(lock)}}, frames("fetch")...)
	two.Labels = map[string]string{"tenant": "a", "tier": ""}
	ten := running("go:10", frames("fetch", "work")...)
	ten.Name, ten.Thread = "worker", 4244
	python := waiting("py:10", graph.Wait{Kind: graph.WaitSleep}, frames("sleep")...)
	python.Name, python.Kind, python.NativeID = "worker", "asyncio.Task", "0x10"
	ill := running("go:11")
	ill.Problems = []*graph.Problem{{Code: "unreadable", Severity: graph.Warning, Message: "its stack is gone"}}
	return sealed(t, b, one, two, ten, python, ill)
}

func ids(tasks []*graph.Task) string {
	var list []graph.TaskID
	for _, t := range tasks {
		list = append(list, t.ID)
	}
	return fmt.Sprint(list)
}

func TestFind(t *testing.T) {
	s := town(t)
	for words, want := range map[string]string{
		"go:10":       "[go:10]",
		"2":           "[go:2]",
		"10":          "[go:10 py:10]", // not unique: both, for the person to choose
		"worker":      "[go:10 py:10]",
		"name=worker": "[go:10 py:10]",
		"name=":       "[]",
		"main.main":   "[go:1]",
		"~fetch":      "[go:2 go:10]",
		"~nothing":    "[]",
		"0x1000":      "[go:2 go:10]", // holds it, waits for it
		"0xc000":      "[go:1 go:2 go:10]",
		"0x10":        "[py:10]", // the task that lives there
		"0x":          "[]",
		"0xzz":        "[]",
		"0x0":         "[]",
		"thread:4244": "[go:10]",
		"thread:0":    "[]",
		"thread:x":    "[]",
		"go:99":       "[]",
		"":            "[]",
	} {
		if got := ids(s.Find(words)); got != want {
			t.Errorf("Find(%q) is %s, want %s", words, got, want)
		}
	}
}

func TestSelect(t *testing.T) {
	s := town(t)
	for name, test := range map[string]struct {
		filter graph.Filter
		want   string
	}{
		"all":            {graph.Filter{}, "[go:1 go:2 go:10 go:11 py:10]"},
		"named":          {graph.Filter{Tasks: map[graph.TaskID]bool{"go:2": true, "go:99": true}}, "[go:2]"},
		"none named":     {graph.Filter{Tasks: map[graph.TaskID]bool{}}, "[]"},
		"states":         {graph.Filter{States: []graph.State{graph.StateRunning, graph.StateDone}}, "[go:10 go:11]"},
		"runtime's id":   {graph.Filter{Runtime: "py"}, "[py:10]"},
		"runtime's name": {graph.Filter{Runtime: "cpython"}, "[py:10]"},
		"no runtime":     {graph.Filter{Runtime: "tokio"}, "[]"},
		"function":       {graph.Filter{Func: regexp.MustCompile(`fe.ch$`)}, "[go:2 go:10]"},
		"wait":           {graph.Filter{Wait: []graph.WaitKind{graph.WaitWaitGroup, graph.WaitSleep}}, "[go:1 py:10]"},
		"branch":         {graph.Filter{Wait: []graph.WaitKind{graph.WaitMutex}}, "[go:2]"},
		"group":          {graph.Filter{Groups: []graph.GroupID{1}}, "[go:2 go:10]"},
		"label":          {graph.Filter{Labels: map[string]string{"tenant": "a"}}, "[go:2]"},
		"empty label":    {graph.Filter{Labels: map[string]string{"tier": ""}}, "[go:2]"},
		"wrong label":    {graph.Filter{Labels: map[string]string{"tenant": "b"}}, "[]"},
		"origin":         {graph.Filter{Origin: graph.OriginUser}, "[go:1 go:2 go:10 py:10]"},
		"hidden origin":  {graph.Filter{Origin: graph.OriginRuntime}, "[]"},
		"two at once":    {graph.Filter{Groups: []graph.GroupID{1}, States: []graph.State{graph.StateRunning}}, "[go:10]"},
	} {
		t.Run(name, func(t *testing.T) {
			picked := s.Select(test.filter)
			if got := ids(picked.Tasks); got != test.want {
				t.Errorf("picked %s, want %s", got, test.want)
			}
			if err := graph.Validate(picked); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a filter keeps are whole tasks and all that they refer to; what it says
// of them is still what is true of the whole process.
func TestSelectKeepsWhatTasksReferTo(t *testing.T) {
	s := town(t)
	picked := s.Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:2": true}})
	if len(picked.Groups) != 1 || len(picked.Resources) != 1 || picked.Resource(1) == nil {
		t.Errorf("it has %d groups and %d resources, want the ones of go:2", len(picked.Groups), len(picked.Resources))
	}
	if got := fmt.Sprint(picked.Group(1).Members); got != "[go:2 go:10]" {
		t.Errorf("the members are %s, want both: the other as an id", got)
	}
	if got := picked.AwaitedBy(picked.Task("go:2")); len(got) != 1 || got[0].Task != "go:1" {
		t.Errorf("go:2 is awaited by %v, want go:1, which is not picked", got)
	}
	if paths, _ := picked.Backtrace("go:2", 1); len(paths) != 1 || told(paths[0]) != "self go:2 fetch | join go:1 via g1 park wait main" {
		t.Errorf("the backtrace of go:2 is %v, want it to go on in go:1", paths)
	}
	if len(picked.Problems) != 1 || picked.Problems[0].Code != "torn" {
		t.Errorf("the problems are %v, want the one on the whole", picked.Problems)
	}
	if got := s.Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:11": true}}).Problems; len(got) != 2 || got[0].Code != "unreadable" {
		t.Errorf("the problems are %v, want that of go:11 too", got)
	}
	again := picked.Select(graph.Filter{States: []graph.State{graph.StateRunning}})
	if len(again.Tasks) != 0 || picked.Task("go:1") != nil {
		t.Errorf("filtering twice gives %s, want none", ids(again.Tasks))
	}
}

// A task that queues behind a deadlock keeps word of it.
func TestSelectKeepsTheDeadlockAhead(t *testing.T) {
	s := sealed(t, graph.NewBuilder("test"), waiting("go:1", awaits("go:2")), waiting("go:2", awaits("go:1")), waiting("go:3", awaits("go:1")))
	if got := s.Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:3": true}}).Problems; len(got) != 1 || got[0].Code != "deadlock" {
		t.Errorf("the problems are %v, want the deadlock", got)
	}
}

// However ids come, EachTask finds those tasks that there are, in the ids' order.
func TestEachTask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := graph.NewBuilder("test")
		n := rapid.IntRange(0, 60).Draw(t, "tasks")
		for i := range n {
			b.Task(&graph.Task{ID: graph.TaskID("go:" + strconv.Itoa(i*3)), Runtime: "go"})
		}
		s := b.Seal()
		var want, got, ids []graph.TaskID
		for _, i := range rapid.SliceOf(rapid.IntRange(-2, 3*n+2)).Draw(t, "ids") {
			id := graph.TaskID("go:" + strconv.Itoa(i))
			if ids = append(ids, id); i >= 0 && i%3 == 0 && i < 3*n {
				want = append(want, id)
			}
		}
		s.EachTask(ids, func(task *graph.Task) { got = append(got, task.ID) })
		if !slices.Equal(got, want) {
			t.Fatalf("%v of %v, want %v", got, ids, want)
		}
	})
}
