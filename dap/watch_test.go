package dap_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// In observe mode nothing is planted and nothing is stopped, and the panel
// looks the same.
func TestObserve(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", unoptimised))
	c := overTCP(t)
	c.begin("attach", map[string]any{"mode": "observe", "processId": tg.PID})
	set := call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": source(t, "errgroup", "main.go")}, "breakpoints": []any{map[string]any{"line": 30}},
	}).Body.Breakpoints
	if len(set) != 1 || set[0].Verified || !strings.Contains(set[0].Message, "only looked at") {
		t.Errorf("the breakpoints are %+v", set)
	}
	c.stoppedOnEntry()
	if !tg.Alive(t) {
		t.Error("while it is shown it does not answer")
	}
	child := c.thread("main.child2: chan receive")
	frames := c.stack(child.Id, 0, 0)
	const want = "main.child2 main.child1 errgroup.(*Group).Go.func1 [in] main.parent2 main.parent1 [created] main.main"
	if got := strings.Join(names(frames), " "); got != want {
		t.Errorf("the logical stack is\n%s, want\n%s", got, want)
	}
	scopes := call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": frames[0].Id}).Body.Scopes
	if got := c.async(scopes[len(scopes)-1])["waits for"].Value; !strings.Contains(got, "chan") {
		t.Errorf("it waits for %q", got)
	}
	for _, command := range []string{"next", "stepIn", "stepOut"} {
		if got := c.fails(command, map[string]any{"threadId": child.Id}); !strings.Contains(got, "only looked at") {
			t.Errorf("%s is refused with %q", command, got)
		}
	}

	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": child.Id})
	if running := c.threads(); len(running) != 1 || !strings.Contains(running[0].Name, "running") {
		t.Errorf("while it runs the threads are %v", running)
	}
	if got := c.fails("stackTrace", map[string]any{"threadId": child.Id}); !strings.Contains(got, "running") {
		t.Errorf("a stack while it runs: %q", got)
	}
	call[*godap.PauseResponse](c, "pause", map[string]any{"threadId": 1})
	if stop := event[*godap.StoppedEvent](c); stop.Body.Reason != "pause" {
		t.Errorf("it stopped like this: %+v", stop.Body)
	}
	if again := c.thread("main.child2: chan receive"); again.Id != child.Id {
		t.Errorf("the same goroutine is thread %d now, and was %d", again.Id, child.Id)
	}
	if got := c.fails("scopes", map[string]any{"frameId": frames[0].Id + 1000}); !strings.Contains(got, "over") {
		t.Errorf("a frame of the last stop: %q", got)
	}
	c.disconnect(nil)
	if !tg.Alive(t) {
		t.Error("afterwards it does not answer")
	}
}

// A process that is observed and ends is missed only by the next look at it.
func TestObservedProcessEnds(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	c := overStdio(t)
	c.begin("attach", map[string]any{"mode": "observe", "processId": tg.PID})
	c.stoppedOnEntry()
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	tg.Kill(t)
	call[*godap.PauseResponse](c, "pause", map[string]any{"threadId": 1})
	c.output("Unable to look at process")
	event[*godap.TerminatedEvent](c)
	call[*godap.DisconnectResponse](c, "disconnect", nil)
}

// A Python program's tasks, live and in a core, with the same requests.
func TestPython(t *testing.T) {
	t.Parallel()
	for _, python := range testtarget.Pythons(t) {
		t.Run(python.Name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.StartPython(t, python, "chain.py")
			t.Run("live", func(t *testing.T) {
				c := overStdio(t)
				c.begin("attach", map[string]any{"processId": tg.PID, "stopOnEntry": true})
				c.stoppedOnEntry()
				testChain(t, c)
				before := c.thread("f4-ensured")
				call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": before.Id})
				if !tg.Alive(t) {
					t.Error("after continue it does not answer")
				}
				call[*godap.PauseResponse](c, "pause", map[string]any{"threadId": before.Id})
				event[*godap.StoppedEvent](c)
				if after := c.thread("f4-ensured"); after != before {
					t.Errorf("after continue and pause the task is %v, and was %v", after, before)
				}
				c.disconnect(nil)
				if !tg.Alive(t) {
					t.Error("afterwards it does not answer")
				}
			})
			t.Run("core", func(t *testing.T) {
				c := overStdio(t)
				c.begin("launch", map[string]any{"mode": "core", "program": tg.Exe, "coreFilePath": tg.GCore(t)})
				c.stoppedOnEntry()
				testChain(t, c)
				if got := c.fails("continue", map[string]any{"threadId": 1}); !strings.Contains(got, "core dump") {
					t.Errorf("continue is refused with %q", got)
				}
				c.disconnect(nil)
			})
		})
	}
}

