package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// deaths are what a correct reader says of the ways in which the program
// crash dies: testdata/go/crash/main.go.
var deaths = map[string]struct {
	death   graph.Death // but for the task
	stands  string      // the innermost of the program's own functions, of the task it died in
	nowhere bool        // it died in no task
}{
	"panic":    {death: graph.Death{Kind: "panic", Message: "loading: order 7: no stock", Chain: []string{"loading: order 7: no stock"}}, stands: "main.fail"},
	"repanic":  {death: graph.Death{Kind: "panic", Message: "cleanup failed", Chain: []string{"cleanup failed", "order 7: no stock"}}, stands: "main.cleanup"},
	"string":   {death: graph.Death{Kind: "panic", Message: "out of cheese", Chain: []string{"out of cheese"}}, stands: "main.outOfCheese"},
	"nil":      {death: panicOf("runtime error: invalid memory address or nil pointer dereference"), stands: "main.deref"},
	"index":    {death: panicOf("runtime error: index out of range [5] with length 3"), stands: "main.index"},
	"maps":     {death: graph.Death{Kind: "fatal", Message: "concurrent map writes"}, stands: "main.writeMaps.func1"},
	"unlock":   {death: graph.Death{Kind: "fatal", Message: "sync: unlock of unlocked mutex"}},
	"asleep":   {death: graph.Death{Kind: "fatal", Message: "all goroutines are asleep - deadlock!"}, nowhere: true},
	"goexit":   {death: graph.Death{Kind: "fatal", Message: "no goroutines (main called runtime.Goexit) - deadlock!"}, nowhere: true},
	"overflow": {death: graph.Death{Kind: "fatal", Message: "stack overflow"}, stands: "main.recurse"},
}

func panicOf(message string) graph.Death {
	return graph.Death{Kind: "panic", Message: message, Chain: []string{message}}
}

// A core opens with why the process died, and in which goroutine.
func TestWhyAProcessDied(t *testing.T) {
	for kind, want := range deaths {
		for _, o := range deadlyBuilds(kind, want.stands != "") {
			t.Run(kind+"/"+o.Name(), func(t *testing.T) {
				t.Parallel()
				exe := testtarget.Build(t, "crash", o)
				tg := testtarget.StartEnv(t, testtarget.CrashEnv, exe, kind)
				s, err := snapshot.Core(context.Background(), exe, tg.CrashCore(t), snapshot.Options{})
				if err != nil {
					t.Fatal(err)
				}
				got := s.Process.Death
				if got == nil {
					t.Fatal("nothing is said of the death")
				}
				task := s.Task(got.Task)
				if (task == nil) != want.nowhere {
					t.Errorf("it died in %q", got.Task)
				}
				if task != nil && want.stands != "" && ownFunction(task) != want.stands {
					t.Errorf("%s, in which it died, stands in %q, not in %s", task.ID, ownFunction(task), want.stands)
				}
				want.death.Signal, want.death.Task = "SIGABRT", got.Task
				if diff := cmp.Diff(want.death, *got); diff != "" {
					t.Errorf("the death (-want +got):\n%s", diff)
				}
				asleep := slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "all-asleep" })
				if asleep != (kind == "asleep") {
					t.Errorf("that all are asleep is said: %v", asleep)
				}
			})
		}
	}
}

// deadlyBuilds are the builds that die in a way. With cgo signals come through the
// C library.
func deadlyBuilds(kind string, stands bool) []testtarget.Options {
	var all []testtarget.Options
	for _, toolchain := range testtarget.Toolchains {
		if kind == "panic" || kind == "asleep" || toolchain == "go1.26.8" || testtarget.Full() {
			all = append(all, testtarget.Options{Toolchain: toolchain}) // the rest of the matrix is .ci/full's
		}
	}
	if testtarget.Full() {
		for _, toolchain := range testtarget.Older {
			all = append(all, testtarget.Options{Toolchain: toolchain})
		}
	}
	if stands && (kind == "nil" || testtarget.Full()) {
		all = append(all, testtarget.Options{CGO: true})
	}
	return all
}

// ownFunction is the innermost of a task's frames that is of package main.
func ownFunction(task *graph.Task) string {
	for _, f := range task.Frames {
		if strings.HasPrefix(f.Func, "main.") {
			return f.Func
		}
	}
	return ""
}
