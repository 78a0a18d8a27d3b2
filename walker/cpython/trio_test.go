package cpython_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// startTrio starts a program in a virtual environment with a release of Trio.
func startTrio(t *testing.T, py testtarget.Python, program string, packages ...string) *testtarget.Target {
	t.Helper()
	exe := testtarget.Venv(t, py, packages...)
	script := filepath.Join(testtarget.Root(t), "testdata", "python", program)
	return testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script)
}

// Trio's tasks, live and from a core: what they wait for, who has it, and whose
// nurseries they are in.
func TestTrio(t *testing.T) {
	t.Parallel()
	for version, minor := range map[string]string{"trio>=0.27": "3.13", "trio==0.22.0": "3.8"} {
		for _, py := range testtarget.Pythons(t) {
			if py.Minor != minor && !(testtarget.Full() && version == "trio>=0.27" && py.AtLeast(8)) {
				continue
			}
			t.Run(version+"/"+py.Name, func(t *testing.T) {
				t.Parallel()
				tg := startTrio(t, py, "trios.py", version)
				trioIsExplained(t, see(t, tg, snapshot.Options{}))
				core, err := snapshot.Core(t.Context(), tg.Exe, tg.GCore(t), snapshot.Options{})
				if err != nil {
					t.Fatal(err)
				}
				trioIsExplained(t, seen{core, t})
			})
		}
	}
}

func trioIsExplained(t *testing.T, s seen) {
	t.Helper()
	compare(t, "the backtrace", s.where, map[string]string{
		"child2":     "child2, child1 | scope parent: parent2, parent1 | scope main: main",
		"by-manager": " | scope managed: managed | scope main: main",
		"by-stack":   " | scope stacked: stacked | scope main: main",
		"by-class":   " | scope (inferred) classed: classed | scope main: main",
		"far":        " | scope leaver: leaver | scope main: main",
		"slow":       "slow | scope starts: starts | scope main: main",
		"main":       "main",
	})
	compare(t, "the wait", s.waits, map[string]string{
		"leaver":    "task group(far, left)",
		"starts":    "task group(slow)",
		"lock-2":    "lock trio.Lock",
		"notified":  "lock trio.Lock",
		"condition": "condition trio.Condition",
		"sem-2":     "semaphore trio.Semaphore",
		"limit-2":   "semaphore trio.CapacityLimiter",
		"event":     "event trio.Event",
		"put":       "queue put trio memory channel",
		"get":       "queue get trio memory channel",
		"socket":    "network trio._socket._SocketType",
		"process":   "subprocess trio.Process",
		"sleep":     "sleep trio.CancelScope",
		"forever":   "sleep",
		"timeout":   "event trio.Event",
		"lot":       "condition trio.lowlevel.ParkingLot",
		"own":       "unknown",
		"queued":    "semaphore trio.CapacityLimiter",
	})
	compare(t, "the holders of what is wanted", s.holders, map[string]string{
		"lock-2": "lock-1", "notified": "notifier", "limit-2": "limit-1", "queued": "thread", "sem-2": "sem-1 (inferred)",
	})
	if dead := s.found("deadlock"); !slices.Equal(dead, []string{"dead-1, dead-2 < main"}) {
		t.Errorf("the deadlocks are %q", dead)
	}
	trioThreadsAreJoined(t, s)
	if due := s.task("timeout").Waits[0].Deadline; s.Process.Source == "attach" && due <= 0 {
		t.Errorf("the timeout is over in %v", due)
	}
	scopes := s.task("cancelled").Cancel.Scopes
	if len(scopes) < 3 || !scopes[1].Shield || !scopes[2].Cancelled || s.task("cancelled").Cancel.Requested != 0 {
		t.Errorf("who is shielded stands in %+v", scopes)
	}
	if found := s.found("swallowed-cancel"); !slices.Equal(found, []string{"cancelled"}) {
		t.Errorf("behind shields wait %q", found)
	}
	for _, name := range []string{"main", "sleep", "by-class"} {
		if s.task(name).System {
			t.Errorf("%s is taken for a task of Trio's own", name)
		}
	}
	if init := s.task("<init>"); !init.System {
		t.Error("Trio's first task is shown")
	}
}

// trioThreadsAreJoined: tasks and the threads that work for them wait for each other.
func trioThreadsAreJoined(t *testing.T, s seen) {
	t.Helper()
	worker := s.Task(s.task("thread").Waits[0].Task)
	if worker == nil || !slices.ContainsFunc(worker.Frames, func(f *graph.Frame) bool { return f.Func == "__main__.blocking" }) {
		t.Errorf("thread waits for %+v", worker)
	}
	for _, task := range s.Tasks {
		if !slices.ContainsFunc(task.Frames, func(f *graph.Frame) bool { return f.Func == "__main__.calls_back" }) {
			continue
		}
		waits := s.Task(task.Waits[0].Task) // the task itself or, to 0.22, a system task
		if waits == nil || waits.System || len(waits.Waits) != 1 || waits.Waits[0].Kind != graph.WaitSleep {
			t.Errorf("the thread that calls back waits for %+v", waits)
		}
	}
}

