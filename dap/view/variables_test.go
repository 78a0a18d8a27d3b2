package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// find opens variables by their names and returns the value of the last.
func find(t *testing.T, list []view.Variable, path ...string) view.Variable {
	t.Helper()
	for i, name := range path {
		at := -1
		for j, v := range list {
			if v.Name == name {
				at = j
				break
			}
		}
		if at < 0 {
			t.Fatalf("there is no %s below %v: %v", name, path[:i], list)
		}
		if i == len(path)-1 {
			return list[at]
		}
		list = list[at].Children()
	}
	return view.Variable{}
}

// All that a snapshot has of a task is in its scope.
func TestAsyncScope(t *testing.T) {
	raised := &graph.Frame{Func: "shop.stock.take", File: "/src/shop/stock.py", Line: 7}
	failed := &graph.Failure{
		Type: "OrderError", Message: "order 7", Retrieved: true,
		Chain: []graph.Reason{
			{Relation: graph.ReasonCause, Type: "KeyError", Message: "'ann'", At: raised},
			{Relation: graph.ReasonNote, Message: "while packing\x1b[31m"},
		},
	}
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "py", Name: "cpython", Complete: true})
	lock := b.Resource("lock", 0x10)
	group := b.Group("asyncio.TaskGroup", 0x20)
	group.Owner, group.Error, group.Detail = "py:1", failed, []graph.Attr{{Key: "aborting", Value: true}}
	b.Task(&graph.Task{ID: "py:1", Runtime: "py", State: graph.StateWaiting, Waits: []graph.Wait{{Kind: graph.WaitTask, Group: group.ID}}})
	b.Task(&graph.Task{
		ID: "py:2", Runtime: "py", Name: "packer", State: graph.StateWaiting, Thread: 4711, Frames: []*graph.Frame{raised},
		Groups: []graph.GroupID{group.ID},
		Waits: []graph.Wait{{
			Kind: graph.WaitLock, Resource: lock.ID, Phase: "packing", Deadline: 1500 * time.Millisecond, Since: 3 * time.Second, Amount: 2,
			Evidence: graph.Evidence{Confidence: graph.Proven, How: "a field"},
		}},
		CreatedBy: &graph.Creation{Task: "py:1", At: raised, Stack: []*graph.Frame{raised}, By: &graph.Creation{Task: "py:0", At: raised}},
		Cancel:    &graph.Cancellation{Requested: 2, Pending: true, Message: "too slow"},
		Detail:    []graph.Attr{{Key: "runs_in_ms", Value: 20 * time.Millisecond}},
	})
	b.Task(&graph.Task{ID: "py:3", Runtime: "py", State: graph.StateFailed, Error: failed})
	b.Task(&graph.Task{
		ID: "py:4", Runtime: "py", State: graph.StateDone, Result: "shop.Order",
		Problems: []*graph.Problem{{Code: "unreadable", Severity: graph.Warning, Message: "its name cannot be read"}},
	})
	s := b.Seal()
	for _, tt := range []struct {
		task graph.TaskID
		path string
		want string
	}{
		{"py:2", "thread", "4711"},
		{"py:2", "waits for/phase", "packing"},
		{"py:2", "waits for/gives up in", "1.5s"},
		{"py:2", "waits for/since", "at least 3s ago"},
		{"py:2", "waits for/wants", "2"},
		{"py:2", "cancellation", "2 requested, not delivered yet: too slow"},
		{"py:2", "runs in", "20ms"},
		{"py:2", "created by/from", "shop.stock.take stock.py:7"},
		{"py:2", "created by/created by", "py:0 shop.stock.take stock.py:7"},
		{"py:2", "group/aborting", "true"},
		{"py:2", "group/error", "OrderError: order 7"},
		{"py:3", "error", "OrderError: order 7"},
		{"py:3", "error/retrieved", "true"},
		{"py:3", "error/caused by", "KeyError: 'ann' at shop.stock.take stock.py:7"},
		{"py:3", "error/note", `while packing\x1b[31m`},
		{"py:4", "result", "of type shop.Order"},
		{"py:4", "problem", "its name cannot be read"},
		{"py:9", "task", "py:9 is not among the tasks"},
	} {
		if got := find(t, view.Async(s, tt.task), strings.Split(tt.path, "/")...).Value; got != tt.want {
			t.Errorf("%s of %s is %q, want %q", tt.path, tt.task, got, tt.want)
		}
	}
	if at := find(t, view.Async(s, "py:3"), "error", "caused by").Place; at != raised {
		t.Errorf("one jumps from the cause to %v", at)
	}
}
