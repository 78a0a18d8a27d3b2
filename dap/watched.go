package dap

import (
	"fmt"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func (w *watcher) onThreads(m *wire.Message) {
	st := w.current()
	if st == nil {
		// The protocol wants one in any case: it is what a client pauses.
		w.out().respond(m, dap.ThreadsResponseBody{Threads: []dap.Thread{{Id: 1, Name: w.name + " (running)"}}})
		return
	}
	w.withSnapshot(m, st, func(s *graph.Snapshot) {
		w.out().respond(m, dap.ThreadsResponseBody{Threads: w.threads(s, st)})
	})
}

// withSnapshot answers a request with a stop's snapshot.
func (w *watcher) withSnapshot(m *wire.Message, st *stop, do func(*graph.Snapshot)) {
	if st == nil {
		w.out().fail(m, errRunning, "Unable to process `"+m.Command+"`", w.name+" is running", false)
		return
	}
	w.answer(m, func() {
		s, err := st.snapshot()
		if err != nil {
			w.cannot(m, err)
			return
		}
		do(s)
	})
}

func (w *watcher) onStackTrace(m *wire.Message) {
	var a dap.StackTraceArguments
	if err := unmarshal(m.Arguments, &a); err != nil {
		w.out().fail(m, errStack, "Unable to produce stack trace", err.Error(), false)
		return
	}
	w.withSnapshot(m, w.current(), func(s *graph.Snapshot) {
		task := w.numbers.task(a.ThreadId)
		if s.Task(task) == nil {
			w.out().fail(m, errStack, "Unable to produce stack trace", fmt.Sprintf("there is no thread %d", a.ThreadId), false)
			return
		}
		all := view.Own(s, task)
		if w.settings.on("stacks") {
			all = append(all, view.Beyond(s, task)...)
		}
		w.out().respond(m, dap.StackTraceResponseBody{StackFrames: w.show(s, page(all, a.StartFrame, a.Levels)), TotalFrames: len(all)})
	})
}

func (w *watcher) onScopes(m *wire.Message) {
	var a dap.ScopesArguments
	_ = unmarshal(m.Arguments, &a)
	st := w.current()
	f, ok := w.shown(a.FrameId)
	if st == nil || !ok {
		w.out().fail(m, errVariable, "Unable to list locals", "the frame was of a stop that is over", false)
		return
	}
	scopes := []dap.Scope{}
	if f.Frame.Frame != nil && len(f.Frame.Frame.Locals) > 0 {
		scopes = append(scopes, dap.Scope{Name: "Locals", PresentationHint: "locals", VariablesReference: w.refer(func() []view.Variable {
			return view.Locals(f.Frame.Frame)
		})})
	}
	if f.Task != "" {
		scopes = append(scopes, w.asyncScope(st, f.Task))
	}
	w.out().respond(m, dap.ScopesResponseBody{Scopes: scopes})
}

// onEvaluate knows the names of a frame's variables, and no more.
func (w *watcher) onEvaluate(m *wire.Message) {
	if w.console(m) {
		return
	}
	var a dap.EvaluateArguments
	_ = unmarshal(m.Arguments, &a)
	if f, ok := w.shown(a.FrameId); ok && f.Frame.Frame != nil {
		for _, v := range view.Locals(f.Frame.Frame) {
			if v.Name == a.Expression {
				w.out().respond(m, dap.EvaluateResponseBody{Result: v.Value, Type: v.Type})
				return
			}
		}
	}
	w.out().fail(m, errEvaluate, "Unable to evaluate expression", "only the names of variables can be looked up: "+w.why(), false)
}

func (w *watcher) onExceptionInfo(m *wire.Message) {
	var a dap.ExceptionInfoArguments
	_ = unmarshal(m.Arguments, &a)
	w.withSnapshot(m, w.current(), func(s *graph.Snapshot) {
		task := w.numbers.task(a.ThreadId)
		if d := s.Process.Death; d != nil && (d.Task == task || d.Task == "") {
			w.out().respond(m, dap.ExceptionInfoResponseBody{ExceptionId: d.Kind, Description: death(d), BreakMode: "unhandled"})
			return
		}
		if body := exception(s, task); body != nil {
			w.out().respond(m, body)
			return
		}
		w.out().fail(m, errException, "Unable to get exception info", "nothing is known to be wrong with this task", false)
	})
}
