package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// pythonAccount is what asyncio and a snapshot both say of a task.
type pythonAccount struct {
	Name   string
	State  string
	Frames []string // "func file:line", innermost first
	Error  string
}

// compareWithAsyncio compares a snapshot with what the target's own asyncio
// says of the same moment: every task that is not done, those that are and
// that the program still holds, their names, states, frames and errors.
func compareWithAsyncio(t *testing.T, dump string, s *graph.Snapshot) {
	t.Helper()
	stack, err := testtarget.ParsePythonStack(dump)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Runtimes {
		if r.ID == "py" && r.Version != stack.Version && !strings.HasPrefix(r.Version, stack.Version+"rc") {
			t.Errorf("it is said to be %s, and is %s", r.Version, stack.Version)
		}
		counted := fmt.Sprint(r.Stats)
		if r.ID == "py" && !strings.Contains(counted, fmt.Sprintf("{loops %d}", len(stack.Loops))) && !strings.Contains(counted, "{interpreters") {
			t.Errorf("of %d loops there are counted: %v", len(stack.Loops), r.Stats)
		}
	}
	want := map[graph.TaskID]pythonAccount{}
	add := func(tasks []testtarget.PythonTask) {
		for _, task := range tasks {
			want[graph.TaskID("py:"+strings.TrimPrefix(task.ID, "0x"))] = fromAsyncio(task)
		}
	}
	for _, loop := range stack.Loops {
		add(loop.Tasks)
	}
	add(stack.Kept)

	got := map[graph.TaskID]pythonAccount{}
	for _, task := range s.Tasks {
		_, known := want[task.ID]
		// A sub-interpreter's tasks, and tasks that are done and that only
		// asyncio still has, the program does not tell of.
		if known {
			got[task.ID] = fromPythonTask(task, want[task.ID])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("asyncio (-) and the snapshot (+) differ:\n%s", diff)
	}
}

func fromAsyncio(task testtarget.PythonTask) pythonAccount {
	a := pythonAccount{Name: task.Name, State: task.State}
	if task.State == "pending" {
		a.State = "waiting"
		if task.WaitsFor == nil {
			a.State = "runnable"
		}
	}
	if task.State != "running" { // of one that runs asyncio knows the outermost frame alone
		for _, f := range task.Chain {
			a.Frames = append(a.Frames, fmt.Sprintf("%s.%s %s:%d", f.Module, f.Function, f.File, f.Line))
		}
	}
	if task.Error != nil {
		for _, f := range task.Error.Frames {
			a.Frames = append(a.Frames, fmt.Sprintf("%s.%s %s:%d", f.Module, f.Function, f.File, f.Line))
		}
		a.Error = strings.TrimPrefix(task.Error.Type, "builtins.") + ": " + task.Error.Message
	}
	return a
}

func fromPythonTask(task *graph.Task, want pythonAccount) pythonAccount {
	a := pythonAccount{Name: task.Name, State: fmt.Sprint(task.State)}
	if task.State == graph.StateBlocked && want.State == "running" {
		a.State = "running" // its thread is in a call
	}
	if want.State != "running" && want.State != "cancelled" { // of one that was cancelled asyncio does not tell where
		for _, f := range task.Frames {
			a.Frames = append(a.Frames, fmt.Sprintf("%s %s:%d", f.Func, f.File, f.Line))
		}
	}
	if task.Error != nil {
		a.Error = task.Error.Type + ": " + task.Error.Message
	}
	return a
}
