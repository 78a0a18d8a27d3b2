package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// account is what runtime.Stack and a snapshot both say of a goroutine.
type account struct {
	State   string   // the wait reason, or the status of one that does not wait
	Frames  []string // "func line", innermost first, without the runtime's own
	Created string   // "func line"; empty: nobody did
	Creator string   // the creator's id
}

// compareWithRuntime compares a snapshot with what the target's own runtime
// says of the same moment: every goroutine, its state, its wait reason, its
// calls and its creator.
func compareWithRuntime(t *testing.T, dump string, s *graph.Snapshot) {
	t.Helper()
	all, err := testtarget.ParseStack(dump)
	if err != nil {
		t.Fatal(err)
	}
	want := map[graph.TaskID]account{}
	for _, g := range all {
		if !serves(g.Frames) {
			want[graph.TaskID(fmt.Sprint("go:", g.ID))] = fromRuntime(g)
		}
	}
	got := map[graph.TaskID]account{}
	for _, task := range s.Tasks {
		if a := fromTask(task); !task.System && !hasServe(task) {
			got[task.ID] = a
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runtime.Stack (-) and the snapshot (+) differ:\n%s", diff)
	}
}

// serves reports whether a goroutine is the one that answers the test: it
// stands elsewhere while it does.
func serves(frames []testtarget.Call) bool {
	for _, f := range frames {
		if strings.HasSuffix(f.Func, "/ready.serve") {
			return true
		}
	}
	return false
}

func hasServe(task *graph.Task) bool {
	for _, f := range task.Frames {
		if strings.HasSuffix(f.Func, "/ready.serve") {
			return true
		}
	}
	return false
}

func fromRuntime(g testtarget.Goroutine) account {
	// Of what waits in a bubble it says whether the bubble could go on.
	a := account{State: strings.TrimSuffix(g.State, " (durable)")}
	if g.State == "running" || g.State == "runnable" {
		a.State = "on a processor, or could be"
	}
	for _, f := range g.Frames {
		// Of a goroutine that has not begun it shows the runtime's own.
		if f.Func != "panic" && shown(&graph.Frame{Func: f.Func}) {
			a.Frames = append(a.Frames, call(f.Func, f.Line))
		}
	}
	if g.Created != nil {
		a.Created = call(g.Created.Func, g.Created.Line)
		if g.Creator != 0 {
			a.Creator = fmt.Sprint("go:", g.Creator)
		}
	}
	return a
}

func fromTask(task *graph.Task) account {
	a := account{State: "no wait"}
	switch task.State {
	case graph.StateRunning, graph.StateRunnable:
		a.State = "on a processor, or could be"
	case graph.StateBlocked:
		a.State = "syscall"
	case graph.StateWaiting:
		if len(task.Waits) == 1 {
			a.State = strings.TrimSuffix(task.Waits[0].Text, " (durable)")
		}
	}
	for _, f := range task.Frames {
		if shown(f) {
			a.Frames = append(a.Frames, call(f.Func, f.Line))
		}
	}
	if c := task.CreatedBy; c != nil && c.At != nil && shown(c.At) {
		a.Created = call(c.At.Func, c.At.Line)
		a.Creator = string(c.Task)
	}
	return a
}

// shown reports whether runtime.Stack shows a frame: it leaves out the
// runtime's own but for exported functions, cgo's, whose names have no
// package, and wrappers.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/traceback.go#L1124
func shown(f *graph.Frame) bool {
	name, ok := strings.CutPrefix(f.Func, "runtime.")
	if !ok {
		return strings.Contains(name, ".")
	}
	last := name[strings.LastIndexByte(name, '.')+1:] // a closure of an exported function's is not
	return name != "" && 'A' <= name[0] && name[0] <= 'Z' && last != "" && 'A' <= last[0] && last[0] <= 'Z'
}

// typeArguments are the brackets of a generic function's name, which
// runtime.Stack leaves empty.
var typeArguments = regexp.MustCompile(`\[.*\]`)

func call(function string, line int) string {
	return fmt.Sprint(typeArguments.ReplaceAllString(function, "[...]"), " ", line)
}
