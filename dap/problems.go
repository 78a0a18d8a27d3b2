package dap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// stoppedEvent is sent after each stop, once its snapshot is there:
// docs/dap.md#dlvasyncstopped.
type stoppedEvent struct {
	ThreadID int            `json:"threadId,omitempty"`
	Tasks    int            `json:"tasks"`
	System   int            `json:"systemTasks"`
	Problems map[string]int `json:"problems"` // how many of each code
}

// taken tells the client of a stop's snapshot. It is called before the
// snapshot is given to anybody.
func (p *panel) taken(st *stop) {
	if p.a.options.Suppress != nil {
		p.a.options.Suppress(st.s)
	}
	e := stoppedEvent{ThreadID: st.thread, Tasks: len(st.s.Tasks), Problems: map[string]int{}}
	for _, t := range st.s.Tasks {
		if t.System {
			e.System++
		}
	}
	for _, problem := range st.s.Problems {
		if !problem.Suppressed {
			e.Problems[problem.Code]++
		}
	}
	p.a.out.event("dlvAsync/stopped", e)
	if p.settings.on("problems") {
		p.tell(st.s)
	}
}

// mostTold bounds the tasks of one problem that the console names.
const mostTold = 8

// tell shows the problems in the console that were not told before.
func (p *panel) tell(s *graph.Snapshot) {
	phrases := render.NewPhrases(s)
	for _, problem := range s.Problems {
		if problem.Suppressed || problem.Severity < graph.Warning || p.told[problem.Fingerprint] {
			continue
		}
		p.told[problem.Fingerprint] = true
		lines := describe(phrases, s, problem)
		if len(lines) == 1 {
			p.a.out.output("console", lines[0]+"\n")
			continue
		}
		p.a.out.event("output", dap.OutputEventBody{Category: "console", Group: "start", Output: lines[0] + "\n"})
		for _, line := range lines[1:] {
			p.a.out.output("console", line+"\n")
		}
		p.a.out.event("output", dap.OutputEventBody{Category: "console", Group: "end"})
	}
}

// describe is a problem in lines: what it is, and the tasks in it.
func describe(phrases render.Phrases, s *graph.Snapshot, problem *graph.Problem) []string {
	head := problem.Code + ": " + phrases.Safe(problem.Message)
	if problem.Evidence.Confidence == graph.Inferred {
		head += " (inferred)"
	}
	lines := []string{head}
	for i, id := range problem.Tasks {
		t := s.Task(id)
		if t == nil {
			continue
		}
		if i == mostTold {
			lines = append(lines, fmt.Sprintf("  … %d more tasks (async problems)", len(problem.Tasks)-i))
			break
		}
		line := "  " + string(id) + "  " + view.Title(phrases, t)
		if f := phrases.Place(t); f != nil {
			line += "  " + phrases.At(f)
		}
		lines = append(lines, line+"  "+phrases.Doing(t))
	}
	return lines
}

// exception describes the worst problem that a task is in; nil: it is in none.
func exception(s *graph.Snapshot, id graph.TaskID) *dap.ExceptionInfoResponseBody {
	i := slices.IndexFunc(s.Problems, func(problem *graph.Problem) bool {
		return !problem.Suppressed && problem.Severity == graph.Error && slices.Contains(problem.Tasks, id)
	})
	if i < 0 {
		return nil
	}
	problem := s.Problems[i]
	lines := describe(render.NewPhrases(s), s, problem)
	return &dap.ExceptionInfoResponseBody{
		ExceptionId: problem.Code, Description: problem.Message, BreakMode: "always",
		Details: &dap.ExceptionDetails{Message: problem.Message, TypeName: problem.Code, StackTrace: strings.Join(lines, "\n")},
	}
}
