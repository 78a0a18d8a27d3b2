package cpython_test

import (
	"context"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What `python3.14 -m asyncio pstree` does not show, or shows wrong, comes out
// right: of every version, live and from a core. What that command says of the
// same process is logged.
func TestCallGraph(t *testing.T) {
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if !py.AtLeast(11) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.StartPython(t, py, "callgraph.py")
			checkCallGraph(t, see(t, tg, snapshot.Options{}))
			if py.Minor == "3.14" {
				out, err := exec.Command(py.Exe(t), "-m", "asyncio", "pstree", strconv.Itoa(tg.PID)).CombinedOutput()
				t.Logf("python -m asyncio pstree: %v\n%s", err, out)
			}
			if !testtarget.Full() && py.Minor != "3.14" {
				return
			}
			t.Run("core", func(t *testing.T) {
				s, err := snapshot.Core(context.Background(), tg.Exe, tg.GCore(t), snapshot.Options{})
				if err != nil {
					t.Fatal(err)
				}
				checkCallGraph(t, seen{s, t})
			})
		})
	}
}

func checkCallGraph(t *testing.T, s seen) {
	t.Helper()
	compare(t, "the backtrace", s.where, map[string]string{
		"remote":   "doze | join elsewhere: elsewhere",
		"owner":    "parent3, parent2, parent1",
		"child":    "child1, child2 | scope owner: parent2, parent1",
		"agen":     "numbers, async_for",
		"types":    "old_style, modern",
		"iterated": "doze | join iterates: iterates",
		"refuses":  "goes_on, refuses | join at-once: at_once",
		"z":        "other",
	})
	compare(t, "the wait", s.waits, map[string]string{
		"iterates":  "iterated",
		"declares":  "event asyncio.Event",
		"completes": "wait(done-0, done-1)",
		"at-once":   "refuses",
	})
	compare(t, "the awaiters", s.awaiters, map[string]string{
		"child":  "",
		"made-0": "declares (handle)",
		"made-1": "declares (handle)",
		"made-2": "declares (handle)",
		"done-1": "completes",
	})
	if got, want := s.found("deadlock"), []string{"x, y < z"}; !slices.Equal(got, want) {
		t.Errorf("the deadlocks are %q, want %q", got, want)
	}
}

// That command ends at 65,536 tasks.
func TestManyTasks(t *testing.T) {
	t.Parallel()
	const n = 66_000
	for _, py := range testtarget.Pythons(t) {
		if py.Minor != "3.14" {
			continue
		}
		s := see(t, testtarget.StartPython(t, py, "manytasks.py", strconv.Itoa(n), "1", "event"), snapshot.Options{})
		workers := 0
		for _, task := range s.Tasks {
			if len(task.Waits) == 1 && task.Kind == "asyncio.Task" {
				workers++
			}
		}
		if workers != n+1 {
			t.Errorf("%d tasks wait for an Event, want %d", workers, n+1)
		}
	}
}
