package dap_test

import (
	"os"
	"strings"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// price is called three times: twice in tasks that checkout waits for, once
// in one of audit's. Only the last is stopped at; of each a line tells the
// logical stack.
func TestAsyncBreakpoints(t *testing.T) {
	t.Parallel()
	main := source(t, "desk", "main.go")
	inPrice := lineOf(t, main, `fmt.Println("priced"`)
	c := overStdio(t)
	c.begin("launch", map[string]any{"mode": "exec", "program": testtarget.Build(t, "desk", unoptimised), "stdinFrom": os.DevNull})
	set := call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": main}, "breakpoints": []any{
			map[string]any{"line": 1, "condition": `async.sideways()`},
			map[string]any{"line": inPrice, "condition": `n < 10 && async.under("main.audit")`},
			map[string]any{"line": inPrice + 1, "logMessage": "{async.task} of {item}: {async.where}"},
		},
	}).Body.Breakpoints
	if len(set) != 3 || set[0].Verified || !strings.Contains(set[0].Message, "async.under") || !set[1].Verified || !set[2].Verified {
		t.Fatalf("the breakpoints are %+v", set)
	}
	stop := c.stoppedOnEntry()
	if stop.Body.Reason != "breakpoint" || len(stop.Body.HitBreakpointIds) != 1 || stop.Body.HitBreakpointIds[0] != set[1].Id {
		t.Errorf("it stopped like this: %+v", stop.Body)
	}
	frames := c.stack(stop.Body.ThreadId, 0, 0)
	if got := strings.Join(names(frames), " "); !strings.HasPrefix(got, "main.price main.audit.func1 ") {
		t.Errorf("it stopped in %s", got)
	}
	for _, item := range []string{"ann", "ann"} {
		line := c.output("> [Go ")
		if !strings.Contains(line, `of "`+item+`": main.price main.go:`) || !strings.Contains(line, "← main.checkout main.go:") {
			t.Errorf("the log says %q", line)
		}
	}
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	if line := c.output("> [Go "); !strings.Contains(line, `"audit of ann"`) || !strings.Contains(line, "← main.audit main.go:") {
		t.Errorf("the log says %q", line)
	}
	event[*godap.TerminatedEvent](c)
	for _, m := range c.events {
		if e, ok := m.(*godap.StoppedEvent); ok {
			t.Errorf("it stopped once more: %+v", e.Body)
		}
	}
	c.disconnect(nil)
}

// A pause is not lost in a program that stops all the time at a breakpoint
// that does not hold. (On one processor: Delve's own way to stop a program can
// end one that hits breakpoints on several.)
func TestPauseBetweenAsyncBreakpoints(t *testing.T) {
	t.Parallel()
	tg := testtarget.StartEnv(t, []string{"GOMAXPROCS=1"}, testtarget.Build(t, "server", testtarget.Options{}), "load")
	c := overStdio(t)
	c.begin("attach", map[string]any{"processId": tg.PID})
	set := call[*godap.SetFunctionBreakpointsResponse](c, "setFunctionBreakpoints", map[string]any{"breakpoints": []any{
		map[string]any{"name": "main.(*shop).order", "condition": `async.under("main.nothing")`},
	}}).Body.Breakpoints
	if len(set) != 1 || !set[0].Verified {
		t.Fatalf("the breakpoints are %+v", set)
	}
	call[*godap.ConfigurationDoneResponse](c, "configurationDone", nil)
	for i := range 3 {
		if i > 0 {
			call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
		}
		call[*godap.PauseResponse](c, "pause", map[string]any{"threadId": 1})
		if stop := event[*godap.StoppedEvent](c); stop.Body.Reason != "pause" {
			t.Errorf("it stopped like this: %+v", stop.Body)
		}
	}
	c.disconnect(nil)
	if !tg.Alive(t) {
		t.Error("afterwards it does not answer")
	}
}
