package dap_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// refused sends a request that must fail in words that the client shows.
func (c *client) refused(command string, arguments any, want ...string) {
	c.t.Helper()
	m := c.answer(c.send(command, arguments))
	r, ok := m.(*godap.ErrorResponse)
	if !ok {
		c.t.Fatalf("%s %v succeeds", command, arguments)
	}
	if !r.Body.Error.ShowUser {
		c.t.Errorf("%s %v is refused, but not for the user: %q", command, arguments, told(r))
	}
	for _, text := range want {
		if !strings.Contains(told(r), text) {
			c.t.Errorf("%s %v: %q, which does not have %q", command, arguments, told(r), text)
		}
	}
}

// Core dumps that are none, or not of the program, are refused, or said to be
// so; and after that the right one can be opened.
func TestWrongCores(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	core := tg.GCore(t)
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("no core\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(core)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut")
	if err := os.WriteFile(cut, whole[:len(whole)/3], 0o600); err != nil {
		t.Fatal(err)
	}
	other := testtarget.Build(t, "chans", testtarget.Options{})
	c := overStdio(t)
	c.initialize()
	launch := func(program, core string) map[string]any {
		return map[string]any{"mode": "core", "program": program, "coreFilePath": core}
	}
	c.refused("launch", launch(tg.Exe, text), text)
	c.refused("launch", launch(tg.Exe, filepath.Join(dir, "nonexistent")), "nonexistent")
	c.refused("launch", launch(tg.Exe, tg.Exe), "core")
	c.refused("launch", launch(text, core), text)
	c.refused("launch", launch("", text), text)
	c.refused("launch", launch(other, core), other, "anyExe")
	c.refused("launch", launch(tg.Exe, cut), "core")
	call[*godap.LaunchResponse](c, "launch", launch(tg.Exe, core))
	c.stoppedOnEntry()
	c.thread("main.readers: cond")
	c.disconnect(nil)
}

// Sources that stand elsewhere than where they were compiled are named by the
// paths of the client, in frames, breakpoints, and what the panel adds.
func TestMovedSources(t *testing.T) {
	t.Parallel()
	here := filepath.Join(testtarget.Root(t), "testdata", "go")
	moved := []any{map[string]any{"from": "/moved", "to": here}}
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", unoptimised))
	for _, mode := range []string{"local", "observe"} {
		c := overStdio(t)
		c.begin("attach", map[string]any{"mode": mode, "processId": tg.PID, "stopOnEntry": true, "substitutePath": moved})
		c.stoppedOnEntry()
		if mode == "local" {
			main := source(t, "errgroup", "main.go")
			set := call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
				"source": map[string]any{"path": "/moved/errgroup/main.go"}, "breakpoints": []any{map[string]any{"line": lineOf(t, main, "parent3()")}},
			}).Body.Breakpoints
			if len(set) != 1 || !set[0].Verified {
				t.Errorf("the breakpoints are %+v", set)
			}
		}
		for _, f := range c.stack(c.thread("main.child2: chan receive").Id, 0, 0) {
			if strings.HasPrefix(f.Name, "main.") && f.Source.Path != "/moved/errgroup/main.go" {
				t.Errorf("%s: %s is in %s", mode, f.Name, f.Source.Path)
			}
		}
		c.disconnect(nil)
	}
	if !tg.Alive(t) {
		t.Error("afterwards it does not answer")
	}
}

// A process that is not the user's is refused with the reason.
func TestNoPermission(t *testing.T) {
	t.Parallel()
	pid := 1
	cmd := exec.Command(binary(), "dap", "--stdio")
	if os.Getuid() == 0 { // who may do all: nobody may not
		tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
		pid = tg.PID
		exe := filepath.Join(t.TempDir(), "dlv-async")
		whole, err := os.ReadFile(binary())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(exe, whole, 0o755); err != nil {
			t.Fatal(err)
		}
		for dir := filepath.Dir(exe); dir != filepath.Clean(os.TempDir()); dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		cmd = exec.Command(exe, "dap", "--stdio")
		cmd.Dir = filepath.Dir(exe)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	c := stdio(t, cmd)
	c.initialize()
	c.refused("attach", map[string]any{"mode": "local", "processId": pid}, "does not own the process", fmt.Sprint(pid))
	c.refused("attach", map[string]any{"mode": "observe", "processId": pid}, "permi", fmt.Sprint(pid))
	c.disconnect(nil)
}

// An address that is taken is said to be, at once.
func TestPortIsTaken(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, flag := range []string{"--listen=" + listener.Addr().String(), "--client-addr=127.0.0.1:1"} {
		var stderr bytes.Buffer
		cmd := exec.Command(binary(), "dap", flag)
		cmd.Stderr = &stderr
		err := cmd.Run()
		if code := cmd.ProcessState.ExitCode(); err == nil || code != 1 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "127.0.0.1:") {
			t.Errorf("with %s it ends with %d and says %q", flag, code, stderr.String())
		}
	}
}

// Only the thread of Delve's choice is shown while the program runs, and what
// needs a stop says so.
func TestAskedWhileRunning(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	c := stopped(t, tg, false)
	thread := c.threads()[0].Id
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": thread})
	if threads := c.threads(); len(threads) != 1 {
		t.Errorf("while it runs the threads are %v", threads)
	}
	for command, arguments := range map[string]any{
		"stackTrace":        map[string]any{"threadId": thread},
		"scopes":            map[string]any{"frameId": 1000},
		"evaluate":          map[string]any{"expression": "async tree", "context": "repl"},
		"dlvAsync/snapshot": nil,
		"next":              map[string]any{"threadId": thread},
	} {
		if got := c.fails(command, arguments); !strings.Contains(got, "running") {
			t.Errorf("%s while it runs: %q", command, got)
		}
	}
	c.disconnect(nil)
	if !tg.Alive(t) {
		t.Error("afterwards it does not answer")
	}
}

// A trace cannot be replayed without rr, which says so.
func TestReplayWithoutRR(t *testing.T) {
	t.Parallel()
	c := overStdio(t)
	c.initialize()
	c.refused("launch", map[string]any{"mode": "replay"}, "traceDirPath")
	if _, err := exec.LookPath("rr"); err == nil {
		t.Log("rr is here: that it is missing cannot be seen")
	} else {
		c.refused("launch", map[string]any{"mode": "replay", "traceDirPath": t.TempDir()}, "rr")
	}
	c.disconnect(nil)
}
