package dap_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

var unoptimised = testtarget.Options{NoOpt: true}

// What dlv dap does with a program that is debugged from its start: the
// requests are those of VS Code.
func TestLaunchBreakStepEvaluateRestart(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "desk", unoptimised)
	main := source(t, "desk", "main.go")
	c := overTCP(t)
	c.begin("launch", map[string]any{"mode": "exec", "program": exe, "cwd": t.TempDir(), "outputMode": "remote"})
	if e := event[*godap.ProcessEvent](c); e.Body.SystemProcessId == 0 || e.Body.StartMethod != "launch" {
		t.Errorf("the process event is %+v", e.Body)
	}

	inAdd := lineOf(t, main, "sum := a + b")
	set := call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": main}, "breakpoints": []any{map[string]any{"line": inAdd, "condition": "b == 1"}},
	}).Body.Breakpoints
	if len(set) != 1 || !set[0].Verified || set[0].Line != inAdd {
		t.Fatalf("the breakpoints are %+v", set)
	}
	stop := c.stoppedOnEntry()
	if stop.Body.Reason != "breakpoint" || !stop.Body.AllThreadsStopped || stop.Body.ThreadId != 1 {
		t.Fatalf("it stopped like this: %+v", stop.Body)
	}
	frames := c.stack(1, 0, 20)
	if frames[0].Name != "main.add" || frames[0].Line != inAdd || frames[0].Source.Path != main || frames[1].Name != "main.main" {
		t.Fatalf("the stack is %+v", frames)
	}

	evaluate := func(expression, context string, frame int) string {
		t.Helper()
		return call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": expression, "frameId": frame, "context": context}).Body.Result
	}
	if got := evaluate("a + b", "watch", frames[0].Id); got != "1" {
		t.Errorf("a + b is %s", got)
	}
	if got := evaluate("i", "hover", frames[1].Id); got != "1" {
		t.Errorf("i of the caller is %s", got)
	}
	scopes := call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": frames[0].Id}).Body.Scopes
	vars := call[*godap.VariablesResponse](c, "variables", map[string]any{"variablesReference": scopes[0].VariablesReference}).Body.Variables
	if len(vars) != 3 || vars[0].Name != "a" || vars[1].Value != "1" {
		t.Errorf("the locals are %+v", vars)
	}

	call[*godap.NextResponse](c, "next", map[string]any{"threadId": 1})
	if e := event[*godap.StoppedEvent](c); e.Body.Reason != "step" {
		t.Fatalf("after a step it stopped like this: %+v", e.Body)
	}
	frames = c.stack(1, 0, 1)
	scopes = call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": frames[0].Id}).Body.Scopes
	call[*godap.SetVariableResponse](c, "setVariable", map[string]any{"variablesReference": scopes[0].VariablesReference, "name": "sum", "value": "100"})
	if got := evaluate("sum", "repl", frames[0].Id); got != "100" {
		t.Errorf("sum was set to 100, and is %s", got)
	}
	asm := call[*godap.DisassembleResponse](c, "disassemble", map[string]any{"memoryReference": frames[0].InstructionPointerReference, "instructionCount": 4}).Body.Instructions
	if len(asm) != 4 || asm[0].Address == "" {
		t.Errorf("the instructions are %+v", asm)
	}
	call[*godap.StepOutResponse](c, "stepOut", map[string]any{"threadId": 1})
	event[*godap.StoppedEvent](c)
	if frames = c.stack(1, 0, 1); frames[0].Name != "main.main" {
		t.Errorf("stepping out of add leads to %s", frames[0].Name)
	}
	if got := evaluate("call add(40, 2)", "repl", frames[0].Id); got != "42" {
		t.Errorf("add(40, 2) is %s", got)
	}

	call[*godap.RestartResponse](c, "restart", map[string]any{})
	event[*godap.InitializedEvent](c)
	if stop := c.stoppedOnEntry(); stop.Body.Reason != "breakpoint" {
		t.Errorf("after a restart it stopped like this: %+v", stop.Body)
	}
	call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{"source": map[string]any{"path": main}, "breakpoints": []any{}})
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	c.output("total 47")
	if e := event[*godap.ExitedEvent](c); e.Body.ExitCode != 0 {
		t.Errorf("it exited with %d", e.Body.ExitCode)
	}
	event[*godap.TerminatedEvent](c)
	call[*godap.DisconnectResponse](c, "disconnect", nil)
}