// stackscope, by Trio's authors, says the same from inside: the frames of each
// task, and the nurseries that they have opened.
func TestTrioAsStackscope(t *testing.T) {
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if py.Minor != "3.13" && !(testtarget.Full() && py.AtLeast(9)) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			tg := startTrio(t, py, "trios.py", "trio", "stackscope", "typing_extensions")
			s := see(t, tg, snapshot.Options{})
			asStackscope(t, tg, s)
		})
	}
}

func asStackscope(t *testing.T, tg *testtarget.Target, s seen) {
	t.Helper()
	answer := tg.Command(t, "tree")
	var all map[string]told
	if err := json.Unmarshal([]byte(answer), &all); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	for name, want := range all {
		switch name {
		case "<init>": // the nurseries of a run are nobody's
			continue
		case "thread", "back": // it shows the thread's frames in their place
			continue
		case "classed": // it does not look into classes that it does not know
			want.Opened = append(want.Opened, want.Frames[0]+": by-class")
		}
		slices.Sort(want.Opened)
		if diff := cmp.Diff(want, s.scoped(name)); diff != "" {
			t.Errorf("%s (-stackscope +ours)\n%s", name, diff)
		}
	}
}

// told is a task as triotree.py has it.
type told struct {
	Frames []string // outermost first: function line
	Opened []string // a frame, and whom it opened a nursery for
}

func (s seen) scoped(name string) told {
	task := s.task(name)
	named := func(f *graph.Frame) string {
		return fmt.Sprintf("%s %d", f.Func[strings.LastIndex(f.Func, ".")+1:], f.Line)
	}
	var ours told
	for _, f := range slices.Backward(task.Frames) {
		if !f.Hidden {
			ours.Frames = append(ours.Frames, named(f))
		}
	}
	ours.Opened = []string{}
	for _, g := range s.Groups {
		if o := g.OpenedAt; o != nil && o.Task == task.ID {
			ours.Opened = append(ours.Opened, named(task.Frames[o.Frame])+": "+s.names(g.Members))
		}
	}
	slices.Sort(ours.Opened)
	return ours
}

// A task that blocks the thread of its run is told of, and who waits for that.
func TestTrioBlocked(t *testing.T) {
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if py.Minor != "3.13" && !(testtarget.Full() && py.AtLeast(8)) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			s := see(t, startTrio(t, py, "trioblocked.py", "trio"), snapshot.Options{})
			if found := s.found("blocked-loop"); !slices.Equal(found, []string{"__main__.main"}) {
				t.Errorf("those that block the loop are %q", found)
			}
			compare(t, "the wait", s.waits, map[string]string{
				"__main__.main": "sleep ", "ready-0": "__main__.main", "ready-1": "__main__.main", "ready-2": "__main__.main",
			})
		})
	}
}

// What the guide of Trio shows comes out as it says.
func TestTrioGuide(t *testing.T) {
	t.Parallel()
	for version, minor := range map[string]string{"trio>=0.27": "3.13", "trio==0.22.0": "3.8"} {
		for _, py := range testtarget.Pythons(t) {
			if py.Minor != minor && !(testtarget.Full() && version == "trio>=0.27" && py.AtLeast(9)) {
				continue
			}
			t.Run(version+"/"+py.Name, func(t *testing.T) {
				t.Parallel()
				packages := []string{version, "typing_extensions"}
				if py.AtLeast(9) {
					packages = append(packages, "stackscope")
				}
				tg := startTrio(t, py, "trioguide.py", packages...)
				s := see(t, tg, snapshot.Options{})
				compare(t, "the backtrace", s.where, map[string]string{
					"one":         "child | scope parent: parent | scope main: main",
					"cleaner":     "cleans_up | scope crashing: crashing | scope main: main",
					"guest-child": "child | scope __main__.guest: guest",
				})
				compare(t, "the wait", s.waits, map[string]string{
					"parent":   "task group(one, two)",
					"crashing": "task group(cleaner)",
					"client-0": "network trio._socket._SocketType",
					"producer": "queue put trio memory channel",
					"consumer": "queue get trio memory channel",
				})
				brought := s.Group(s.task("cleaner").Groups[0])
				if brought.Error == nil || brought.Error.Type != "ValueError" {
					t.Errorf("the nursery that was brought down has %+v", brought.Error)
				}
				if c := s.task("cleaner").Cancel; c.Requested != 0 || !c.Scopes[1].Shield {
					t.Errorf("who cleans up behind a shield has %+v", c)
				}
				if py.AtLeast(9) {
					asStackscope(t, tg, s)
				}
			})
		}
	}
}
