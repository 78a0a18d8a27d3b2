package e2e

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Goroutines that run, could run or are in a system call have their state, a
// thread where they are on one, and the frames they have at this moment: those
// of a saved program counter would be old.
func TestBusy(t *testing.T) {
	builds := []testtarget.Options{{}, {CGO: true}}
	if testtarget.Full() {
		for _, toolchain := range testtarget.Toolchains {
			builds = append(builds, testtarget.Options{Toolchain: toolchain, CGO: true}, testtarget.Options{Toolchain: toolchain, NoOpt: true})
		}
	}
	for _, o := range builds {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "busy", o))
			for _, v := range views {
				t.Run(v.name, func(t *testing.T) { checkBusy(t, v.see(t, tg), o.CGO) })
			}
			if !tg.Alive(t) {
				t.Error("the target is gone")
			}
		})
	}
}

// checkScheduler checks what the runtime counts itself: of three goroutines
// that spin on one processor, one or none runs, and the others are queued.
func checkScheduler(t *testing.T, s *graph.Snapshot) {
	t.Helper()
	counts := statsOf(s)
	queued := int64(0)
	for _, key := range []string{"run_queues", "run_queue_global"} {
		n, ok := counts[key].(int64)
		if !ok {
			t.Errorf("%s is not known", key)
		}
		queued += n
	}
	if counts["processors"] != int64(1) || counts["processors_idle"] != int64(0) || counts["gc"] == nil || queued < 1 {
		t.Errorf("the runtime counts %v, want one processor, which is not idle, and goroutines queued for it", counts)
	}
}

func checkBusy(t *testing.T, s *graph.Snapshot, cgo bool) {
	t.Helper()
	running := 0
	for _, task := range withFunction(t, s, "main.spin", 3) {
		switch task.State {
		case graph.StateRunning:
			running++
			if task.Thread == 0 {
				t.Errorf("%s runs on no thread", task.ID)
			}
		case graph.StateRunnable:
		default:
			t.Errorf("%s, which spins, is %v", task.ID, task.State)
		}
	}
	if running > 1 {
		t.Errorf("%d goroutines run on one processor", running)
	}
	checkScheduler(t, s)
	blocked := []string{"main.syscallRead"}
	if cgo {
		blocked = append(blocked, "main.sleepInC")
	}
	for _, function := range blocked {
		task := withFunction(t, s, function, 1)[0]
		if task.State != graph.StateBlocked || task.Thread == 0 {
			t.Errorf("%s, in %s, is %v on thread %d", task.ID, function, task.State, task.Thread)
		}
	}
	if task := withFunction(t, s, "main.locked", 1)[0]; task.State != graph.StateWaiting {
		t.Errorf("%s, which receives, is %v", task.ID, task.State)
	}
}

// withFunction returns the n tasks that have a frame of the function.
func withFunction(t *testing.T, s *graph.Snapshot, function string, n int) []*graph.Task {
	t.Helper()
	var found []*graph.Task
	for _, task := range s.Tasks {
		if slices.ContainsFunc(task.Frames, func(f *graph.Frame) bool { return f.Func == function }) {
			found = append(found, task)
		}
	}
	if len(found) != n {
		t.Fatalf("%d tasks have %s among their frames, not %d", len(found), function, n)
	}
	return found
}

// A server under load is read again and again: it stands still for each look,
// so all of it can be read and adds up, but for the frames of those that run:
// they may be anywhere.
func TestUnderLoad(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "server", testtarget.Options{}), "load")
	for range 20 {
		s := attach(t, tg)
		if err := graph.Validate(s); err != nil {
			t.Errorf("the snapshot is not valid: %v", err)
		}
		problems := s.Problems
		for _, task := range s.Tasks {
			if task.State != graph.StateRunning {
				problems = append(problems, task.Problems...)
			}
		}
		for _, p := range problems {
			if p.Code == "unreadable" || p.Code == "torn" {
				t.Errorf("%s: %s %v", p.Code, p.Message, p.Tasks)
			}
		}
	}
	if !tg.Alive(t) {
		t.Error("the target is gone")
	}
}

// With cgo the runtime does not notice that all goroutines are asleep, and
// the process stays: the report says what the runtime does not.
func TestAllAsleepUnderCgo(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "crash", testtarget.Options{CGO: true}), "asleep")
	isAsleep := func(s *graph.Snapshot) bool {
		return slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "all-asleep" })
	}
	if isAsleep(attach(t, tg)) {
		t.Error("all are said to be asleep, and one reads its standard input")
	}
	tg.Send(t, "crash") // after which nobody serves any more
	s := attach(t, tg)
	for slices.ContainsFunc(s.Tasks, hasServe) {
		s = attach(t, tg)
	}
	if !isAsleep(s) {
		t.Error("nobody says that all are asleep")
	}
}