func TestLaunchWithoutDebugging(t *testing.T) {
	t.Parallel()
	c := overStdio(t)
	c.initialize()
	out := filepath.Join(t.TempDir(), "out")
	call[*godap.LaunchResponse](c, "launch", map[string]any{
		"mode": "exec", "noDebug": true, "program": testtarget.Build(t, "desk", unoptimised), "stdinFrom": os.DevNull, "stdoutTo": out,
	})
	event[*godap.ExitedEvent](c)
	if got, err := os.ReadFile(out); err != nil || !strings.Contains(string(got), "total 47") {
		t.Errorf("it wrote %q, %v", got, err)
	}
	event[*godap.TerminatedEvent](c)
	call[*godap.DisconnectResponse](c, "disconnect", nil)
}

func TestAttachAndLetGo(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	c := overStdio(t)
	c.begin("attach", map[string]any{"mode": "local", "processId": tg.PID, "stopOnEntry": true})
	c.stoppedOnEntry()
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	if !tg.Alive(t) {
		t.Error("after continue it does not answer")
	}
	call[*godap.PauseResponse](c, "pause", map[string]any{"threadId": 1})
	if stop := event[*godap.StoppedEvent](c); stop.Body.Reason != "pause" {
		t.Errorf("after pause it stopped like this: %+v", stop.Body)
	}
	c.disconnect(nil)
	if !tg.Alive(t) {
		t.Error("after disconnect it does not answer")
	}
}

func TestCore(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	c := overStdio(t)
	c.begin("launch", map[string]any{"mode": "core", "program": tg.Exe, "coreFilePath": tg.GCore(t), "stopOnEntry": true})
	c.stoppedOnEntry()
	frames := c.stack(1, 0, 0)
	i := strings.Index(fmt.Sprint(frames), "main.main")
	if i < 0 {
		t.Errorf("the stack of the first goroutine is %+v", frames)
	}
	c.disconnect(nil)
}

// What cannot be debugged is refused in words for the user, and the session
// is still there.
func TestRefusals(t *testing.T) {
	t.Parallel()
	c := overStdio(t)
	if got := c.fails("threads", nil); !strings.Contains(got, "initialize") {
		t.Errorf("before initialize: %q", got)
	}
	c.initialize()
	if got := c.fails("threads", nil); !strings.Contains(got, "launch or attach") {
		t.Errorf("before launch: %q", got)
	}
	for _, tt := range []struct {
		request   string
		arguments map[string]any
		want      string
	}{
		{"launch", map[string]any{"mode": "exec"}, "program attribute is missing"},
		{"launch", map[string]any{"mode": "exec", "program": "/nonexistent/program"}, "/nonexistent/program"},
		{"launch", map[string]any{"mode": "sideways", "program": "x"}, `unsupported 'mode' attribute "sideways"`},
		{"launch", map[string]any{"mode": "exec", "program": 7}, "invalid debug configuration"},
		{"launch", map[string]any{"mode": "core", "program": binary()}, "coreFilePath"},
		{"launch", map[string]any{"mode": "core", "program": binary(), "coreFilePath": "/nonexistent/core"}, "/nonexistent/core"},
		{"launch", map[string]any{"mode": "debug", "program": "./nonexistent"}, "Build error"},
		{"launch", map[string]any{"program": "x", "outputMode": "sideways", "mode": "exec"}, "outputMode"},
		{"attach", map[string]any{}, "processId"},
		{"attach", map[string]any{"mode": "sideways", "processId": 1}, "unsupported 'mode'"},
		{"attach", map[string]any{"processId": 2147483647}, "2147483647"},
	} {
		if got := c.fails(tt.request, tt.arguments); !strings.Contains(got, tt.want) {
			t.Errorf("%s %v: %q, which does not have %q", tt.request, tt.arguments, got, tt.want)
		}
	}
	if got := c.fails("attach", map[string]any{"mode": "remote"}); !strings.Contains(got, "no debugger found") {
		t.Errorf("attach remote: %q", got)
	}
	c.disconnect(nil)
}

// The Go extension of VS Code starts dlv like this, and reads the address from
// descriptor 3.
func TestStandsInForDlv(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(binary(), "dap", "--check-go-version=false", "--log=false", "--listen=127.0.0.1:0", "--log-dest=3", "--headless=true", "--api-version=2")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "DAP server listening at: ")
	if err != nil || !ok {
		t.Fatalf("it said %q, %v", line, err)
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// With console: integratedTerminal the client waits, and is dialled.
func TestDialsTheClient(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := &client{t: t, adapter: exec.Command(binary(), "dap", "--client-addr="+listener.Addr().String()), stderr: &bytes.Buffer{}, exited: make(chan struct{})}
	if err := c.adapter.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.w = conn
	c.listen(conn, func() { _ = c.adapter.Wait(); close(c.exited) })
	c.initialize()
	c.disconnect(nil)
}