func testChain(t *testing.T, c *client) {
	t.Helper()
	f4 := c.thread("f4-ensured")
	frames := c.stack(f4.Id, 0, 0)
	const want = "asyncio.tasks.sleep __main__.f4 __main__.f3 [awaited] __main__.f2 __main__.f1"
	if got := strings.Join(names(frames), " "); got != want {
		t.Errorf("the logical stack is %s, want %s", got, want)
	}
	for _, f := range frames {
		if strings.HasSuffix(f.Name, "f2") && (f.Source == nil || f.Line != lineOf(t, f.Source.Path, `"f4-ensured"`)) {
			t.Errorf("the awaiter's frame is %+v", f)
		}
	}
	// deep(1) is called last, before it sleep is; so frame n is that of deep(n).
	deep := c.thread("deep")
	page := c.stack(deep.Id, 100, 10)
	if len(page) != 10 {
		t.Fatalf("a page in the middle of a deep stack has %d frames", len(page))
	}
	scopes := call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": page[0].Id}).Body.Scopes
	if len(scopes) != 2 || scopes[0].Name != "Locals" || scopes[1].Name != "Async" {
		t.Fatalf("the scopes are %+v", scopes)
	}
	if n := c.variables(scopes[0].VariablesReference)["n"]; n.Value != "100" || n.Type != "int" {
		t.Errorf("n of deep(100) is %+v", n)
	}
	if got := call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "n", "frameId": page[1].Id, "context": "hover"}).Body.Result; got != "101" {
		t.Errorf("n of deep(101) evaluates to %q", got)
	}
	if got := c.async(scopes[1])["waits for"].Value; !strings.Contains(got, "sleep") {
		t.Errorf("deep waits for %q", got)
	}
	if got := c.fails("evaluate", map[string]any{"expression": "1 + 1", "frameId": frames[0].Id, "context": "watch"}); !strings.Contains(got, "only the names of variables") {
		t.Errorf("an expression is refused with %q", got)
	}
	where := call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "async where f4-ensured", "context": "repl"}).Body.Result
	if !strings.Contains(where, "awaited by") {
		t.Errorf("async where shows\n%s", where)
	}
	if shared := c.thread("shared"); !strings.Contains(fmt.Sprint(c.stack(shared.Id, 0, 0)), "one of 3 ways") {
		t.Error("the stack of a task with three awaiters does not say so")
	}
	for command, tt := range map[string]struct {
		arguments map[string]any
		want      string
	}{
		"dlvAsync/snapshot": {nil, `"name":"cpython"`},
		"dlvAsync/where":    {map[string]any{"thread": f4.Id}, "__main__.f2"},
		"dlvAsync/why":      {map[string]any{"task": "f4-ensured"}, `"end":"timer"`},
		"dlvAsync/tree":     {map[string]any{"filter": "deep"}, "deep"},
		"dlvAsync/problems": {nil, `"problems":`},
		"dlvAsync/graph":    {map[string]any{"format": "svg"}, "f4-ensured"},
	} {
		if got := call[*customResponse](c, command, tt.arguments).Body; !strings.Contains(string(got), tt.want) {
			t.Errorf("%s has no %q: %.500s", command, tt.want, got)
		}
	}
	path := frames[1].Source.Path
	if set := call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": path}, "breakpoints": []any{map[string]any{"line": 1}},
	}).Body.Breakpoints; len(set) != 1 || set[0].Verified || !strings.Contains(set[0].Message, "no breakpoints here") {
		t.Errorf("the breakpoints are %+v", set)
	}
	for _, command := range []string{"next", "stepIn", "stepOut", "setVariable", "restart"} {
		if got := c.fails(command, map[string]any{"threadId": f4.Id}); !strings.Contains(got, "only looked at") && !strings.Contains(got, "core dump") {
			t.Errorf("%s is refused with %q", command, got)
		}
	}
	if got := c.fails("exceptionInfo", map[string]any{"threadId": f4.Id}); !strings.Contains(got, "nothing is known to be wrong") {
		t.Errorf("the exception is %q", got)
	}
}

// Structures that a program declares are tasks here too, watched and debugged.
func TestDeclaredTasks(t *testing.T) {
	t.Parallel()
	file := filepath.Join(testtarget.Root(t), "testdata/go/fibers/fibers.toml")
	for _, mode := range []string{"observe", "local"} {
		t.Run(mode, func(t *testing.T) {
			tg := testtarget.Start(t, testtarget.Build(t, "fibers", unoptimised))
			c := overTCP(t, "--config", file)
			c.begin("attach", map[string]any{"mode": mode, "processId": tg.PID, "stopOnEntry": true})
			c.stoppedOnEntry()
			tree := call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "async tree", "context": "repl"}).Body.Result
			if !strings.Contains(tree, "fiber group") || !strings.Contains(tree, "fiber:") {
				t.Errorf("its own tasks and groups are missing:\n%s", tree)
			}
		})
	}
}
