package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// What is absurdly large is read in bounded time, and what is left out of it
// is said.
func TestExtremes(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "extremes", testtarget.Options{}))
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			s := v.see(t, tg)
			checkExtremes(t, s)
			for _, view := range []func(s *graph.Snapshot) error{
				func(s *graph.Snapshot) error { return render.Tree(&strings.Builder{}, s, render.Options{}) },
				func(s *graph.Snapshot) error { return render.Resources(&strings.Builder{}, s, render.Options{}) },
				func(s *graph.Snapshot) error { return render.SVG(&strings.Builder{}, s, render.Options{}) },
				func(s *graph.Snapshot) error { return graph.WriteJSON(&strings.Builder{}, s) },
				func(s *graph.Snapshot) error {
					wide := withFunction(t, s, "main.wide", 1)[0]
					return render.Why(&strings.Builder{}, s, render.Options{Task: wide.ID})
				},
			} {
				begin := time.Now()
				if err := view(s); err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took > tooLong {
					t.Errorf("a view took %v", took)
				}
			}
		})
	}
}

func checkExtremes(t *testing.T, s *graph.Snapshot) {
	t.Helper()
	wide := withFunction(t, s, "main.wide", 1)[0]
	if n := len(wide.Waits[0].Branches); n != 65536 {
		t.Errorf("the select has %d cases", n)
	}
	for _, b := range wide.Waits[0].Branches {
		if r := s.Resource(b.Resource); b.Kind != graph.WaitChanReceive || r == nil || r.Type != "chan int" {
			t.Fatalf("a case is %+v on %+v", b, r)
		}
	}
	context := s.Resource(withFunction(t, s, "main.deep", 1)[0].Waits[0].Resource)
	if context == nil || context.Kind != "context" || !strings.HasSuffix(detailOf(context, "parents"), "…") {
		t.Errorf("deep waits for %+v", context)
	}
	stack := withFunction(t, s, "main.stack", 1)[0]
	if len(stack.Frames) < walker.MaxDepth || stack.Labels["depth"] != "10000" || !says(stack, "deeper than") {
		t.Errorf("of stack there are %d frames, the labels are %v, the problems %v", len(stack.Frames), stack.Labels, stack.Problems)
	}
	for _, task := range withFunction(t, s, "main.garbage", 4) {
		if !says(task, "profiler labels could not be read") {
			t.Errorf("of %s, whose labels are %v, it says %v", task.ID, task.Labels, task.Problems)
		}
	}
}

// says reports whether a problem of the task says so.
func says(task *graph.Task, words string) bool {
	return slices.ContainsFunc(task.Problems, func(p *graph.Problem) bool { return strings.Contains(p.Message, words) })
}

// detailOf is a text among what is known of a resource.
func detailOf(r *graph.Resource, key string) string {
	for _, a := range r.Detail {
		if text, ok := a.Value.(string); ok && a.Key == key {
			return text
		}
	}
	return ""
}
