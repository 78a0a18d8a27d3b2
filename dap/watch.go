package dap

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// watcher is a backend that looks and does nothing else: at a core dump, or
// at captures of a live process, which runs all the while. It serves runtimes
// that Delve does not debug, and processes that must not be touched.
type watcher struct {
	*panel
	look func(context.Context) (*graph.Snapshot, error)
	name string // what is looked at, for the user
	live bool   // it can be looked at again

	first      *graph.Snapshot
	startsStop bool          // the session begins with a stop
	done       chan struct{} // closed when the client has disconnected
}

// watch makes a backend that watches. The first look is taken here: what
// cannot be read is refused as what cannot be debugged is.
func (a *adapter) watch(m *wire.Message, w *watcher) started {
	w.done = make(chan struct{})
	substitute := w.settings.delves.SubstitutePath
	w.path = func(path string) string { return delve.ClientPath(substitute, path) }
	if w.first == nil {
		s, err := w.look(w.ctx)
		if err != nil {
			return started{request: m, err: err}
		}
		w.first = s
	}
	return started{request: m, back: w, begin: func() {
		a.out.event("capabilities", map[string]any{"capabilities": watcherCapabilities})
		if w.live {
			a.out.event("process", dap.ProcessEventBody{
				Name: w.first.Process.Exe, SystemProcessId: w.first.Process.PID, IsLocalProcess: true, StartMethod: "attach",
			})
		}
		a.out.event("initialized", nil)
		a.out.respond(m, nil)
	}}
}

// watcherCapabilities takes back what Delve's session can do.
var watcherCapabilities = map[string]any{
	"supportsRestartRequest": false, "supportsSetVariable": false, "supportsStepBack": false,
	"supportsFunctionBreakpoints": false, "supportsConditionalBreakpoints": false, "supportsHitConditionalBreakpoints": false,
	"supportsInstructionBreakpoints": false, "supportsDataBreakpoints": false, "supportsLogPoints": false,
	"supportsDisassembleRequest": false, "supportsReadMemoryRequest": false, "supportsWriteMemoryRequest": false,
	"supportsSteppingGranularity": false, "supportTerminateDebuggee": false,
	"exceptionBreakpointFilters": []any{},
}

func (w *watcher) ended() <-chan struct{} { return w.done }
func (w *watcher) close()                 { w.cancel() }

func (w *watcher) request(m *wire.Message) {
	if w.custom(m) {
		return
	}
	switch m.Command {
	case "configurationDone":
		w.out().respond(m, nil)
		if w.startsStop {
			w.stopAt(w.first, "entry")
		}
	case "disconnect":
		w.runs()
		w.out().respond(m, nil)
		w.out().event("terminated", nil)
		close(w.done)
	case "threads":
		w.onThreads(m)
	case "stackTrace":
		w.onStackTrace(m)
	case "scopes":
		w.onScopes(m)
	case "variables":
		if !w.open(m) {
			w.out().fail(m, errVariable, "Unable to lookup variable", "the reference is not known", false)
		}
	case "locations":
		w.locate(m)
	case "evaluate":
		w.onEvaluate(m)
	case "exceptionInfo":
		w.onExceptionInfo(m)
	case "pause":
		w.onPause(m)
	case "continue":
		w.onContinue(m)
	case "setBreakpoints", "setFunctionBreakpoints", "setInstructionBreakpoints", "setDataBreakpoints", "setExceptionBreakpoints":
		w.refuseBreakpoints(m)
	case "next", "stepIn", "stepOut", "stepBack", "reverseContinue", "restart", "goto", "terminate":
		w.out().fail(m, errUnsupported, "Not possible here", w.why(), true)
	default:
		w.out().fail(m, errUnsupported, "Unsupported command", fmt.Sprintf("cannot process %q request: %s", m.Command, w.why()), false)
	}
}

func (p *panel) out() *client { return p.a.out }

// why says why a program that is watched is not acted on.
func (w *watcher) why() string {
	if w.live {
		return w.name + " is only looked at, and runs all the while; pause takes a new look"
	}
	return w.name + " is a core dump: it does not run any more"
}

// stopAt shows the client a snapshot as a stop.
func (w *watcher) stopAt(s *graph.Snapshot, reason string) {
	body := dap.StoppedEventBody{Reason: reason, AllThreadsStopped: true}
	task := focus(s)
	if task != "" {
		body.ThreadId = w.numbers.of(task)
	}
	if d := s.Process.Death; d != nil {
		body.Reason, body.Description, body.Text = "exception", d.Kind, death(d)
	} else if e := exception(s, task); e != nil {
		body.Reason, body.Description, body.Text = "exception", e.ExceptionId, e.Description
	}
	w.stopped(body.ThreadId, func(context.Context) (*graph.Snapshot, error) { return s, nil })
	w.out().event("stopped", body)
}

// death says why a process ended.
func death(d *graph.Death) string {
	if d.Message != "" {
		return d.Message
	}
	return d.Signal
}

// focus is the task that a client should show first: the one that the process
// died in, one in a deadlock, or the first of the user's.
func focus(s *graph.Snapshot) graph.TaskID {
	if d := s.Process.Death; d != nil && s.Task(d.Task) != nil {
		return d.Task
	}
	for _, problem := range s.Problems {
		if problem.Severity == graph.Error && !problem.Suppressed && len(problem.Tasks) > 0 {
			return problem.Tasks[0]
		}
	}
	if i := slices.IndexFunc(s.Tasks, func(t *graph.Task) bool { return !t.System }); i >= 0 {
		return s.Tasks[i].ID
	}
	return ""
}

func (w *watcher) onPause(m *wire.Message) {
	switch {
	case w.current() != nil: // it is shown as stopped already
		w.out().respond(m, nil)
		return
	case !w.live:
		w.out().fail(m, errPause, "Unable to pause", w.why(), true)
		return
	}
	w.out().respond(m, nil)
	w.answer(m, func() {
		s, err := w.look(w.ctx)
		if err != nil {
			if w.ctx.Err() == nil {
				w.out().output("stderr", fmt.Sprintf("Unable to look at %s: %v\n", w.name, err))
				w.out().event("terminated", nil)
			}
			return
		}
		w.stopAt(s, "pause")
	})
}

func (w *watcher) onContinue(m *wire.Message) {
	if !w.live {
		w.out().fail(m, errUnsupported, "Unable to continue", w.why(), true)
		return
	}
	w.runs()
	w.out().respond(m, dap.ContinueResponseBody{AllThreadsContinued: true})
}

// refuseBreakpoints answers that none of the breakpoints is there, and why.
func (w *watcher) refuseBreakpoints(m *wire.Message) {
	var a struct {
		Breakpoints []struct {
			Line int `json:"line"`
		} `json:"breakpoints"`
	}
	_ = json.Unmarshal(m.Arguments, &a)
	answer := []dap.Breakpoint{}
	for _, b := range a.Breakpoints {
		answer = append(answer, dap.Breakpoint{Line: b.Line, Message: "no breakpoints here: " + w.why()})
	}
	w.out().respond(m, dap.SetBreakpointsResponseBody{Breakpoints: answer})
}
