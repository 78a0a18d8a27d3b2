package dap_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// stopped attaches to a target and stops it; or opens its core.
func stopped(t *testing.T, tg *testtarget.Target, core bool) *client {
	t.Helper()
	c := overStdio(t)
	if core {
		c.begin("launch", map[string]any{"mode": "core", "program": tg.Exe, "coreFilePath": tg.GCore(t), "stopOnEntry": true})
	} else {
		c.begin("attach", map[string]any{"mode": "local", "processId": tg.PID, "stopOnEntry": true})
	}
	c.stoppedOnEntry()
	return c
}

// liveAndCore runs a test on a stopped target, seen both ways.
func liveAndCore(t *testing.T, program string, o testtarget.Options, test func(t *testing.T, c *client)) {
	t.Parallel()
	for name, core := range map[string]bool{"live": false, "core": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, program, o))
			c := stopped(t, tg, core)
			test(t, c)
			c.disconnect(nil)
			if !tg.Alive(t) {
				t.Error("afterwards it does not answer")
			}
		})
	}
}

// names are the frames of a stack, labels in brackets, without what the
// runtime and the program's test harness add.
func names(frames []godap.StackFrame) []string {
	var out []string
	for _, f := range frames {
		switch {
		case f.PresentationHint == "label":
			out = append(out, "["+strings.Fields(strings.Trim(f.Name, "─ "))[0]+"]")
		case f.PresentationHint != "subtle":
			out = append(out, f.Name)
		}
	}
	return out
}

func TestLogicalStacks(t *testing.T) {
	liveAndCore(t, "errgroup", unoptimised, func(t *testing.T, c *client) {
		child := c.thread("main.child2: chan receive")
		if !strings.HasPrefix(child.Name, fmt.Sprintf("go:%d ", child.Id)) {
			t.Errorf("a thread's name is %q", child.Name)
		}
		frames := c.stack(child.Id, 0, 0)
		got := strings.Join(names(frames), " ")
		const want = "main.child2 main.child1 errgroup.(*Group).Go.func1 [in] main.parent2 main.parent1 [created] main.main"
		if got != want {
			t.Errorf("the logical stack is\n%s, want\n%s", got, want)
		}
		// The same by pages, as VS Code asks for it.
		var paged []godap.StackFrame
		for start, levels := 0, 1; ; start, levels = start+levels, 3 {
			r := call[*godap.StackTraceResponse](c, "stackTrace", map[string]any{"threadId": child.Id, "startFrame": start, "levels": levels}).Body
			paged = append(paged, r.StackFrames...)
			if len(r.StackFrames) == 0 || len(paged) >= r.TotalFrames {
				break
			}
		}
		if got := strings.Join(names(paged), " "); got != want {
			t.Errorf("by pages the stack is\n%s, want\n%s", got, want)
		}

		// parent2's frame is one that stands: it has variables.
		i := slices.IndexFunc(frames, func(f godap.StackFrame) bool { return f.Name == "main.parent2" })
		parent := frames[i]
		if parent.Source == nil || parent.Line != lineOf(t, parent.Source.Path, "parent3()") {
			t.Errorf("the opener's frame is %+v", parent)
		}
		scopes := call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": parent.Id}).Body.Scopes
		if len(scopes) != 2 || scopes[1].Name != "Async" {
			t.Fatalf("the scopes of the opener's frame are %+v", scopes)
		}
		locals := call[*godap.VariablesResponse](c, "variables", map[string]any{"variablesReference": scopes[0].VariablesReference}).Body.Variables
		if len(locals) != 1 || locals[0].Name != "g" {
			t.Errorf("the variables of the opener's frame are %+v", locals)
		}
		if got := call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "g.errOnce.done.v", "frameId": parent.Id, "context": "watch"}).Body; !strings.HasPrefix(got.Result, "0") {
			t.Errorf("an expression in the opener's frame is %+v", got)
		}
		owner := c.thread("main.parent3: chan receive")
		async := c.async(scopes[1])
		if got := async["task"].Value; !strings.HasPrefix(got, fmt.Sprintf("go:%d ", owner.Id)) {
			t.Errorf("the scope Async of the opener's frame is of %q", got)
		}

		// The child's own.
		scopes = call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": frames[1].Id}).Body.Scopes
		async = c.async(scopes[len(scopes)-1])
		if got := async["waits for"]; !strings.Contains(got.Value, "chan") || got.VariablesReference == 0 {
			t.Errorf("what it waits for is %+v", got)
		}
		group := c.variables(async["group"].VariablesReference)
		if got := group["opened at"].Value; !strings.Contains(got, "main.parent2") {
			t.Errorf("the group was opened at %q", got)
		} else if path, line := c.jump(got); path != parent.Source.Path || line != parent.Line {
			t.Errorf("that leads to %s:%d", path, line)
		}
		members := group["members"]
		if members.IndexedVariables != 2 {
			t.Errorf("the members are %+v", members)
		}
		second := call[*godap.VariablesResponse](c, "variables", map[string]any{
			"variablesReference": members.VariablesReference, "filter": "indexed", "start": 1, "count": 1,
		}).Body.Variables
		if len(second) != 1 || second[0].Name != "[1]" || !strings.Contains(second[0].Value, "main.child2") {
			t.Errorf("the second member is %+v", second)
		}

		// A label is no frame, and no error either.
		label := frames[slices.IndexFunc(frames, func(f godap.StackFrame) bool { return f.PresentationHint == "label" })]
		call[*godap.ScopesResponse](c, "scopes", map[string]any{"frameId": label.Id})
		if got := c.fails("evaluate", map[string]any{"expression": "1", "frameId": label.Id}); !strings.Contains(got, "no frame") {
			t.Errorf("an expression at a label: %q", got)
		}
	})
}

