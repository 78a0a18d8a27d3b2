package dap_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// module writes the files of a small module and returns its directory.
func module(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// plain has the go command do what the files say, whatever the tests' own
// environment has.
var plain = map[string]any{"GOWORK": "off", "GOFLAGS": ""}

// debug builds what it debugs, as in the directory of a user's module, and
// leaves nothing behind.
func TestLaunchBuilds(t *testing.T) {
	t.Parallel()
	c := overStdio(t)
	dir := filepath.Join(testtarget.Root(t), "testdata", "go")
	out := filepath.Join(t.TempDir(), "debugged")
	c.begin("launch", map[string]any{
		"mode": "debug", "program": "./desk", "dlvCwd": dir, "stopOnEntry": true, "output": out,
		"buildFlags": []string{"-tags", "none"}, "env": plain,
	})
	if stop := c.stoppedOnEntry(); stop.Body.Reason != "entry" {
		t.Errorf("it stopped like this: %+v", stop.Body)
	}
	call[*godap.SetFunctionBreakpointsResponse](c, "setFunctionBreakpoints", map[string]any{"breakpoints": []any{map[string]any{"name": "main.price"}}})
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	if stop := event[*godap.StoppedEvent](c); stop.Body.Reason != "function breakpoint" {
		t.Errorf("it stopped like this: %+v", stop.Body)
	}
	c.disconnect(nil)
	if left, _ := filepath.Glob(out + "*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// test builds the tests of a package and runs them in its directory, with the
// user's own arguments.
func TestLaunchOfTests(t *testing.T) {
	t.Parallel()
	dir := module(t, map[string]string{
		"go.mod": "module example.com/sums\n\ngo 1.21\n",
		"sums_test.go": `package sums

import (
	"os"
	"testing"
)

func TestOther(t *testing.T) { t.Fatal("not asked for") }

func TestSum(t *testing.T) {
	sum := make(chan int)
	go func() {
		n := 40
		sum <- n + 2
	}()
	if got := <-sum; got != 42 {
		t.Error(got)
	}
	if _, err := os.Stat("sums_test.go"); err != nil {
		t.Error(err)
	}
}
`})
	c := overStdio(t)
	c.begin("launch", map[string]any{"mode": "test", "program": ".", "dlvCwd": dir, "args": []string{"-test.run", "TestSum", "-test.v"}, "env": plain})
	path := filepath.Join(dir, "sums_test.go")
	set := call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": path}, "breakpoints": []any{map[string]any{"line": lineOf(t, path, "sum <- n + 2")}},
	}).Body.Breakpoints
	if len(set) != 1 || !set[0].Verified {
		t.Fatalf("the breakpoints are %+v", set)
	}
	stop := c.stoppedOnEntry()
	frames := c.stack(stop.Body.ThreadId, 0, 0)
	if got := strings.Join(names(frames), " "); !strings.HasPrefix(got, "sums.TestSum.func1 ") || !strings.Contains(got, "testing.tRunner") {
		t.Errorf("the logical stack is %s", got)
	}
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	c.output("--- PASS: TestSum")
	if e := event[*godap.ExitedEvent](c); e.Body.ExitCode != 0 {
		t.Errorf("it exited with %d", e.Body.ExitCode)
	}
	c.disconnect(nil)
	if left, _ := filepath.Glob(filepath.Join(dir, "__debug_bin*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What does not build says why in the console, leaves nothing behind, and can
// be mended in the same session.
func TestLaunchOfWhatDoesNotBuild(t *testing.T) {
	t.Parallel()
	dir := module(t, map[string]string{
		"go.mod":  "module example.com/broken\n\ngo 1.21\n",
		"main.go": "package main\n\nfunc main() { nothing() }\n",
	})
	c := overStdio(t)
	c.initialize()
	arguments := map[string]any{"mode": "debug", "program": ".", "dlvCwd": dir, "env": plain, "stopOnEntry": true}
	if got := c.fails("launch", arguments); !strings.Contains(got, "Build error") {
		t.Errorf("it is refused with %q", got)
	}
	if line := c.output("Build Error: "); !strings.Contains(line, "undefined: nothing") {
		t.Errorf("the console has %q", line)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	call[*godap.LaunchResponse](c, "launch", arguments)
	c.stoppedOnEntry()
	c.disconnect(nil)
	if left, _ := filepath.Glob(filepath.Join(dir, "__debug_bin*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
