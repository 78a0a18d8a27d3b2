package dap_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What Delve's own adapter answers this one answers too, but for what it adds.
func TestAsDelveAnswers(t *testing.T) {
	t.Parallel()
	for name, flow := range flows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core := sync.OnceValues(func() (exe, core string) {
				tg := testtarget.Start(t, testtarget.Build(t, "errgroup", unoptimised))
				return tg.Exe, tg.GCore(t)
			})
			play := func(cmd *exec.Cmd) []string {
				k := &talker{client: started(t, cmd).connect(t), core: core}
				flow(k)
				return k.script()
			}
			theirs, ours := play(exec.Command(delvesOwn())), play(exec.Command(binary(), "dap"))
			for i := range max(len(theirs), len(ours)) {
				var a, b string
				if i < len(theirs) {
					a = theirs[i]
				}
				if i < len(ours) {
					b = ours[i]
				}
				if a != b {
					t.Fatalf("line %d of the script: Delve's adapter says\n%s\nand this one\n%s\nafter\n%s", i, a, b, strings.Join(theirs[max(i-3, 0):i], "\n"))
				}
			}
		})
	}
}

// talker is a client that writes down what it is answered.
type talker struct {
	*client
	core  func() (exe, core string) // one core dump for all
	lines []string
}

// ask sends a request and returns the body of the answer.
func (k *talker) ask(command string, arguments any) map[string]any {
	k.t.Helper()
	return k.answered(command, k.send(command, arguments))
}

func (k *talker) answered(command string, seq int) map[string]any {
	k.t.Helper()
	content, err := json.Marshal(k.answer(seq))
	if err != nil {
		k.t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(content, &m); err != nil {
		k.t.Fatal(err)
	}
	delete(m, "seq")
	delete(m, "request_seq")
	body, _ := m["body"].(map[string]any)
	k.withoutOurs(command, body)
	k.note(command, m)
	return body
}

// withoutOurs takes out of an answer what this adapter adds.
func (k *talker) withoutOurs(command string, body map[string]any) {
	without := func(list string, ours func(entry map[string]any) bool) {
		entries, _ := body[list].([]any)
		if entries != nil {
			body[list] = slices.DeleteFunc(entries, func(e any) bool { return ours(e.(map[string]any)) })
		}
	}
	switch command {
	case "initialize":
		delete(body, "supportsANSIStyling")
	case "stackTrace":
		const firstOfOurs = 1 << 30
		without("stackFrames", func(f map[string]any) bool { return f["id"].(float64) >= firstOfOurs })
		delete(body, "totalFrames")
	case "scopes":
		without("scopes", func(s map[string]any) bool { return s["name"] == "Async" })
	case "threads": // names and order are others, and what the runtime has started is a matter of time
		without("threads", func(t map[string]any) bool { delete(t, "name"); return t["id"].(float64) > 1 })
	}
}

// run sends a request that lets the program run, and waits for its stop or end.
func (k *talker) run(command string, arguments any) (thread int) {
	k.t.Helper()
	k.ask(command, arguments)
	return k.stop()
}

// stop waits until the program stops or ends, and returns the thread.
func (k *talker) stop() int {
	k.t.Helper()
	for i := 0; ; {
		for ; i < len(k.events); i++ {
			switch e := k.events[i].(type) {
			case *godap.StoppedEvent:
				k.events = slices.Delete(k.events, i, i+1)
				k.note("stopped", e.Body)
				return e.Body.ThreadId
			case *godap.TerminatedEvent:
				k.note("terminated", nil)
				return 0
			}
		}
		k.events = append(k.events, k.next())
	}
}

// frame returns the id of a frame of a thread.
func (k *talker) frame(thread, n int) int {
	k.t.Helper()
	frames := k.ask("stackTrace", map[string]any{"threadId": thread, "levels": 20})["stackFrames"].([]any)
	return int(frames[n].(map[string]any)["id"].(float64))
}

// note writes something down, without what differs from run to run.
func (k *talker) note(what string, v any) {
	content, err := json.Marshal(v)
	if err != nil {
		k.t.Fatal(err)
	}
	line := what + " " + string(content)
	for _, c := range chances {
		line = c.pattern.ReplaceAllString(line, c.instead)
	}
	k.lines = append(k.lines, line)
}

var chances = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`0x[0-9a-f]{4,}`), "0x…"},
	{regexp.MustCompile(`([Pp]rocess|pid|PID|[gG]oroutine|Thread|Go) [0-9]+`), "$1 …"},
	{regexp.MustCompile(`"(threadId|systemProcessId)":[0-9]+,`), ""},
	{regexp.MustCompile(regexp.QuoteMeta(os.TempDir()) + `/[^ "]*`), "TMP"},
	{regexp.MustCompile(`"(instructionBytes|data)":"[^"]*"`), `"$1":…`},
}