// async opens a scope, which must be the one of ours.
func (c *client) async(scope godap.Scope) map[string]godap.Variable {
	c.t.Helper()
	if scope.Name != "Async" {
		c.t.Fatalf("the last scope is %+v", scope)
	}
	return c.variables(scope.VariablesReference)
}

// variables are what is below a reference, by their names.
func (c *client) variables(reference int) map[string]godap.Variable {
	c.t.Helper()
	all := map[string]godap.Variable{}
	for _, v := range call[*godap.VariablesResponse](c, "variables", map[string]any{"variablesReference": reference}).Body.Variables {
		all[v.Name] = v
	}
	return all
}

func TestConsoleAndRequestsOfOurs(t *testing.T) {
	liveAndCore(t, "errgroup", testtarget.Options{}, func(t *testing.T, c *client) {
		async := func(line string) string {
			t.Helper()
			return call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": line, "context": "repl"}).Body.Result
		}
		child := c.thread("main.child2")
		for line, want := range map[string]string{
			"async":                                  "roblems", // of the core a note
			"async tree":                             "errgroup.Group",
			"async tasks --func child2 --limit 1":    "main.child2",
			fmt.Sprintf("async where %d", child.Id):  "opened by",
			fmt.Sprintf("async why go:%d", child.Id): "chan",
			"async why":                              "Nothing is stuck",
			"async stacks":                           "main.limitedWork",
			"async problems":                         "roblems",
			"async tasks --wait 'chan receive'":      "main.child2",
			"async config":                           "threadLimit 500",
			"async help":                             "where TASK",
			"async help deadlock":                    "How it can be wrong",
		} {
			if got := async(line); !strings.Contains(got, want) {
				t.Errorf("%s shows\n%s\nwithout %q", line, got, want)
			}
		}
		for line, want := range map[string]string{
			"async where nobody":   "nobody",
			"async sideways":       "sideways",
			"async config x y":     "no setting",
			"async tasks 'x":       "no end",
			"async tasks --sort x": "column",
		} {
			if got := c.fails("evaluate", map[string]any{"expression": line, "context": "repl"}); !strings.Contains(got, want) {
				t.Errorf("%s is refused with %q", line, got)
			}
		}

		var doc struct {
			Schema string
			Tasks  []struct{ ID string }
		}
		if err := json.Unmarshal(call[*customResponse](c, "dlvAsync/snapshot", nil).Body, &doc); err != nil || doc.Schema != "dlv-async/snapshot/1" || len(doc.Tasks) < 12 {
			t.Errorf("the snapshot is %+v, %v", doc, err)
		}
		var where struct {
			Task  string
			Paths [][]struct{ Relation string }
		}
		if err := json.Unmarshal(call[*customResponse](c, "dlvAsync/where", map[string]any{"thread": child.Id}).Body, &where); err != nil ||
			where.Task != fmt.Sprintf("go:%d", child.Id) || len(where.Paths) != 1 || where.Paths[0][1].Relation != "scope" {
			t.Errorf("where is %+v, %v", where, err)
		}
		type node struct {
			ID, Kind, Label, Task string
			Thread, Count         int
			Children              int
			Place                 struct {
				Path string
				Line int
			}
		}
		tree := func(arguments map[string]any) (nodes []node) {
			t.Helper()
			var body struct {
				Nodes []node
				Total int
			}
			if err := json.Unmarshal(call[*customResponse](c, "dlvAsync/tree", arguments).Body, &body); err != nil {
				t.Fatal(err)
			}
			return body.Nodes
		}
		roots := tree(nil)
		i := slices.IndexFunc(roots, func(n node) bool { return strings.Contains(n.Label, "main.parent3") })
		if i < 0 || roots[i].Children != 1 {
			t.Fatalf("the roots are %+v", roots)
		}
		group := tree(map[string]any{"below": roots[i].ID})
		if len(group) != 1 || group[0].Kind != "group" {
			t.Fatalf("below parent1 is %+v", group)
		}
		members := tree(map[string]any{"below": group[0].ID})
		if len(members) != 1 || members[0].Count != 2 || members[0].Thread != child.Id || members[0].Place.Line == 0 {
			t.Errorf("the members are %+v", members)
		}
		if found := tree(map[string]any{"filter": "LIMITEDwork"}); len(found) != 1 || found[0].Count != 2 {
			t.Errorf("the filter finds %+v", found)
		}
		for format, want := range map[string]string{"": "<html", "svg": "<svg", "dot": "digraph", "mermaid": "flowchart"} {
			var page struct{ Text string }
			if err := json.Unmarshal(call[*customResponse](c, "dlvAsync/graph", map[string]any{"format": format}).Body, &page); err != nil || !strings.Contains(page.Text, want) {
				t.Errorf("the graph as %q is %.200s, %v", format, page.Text, err)
			}
		}
		if got := c.fails("dlvAsync/where", map[string]any{"task": "nobody"}); !strings.Contains(got, "nobody") {
			t.Errorf("where of nobody: %q", got)
		}
		if got := c.fails("dlvAsync/nothing", nil); !strings.Contains(got, "nothing") {
			t.Errorf("an unknown request: %q", got)
		}
		if e := event[*customEvent](c); !strings.Contains(string(e.Body), `"tasks":`) {
			t.Errorf("the event after the stop is %s", e.Body)
		}
	})
}

