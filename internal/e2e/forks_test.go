package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A thread that sleeps where the kernel lets nobody stop it holds up none of the
// others: what it runs is shown as it stands, and it is said which thread that is.
func TestThreadThatCannotBeStopped(t *testing.T) {
	t.Parallel()
	if can, err := os.ReadFile("/proc/sys/kernel/seccomp/actions_avail"); err != nil || !strings.Contains(string(can), "user_notif") {
		testtarget.Skip(t, "seccomp", "the kernel asks nobody about system calls", "use Linux 5.0 or later")
	}
	tg := testtarget.Start(t, testtarget.Build(t, "forks", testtarget.Options{}))
	s := attach(t, tg)
	forks := withFunction(t, s, "main.forks", 1)[0]
	if forks.State != graph.StateRunning || len(forks.Problems) > 0 || !calls(forks, "os.StartProcess") || !calls(forks, "syscall.forkAndExecInChild1") {
		t.Errorf("%s, %v, with problems %v, stands in %s", forks.ID, forks.State, forks.Problems, functions(forks))
	}
	if !slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool {
		return p.Code == "source" && strings.Contains(p.Message, "could not be stopped")
	}) {
		t.Errorf("the problems are %v", findings(s))
	}
	for _, task := range withFunction(t, s, "main.waits", 2) {
		if task.State != graph.StateWaiting || task.Waits[0].Kind != graph.WaitRWMutexWrite {
			t.Errorf("%s, %v, waits for %+v", task.ID, task.State, task.Waits)
		}
	}
}

func calls(task *graph.Task, function string) bool {
	return slices.ContainsFunc(task.Frames, func(f *graph.Frame) bool { return f.Func == function })
}

func functions(task *graph.Task) []string {
	var out []string
	for _, f := range task.Frames {
		out = append(out, f.Func)
	}
	return out
}