// script is all that was said: answers in their order, and then what the
// console and the events told.
func (k *talker) script() []string {
	told := map[string]string{}
	events := map[string]bool{}
	for _, m := range k.events {
		switch e := m.(type) {
		case *godap.OutputEvent:
			told[e.Body.Category] += e.Body.Output
		case *customEvent: // ours
		default:
			events[m.(godap.EventMessage).GetEvent().Event] = true
		}
	}
	for _, category := range slices.Sorted(maps.Keys(told)) {
		k.note("output", []string{category, told[category]})
	}
	k.note("events", slices.Sorted(maps.Keys(events)))
	return k.lines
}

// flows are what Delve's own tests of its adapter do, in one session each.
var flows = map[string]func(k *talker){
	"breakpoints and steps": func(k *talker) {
		main := source(k.t, "desk", "main.go")
		k.launches("desk")
		k.breakAt(main, breakpoint{"line": lineOf(k.t, main, "sum := a + b"), "condition": "b == 1"}, breakpoint{"line": 1},
			breakpoint{"line": lineOf(k.t, main, "sum += price"), "hitCondition": "2"},
			breakpoint{"line": lineOf(k.t, main, `fmt.Println("priced"`), "logMessage": "{item} costs {n}"},
			breakpoint{"line": lineOf(k.t, main, "return found"), "condition": "no such"})
		k.ask("setFunctionBreakpoints", map[string]any{"breakpoints": []any{breakpoint{"name": "main.audit"}, breakpoint{"name": "main.nothing"}}})
		k.ask("setExceptionBreakpoints", map[string]any{"filters": []string{"unrecovered-panic"}})
		thread := k.run("configurationDone", nil)
		k.ask("threads", nil)
		k.ask("exceptionInfo", map[string]any{"threadId": thread})
		k.ask("scopes", map[string]any{"frameId": k.frame(thread, 0)})
		k.run("next", map[string]any{"threadId": thread})
		k.frame(thread, 0)
		k.run("next", map[string]any{"threadId": thread, "granularity": "instruction"})
		k.run("stepOut", map[string]any{"threadId": thread})
		k.frame(thread, 0)
		k.run("stepIn", map[string]any{"threadId": thread})
		thread = k.run("continue", map[string]any{"threadId": thread}) // the second pass of checkout
		k.run("stepIn", map[string]any{"threadId": thread})
		k.frame(thread, 1)
		for k.run("continue", map[string]any{"threadId": thread}) != 0 { // audit, found, and the end
			k.ask("threads", nil)
		}
		k.ask("disconnect", nil)
	},
	"expressions": func(k *talker) {
		main := source(k.t, "desk", "main.go")
		k.launches("desk")
		k.breakAt(main, breakpoint{"line": lineOf(k.t, main, "return sum")})
		thread := k.run("configurationDone", nil)
		k.breakAt(main, breakpoint{"line": lineOf(k.t, main, "total += checkout")})
		add := k.frame(thread, 0)
		k.evaluate(add, "hover", "sum", "a + b", "nothing")
		scope := k.locals(add)
		k.ask("variables", map[string]any{"variablesReference": scope})
		k.ask("setVariable", map[string]any{"variablesReference": scope, "name": "sum", "value": "100"})
		k.ask("setVariable", map[string]any{"variablesReference": scope, "name": "sum", "value": `"x"`})
		k.evaluate(add, "watch", "sum", "sum == 100", "sum +")
		thread = k.run("continue", map[string]any{"threadId": thread})
		in := k.frame(thread, 0)
		k.evaluate(in, "repl", "c", "*c", "c.prices", "len(c.prices)", "call add(40, 2)", "call nothing()", "c.prices = nil", "total",
			"dlv help", "dlv config -list", "dlv nothing", "dlv sources desk/main.go", "os.Args[0][:0]", `"a" + "b"`)
		in = k.frame(thread, 0)
		k.ask("variables", map[string]any{"variablesReference": k.locals(in)})
		pc := k.ask("evaluate", map[string]any{"expression": "c", "frameId": in, "context": "watch"})["memoryReference"]
		k.ask("readMemory", map[string]any{"memoryReference": pc, "count": 8})
		k.ask("readMemory", map[string]any{"memoryReference": "0x1", "count": 8})
		frames := k.ask("stackTrace", map[string]any{"threadId": thread, "levels": 1})["stackFrames"].([]any)
		k.ask("disassemble", map[string]any{"memoryReference": frames[0].(map[string]any)["instructionPointerReference"], "instructionOffset": -4, "instructionCount": 9})
		k.ask("dataBreakpointInfo", map[string]any{"variablesReference": scope, "name": "total"})
		k.ask("disconnect", map[string]any{"terminateDebuggee": true})
	},
	"restart": func(k *talker) {
		main := source(k.t, "desk", "main.go")
		// Not outputMode remote: of a program that it restarts Delve loses the output.
		k.begins("launch", map[string]any{"mode": "exec", "program": testtarget.Build(k.t, "desk", unoptimised), "stdinFrom": os.DevNull})
		at := breakpoint{"line": lineOf(k.t, main, "sum := a + b")}
		k.breakAt(main, at)
		k.frame(k.run("configurationDone", nil), 0)
		k.ask("restart", map[string]any{"arguments": map[string]any{"request": "launch", "mode": "exec", "rebuild": false}})
		event[*godap.InitializedEvent](k.client)
		k.breakAt(main, at)
		k.frame(k.run("configurationDone", nil), 0)
		k.breakAt(main)
		k.run("continue", map[string]any{"threadId": 1})
		k.ask("disconnect", nil)
	},
	"stop on entry": func(k *talker) {
		k.begins("launch", map[string]any{"mode": "exec", "program": testtarget.Build(k.t, "desk", unoptimised), "stdinFrom": os.DevNull, "stopOnEntry": true, "outputMode": "remote"})
		thread := k.run("configurationDone", nil)
		k.ask("stackTrace", map[string]any{"threadId": thread, "levels": 1})
		k.ask("restart", map[string]any{"arguments": map[string]any{"request": "launch", "mode": "exec", "rebuild": false}})
		k.ask("disconnect", nil)
	},
	"panic": func(k *talker) {
		k.begins("launch", map[string]any{"mode": "exec", "program": testtarget.Build(k.t, "crash", unoptimised), "args": []string{"panic"}, "stdinFrom": crashCommand(k.t), "outputMode": "remote"})
		thread := k.run("configurationDone", nil)
		k.ask("exceptionInfo", map[string]any{"threadId": thread})
		k.frame(thread, 1)
		k.run("continue", map[string]any{"threadId": thread})
		k.ask("disconnect", nil)
	},
	"attach": func(k *talker) {
		tg := testtarget.Start(k.t, testtarget.Build(k.t, "errgroup", unoptimised))
		k.begins("attach", map[string]any{"mode": "local", "processId": tg.PID, "stopOnEntry": true})
		thread := k.run("configurationDone", nil)
		k.evaluate(k.frame(thread, 0), "watch", "runtime.buildVersion")
		k.ask("continue", map[string]any{"threadId": 1})
		k.ask("stackTrace", map[string]any{"threadId": 1})
		k.run("pause", map[string]any{"threadId": 1})
		k.ask("disconnect", map[string]any{"terminateDebuggee": false})
		if !tg.Alive(k.t) {
			k.t.Error("afterwards the program does not answer")
		}
	},
	"core": func(k *talker) {
		exe, core := k.core()
		k.begins("launch", map[string]any{"mode": "core", "program": exe, "coreFilePath": core, "stopOnEntry": true})
		k.run("configurationDone", nil)
		main := k.ask("stackTrace", map[string]any{"threadId": 1, "levels": 20})["stackFrames"].([]any)
		k.ask("threads", nil)
		k.evaluate(int(main[len(main)-1].(map[string]any)["id"].(float64)), "watch", "never", "call main.parent1()")
		k.run("continue", map[string]any{"threadId": 1})
		k.ask("disconnect", nil)
	},
	"refusals": func(k *talker) {
		k.ask("initialize", map[string]any{"adapterID": "go", "pathFormat": "path", "linesStartAt1": true, "columnsStartAt1": true})
		for _, arguments := range []map[string]any{
			{"mode": "exec"}, {"mode": "exec", "program": "/nonexistent/program"}, {"mode": "sideways", "program": "x"}, {"mode": "exec", "program": 7},
			{"mode": "debug", "program": "./nonexistent", "dlvCwd": k.t.TempDir()}, {"mode": "replay"}, {"mode": "core", "program": "x"},
		} {
			k.ask("launch", arguments)
		}
		for _, arguments := range []map[string]any{{}, {"mode": "sideways", "processId": 1}, {"processId": 2147483647}, {"processId": 1, "waitFor": "x"}} {
			k.ask("attach", arguments)
		}
		k.ask("disconnect", nil)
	},
	"unsupported": func(k *talker) {
		k.launches("desk")
		for _, command := range []string{
			"terminate", "stepBack", "reverseContinue", "restartFrame", "goto", "setExpression", "source", "terminateThreads",
			"stepInTargets", "gotoTargets", "completions", "loadedSources", "breakpointLocations", "modules", "cancel", "writeMemory",
		} {
			k.ask(command, map[string]any{"threadId": 1, "frameId": 1000, "variablesReference": 1000})
		}
		k.ask("disconnect", nil)
	},
}

