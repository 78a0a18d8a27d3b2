package dap_test

import (
	"os"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

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
		k.ask("disconnect", map[string]any{"terminateDebuggee": true})
	},
	"other breakpoints": func(k *talker) {
		main := source(k.t, "desk", "main.go")
		k.launches("desk")
		k.breakAt(main, breakpoint{"line": lineOf(k.t, main, "sum := a + b"), "condition": "b == 2"})
		thread := k.run("configurationDone", nil)
		k.breakAt(main)
		frames := k.ask("stackTrace", map[string]any{"threadId": thread, "levels": 2})["stackFrames"].([]any)
		caller := frames[1].(map[string]any)
		k.ask("setInstructionBreakpoints", map[string]any{"breakpoints": []any{
			breakpoint{"instructionReference": caller["instructionPointerReference"]}, breakpoint{"instructionReference": "nowhere"},
		}})
		thread = k.run("continue", map[string]any{"threadId": thread})
		k.ask("setInstructionBreakpoints", map[string]any{"breakpoints": []any{}})
		// Where a program stops at a watched variable differs from run to run,
		// under Delve's adapter too.
		k.ask("dataBreakpointInfo", map[string]any{"variablesReference": k.locals(k.frame(thread, 0)), "name": "total"})
		k.ask("disconnect", nil)
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
