package dap

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// inFrame has a request name one of Delve's frames where the client names one
// of ours, and then calls do.
func (b *goBackend) inFrame(m *wire.Message, do func()) {
	var a struct {
		FrameID int `json:"frameId"`
	}
	if len(m.Arguments) == 0 || json.Unmarshal(m.Arguments, &a) != nil || a.FrameID < firstID {
		do()
		return
	}
	st := b.current()
	f, ok := b.shown(a.FrameID)
	if st == nil || !ok {
		b.a.out.fail(m, errEvaluate, "Unable to look at the frame", "it was of a stop that is over", false)
		return
	}
	b.answer(m, func() {
		id, err := b.delves(st.ctx, f)
		if err != nil {
			b.a.out.fail(m, errEvaluate, "Unable to look at the frame", err.Error(), false)
			return
		}
		m.Arguments = merge(m.Arguments, map[string]any{"frameId": id})
		do()
	})
}

// onScopes adds the scope Async to those of a frame.
func (b *goBackend) onScopes(m *wire.Message) {
	var a dap.ScopesArguments
	st := b.current()
	if json.Unmarshal(m.Arguments, &a) != nil || st == nil {
		b.p.forward(m, nil)
		return
	}
	if a.FrameId < firstID {
		b.p.forward(m, b.withAsync(st, graph.TaskID(goPrefix+strconv.Itoa(b.owner(a.FrameId)))))
		return
	}
	f, ok := b.shown(a.FrameId)
	switch {
	case !ok:
		b.a.out.fail(m, errVariable, "Unable to list locals", "the frame was of a stop that is over", false)
		return
	case f.Frame.Frame == nil || f.Index < 0:
		scopes := []dap.Scope{}
		if f.Task != "" {
			scopes = append(scopes, b.asyncScope(st, f.Task))
		}
		b.a.out.respond(m, dap.ScopesResponseBody{Scopes: scopes})
		return
	}
	b.answer(m, func() {
		id, err := b.delves(st.ctx, f)
		if err != nil { // what is known of the task is known all the same
			b.a.out.respond(m, dap.ScopesResponseBody{Scopes: []dap.Scope{b.asyncScope(st, f.Task)}})
			return
		}
		m.Arguments = merge(m.Arguments, map[string]any{"frameId": id})
		b.p.forward(m, b.withAsync(st, f.Task))
	})
}

// withAsync adds the scope of a task to an answer.
func (b *goBackend) withAsync(st *stop, task graph.TaskID) func(*wire.Message) {
	return func(answer *wire.Message) {
		var body dap.ScopesResponseBody
		if !answer.Success || task == goPrefix+"0" || json.Unmarshal(answer.Body, &body) != nil {
			return
		}
		body.Scopes = append(body.Scopes, b.asyncScope(st, task))
		answer.Body = encode(body)
	}
}

// callCommand is what lets the program run in the middle of an evaluation.
var callCommand = regexp.MustCompile(`^\s*call\s+\S`)

func (b *goBackend) onEvaluate(m *wire.Message) {
	if b.console(m) {
		return
	}
	var a dap.EvaluateArguments
	_ = json.Unmarshal(m.Arguments, &a)
	b.inFrame(m, func() {
		st := b.current()
		if st == nil || !callCommand.MatchString(a.Expression) {
			b.p.forward(m, nil)
			return
		}
		// What the tasks were doing they may do no longer.
		b.runs()
		b.p.forward(m, func(*wire.Message) {
			if b.current() == nil {
				b.stopped(st.thread, b.take)
			}
		})
	})
}

// onExceptionInfo adds what is known of a goroutine that is in a deadlock.
func (b *goBackend) onExceptionInfo(m *wire.Message) {
	var a dap.ExceptionInfoArguments
	st := b.current()
	if json.Unmarshal(m.Arguments, &a) != nil || st == nil {
		b.p.forward(m, nil)
		return
	}
	b.answer(m, func() {
		s, err := st.snapshot()
		if err != nil {
			b.p.forward(m, nil)
			return
		}
		task := b.numbers.task(a.ThreadId)
		ours := exception(s, task)
		if s.Task(task) == nil { // it stopped outside of all goroutines, as in the runtime's own detection
			ours = anyDeadlock(s)
		}
		b.p.forward(m, func(answer *wire.Message) {
			var body dap.ExceptionInfoResponseBody
			switch {
			case ours == nil && answer.Success:
				ours = anyDeadlock(s)
			case ours != nil && !answer.Success:
				answer.Success, answer.Message, answer.Body = true, "", encode(ours)
				return
			}
			if ours == nil || !answer.Success || json.Unmarshal(answer.Body, &body) != nil {
				return
			}
			body.Description += "\n" + ours.Details.StackTrace
			answer.Body = encode(body)
		})
	})
}

// anyDeadlock describes the first error that tasks are in, for the end of a
// program whose goroutines are all asleep: the runtime names one of them, or none.
func anyDeadlock(s *graph.Snapshot) *dap.ExceptionInfoResponseBody {
	for _, problem := range s.Problems {
		if problem.Severity == graph.Error && len(problem.Tasks) > 0 {
			return exception(s, problem.Tasks[0])
		}
	}
	return nil
}