// Many tasks are not listed one by one, and what is not listed is counted.
func TestManyTasksAreCoalesced(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "manyg", testtarget.Options{}), "3000")
	c := stopped(t, tg, false)
	threads := c.threads()
	if len(threads) > 500 {
		t.Errorf("%d threads are listed", len(threads))
	}
	more := c.thread(" more like go:")
	if frames := c.stack(more.Id, 0, 0); len(frames) == 0 || frames[0].Line == 0 {
		t.Errorf("the stack of those that are alike is %+v", frames)
	}
	call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "async config threadLimit 5000", "context": "repl"})
	if all := c.threads(); len(all) < 3000 {
		t.Errorf("with a higher limit %d threads are listed", len(all))
	}
	// The stack of any of them, though Delve's session is not asked.
	last := c.threads()[2900]
	if frames := c.stack(last.Id, 0, 20); len(frames) < 2 || frames[len(frames)-1].Name != "main.main" {
		t.Errorf("the stack of %s is %+v", last.Name, frames)
	}
	call[*godap.EvaluateResponse](c, "evaluate", map[string]any{"expression": "async config threads false", "context": "repl"})
	if name := c.threads()[0].Name; !strings.Contains(name, "[Go ") {
		t.Errorf("with our threads turned off, one is called %q", name)
	}
	c.disconnect(nil)
}

// A program whose goroutines are all asleep stops as under dlv, and the
// deadlock is explained.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	c := overStdio(t)
	c.begin("launch", map[string]any{"mode": "exec", "program": testtarget.Build(t, "desk", unoptimised), "args": []string{"asleep"}})
	stop := c.stoppedOnEntry()
	if stop.Body.Reason != "exception" || !strings.Contains(stop.Body.Text, "deadlock") {
		t.Fatalf("it stopped like this: %+v", stop.Body)
	}
	threads := c.threads()
	if !strings.Contains(fmt.Sprint(threads), "⚠ all-asleep") {
		t.Errorf("the threads are %v", threads)
	}
	c.output("all-asleep: ")
	info := call[*godap.ExceptionInfoResponse](c, "exceptionInfo", map[string]any{"threadId": stop.Body.ThreadId}).Body
	if info.ExceptionId != "all-asleep" || !strings.Contains(info.Details.StackTrace, "main.asleep") {
		t.Errorf("the exception is %+v", info)
	}
	c.disconnect(nil)
}

// A step does not wait for walks, and is given what is true after it.
func TestStepsWithTasks(t *testing.T) {
	t.Parallel()
	main := source(t, "desk", "main.go")
	c := overStdio(t)
	c.begin("launch", map[string]any{"mode": "exec", "program": testtarget.Build(t, "desk", unoptimised), "stdinFrom": os.DevNull})
	call[*godap.SetBreakpointsResponse](c, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": main}, "breakpoints": []any{map[string]any{"line": lineOf(t, main, "fmt.Println(\"priced\"")}},
	})
	stop := c.stoppedOnEntry()
	for _, want := range []string{"main.checkout", "main.checkout", "main.audit"} {
		if c.threads()[0].Id != stop.Body.ThreadId {
			t.Errorf("the thread that stopped is not the first")
		}
		frames := c.stack(stop.Body.ThreadId, 0, 0)
		if got := strings.Join(names(frames), " "); !strings.HasPrefix(got, "main.price ") || !strings.Contains(got, "[in] "+want) && !strings.Contains(got, "[awaited] "+want) {
			t.Errorf("the logical stack is %s, want it under %s", got, want)
		}
		for range 2 {
			// Nobody waits for these answers before the target goes on.
			c.send("threads", nil)
			c.send("stackTrace", map[string]any{"threadId": stop.Body.ThreadId, "startFrame": 1, "levels": 19})
			call[*godap.StepOutResponse](c, "stepOut", map[string]any{"threadId": stop.Body.ThreadId})
			event[*godap.StoppedEvent](c)
		}
		call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
		if want != "main.audit" {
			stop = event[*godap.StoppedEvent](c)
		}
	}
	event[*godap.TerminatedEvent](c)
	c.disconnect(nil)
}