type breakpoint = map[string]any

// begins starts a session and waits until it is ready for breakpoints.
func (k *talker) begins(request string, arguments any) {
	k.t.Helper()
	k.ask("initialize", map[string]any{
		"adapterID": "go", "pathFormat": "path", "linesStartAt1": true, "columnsStartAt1": true,
		"supportsVariableType": true, "supportsVariablePaging": true, "supportsMemoryReferences": true,
	})
	k.ask(request, arguments)
	event[*godap.InitializedEvent](k.client)
}

func (k *talker) launches(program string) {
	k.t.Helper()
	k.begins("launch", map[string]any{"mode": "exec", "program": testtarget.Build(k.t, program, unoptimised), "stdinFrom": os.DevNull, "outputMode": "remote"})
}

func (k *talker) breakAt(path string, list ...breakpoint) {
	k.t.Helper()
	if list == nil {
		list = []breakpoint{}
	}
	k.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": path}, "breakpoints": list})
}

func (k *talker) evaluate(frame int, context string, expressions ...string) {
	k.t.Helper()
	for _, e := range expressions {
		k.ask("evaluate", map[string]any{"expression": e, "frameId": frame, "context": context})
	}
}

// locals returns the reference of a frame's first scope.
func (k *talker) locals(frame int) int {
	k.t.Helper()
	scopes := k.ask("scopes", map[string]any{"frameId": frame})["scopes"].([]any)
	return int(scopes[0].(map[string]any)["variablesReference"].(float64))
}

// crashCommand is a file that tells a target to crash.
func crashCommand(t testing.TB) string {
	t.Helper()
	path := t.TempDir() + "/stdin"
	if err := os.WriteFile(path, []byte("crash\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
