package e2e

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// ancestry is what a correct reader says of where main.child comes from.
const ancestry = `main.child main.go:15
created by go:N (which has ended) at main.startChild main.go:18
main.parent main.go:21
created by go:N (which has ended) at main.startParent main.go:24
main.grandparent main.go:27
created by go:1 at main.main main.go:30`

// Where the runtime keeps the ancestors of goroutines, a backtrace goes on in
// them, also after they have ended.
func TestRecordedAncestors(t *testing.T) {
	for _, toolchain := range testtarget.Releases() {
		t.Run(testtarget.Options{Toolchain: toolchain}.Name(), func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Build(t, "ancestors", testtarget.Options{Toolchain: toolchain})
			tg := testtarget.StartEnv(t, []string{"GODEBUG=tracebackancestors=10"}, exe)
			for _, v := range views {
				s := v.see(t, tg)
				if diff := cmp.Diff(ancestry, backtraceOf(t, s, "~main.child")); diff != "" {
					t.Errorf("the backtrace, %s (-want +got):\n%s", v.name, diff)
				}
			}
		})
	}
}

// backtraceOf is a task's logical backtrace without what changes from run to
// run, but for the line that says what it does.
func backtraceOf(t *testing.T, s *graph.Snapshot, task string) string {
	t.Helper()
	found := s.Find(task)
	if len(found) != 1 {
		t.Fatalf("%d tasks are %s", len(found), task)
	}
	var b bytes.Buffer
	if err := render.Where(&b, s, render.Options{Width: 120, Task: found[0].ID}); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), "\n")
	rest = regexp.MustCompile(` go:(\d\d+|[2-9])`).ReplaceAllString(rest, " go:N")
	rest = regexp.MustCompile(`(?m)^ +\d* +|[─]+| +$`).ReplaceAllString(rest, "")
	rest = regexp.MustCompile(` +`).ReplaceAllString(rest, " ")
	rest = regexp.MustCompile(`(?m)^ | $`).ReplaceAllString(rest, "")
	return strings.TrimSpace(rest)
}
