package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Of a Transport that has as many connections as it may have it is said who has them,
// and who waits for one; of one that is making a connection, nothing.
func TestTransports(t *testing.T) {
	for _, o := range holderBuilds() {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "transports", o))
			for _, v := range views {
				checkTransports(t, v.name, v.see(t, tg))
			}
		})
	}
}

func checkTransports(t *testing.T, view string, s *graph.Snapshot) {
	t.Helper()
	var got []string
	for _, r := range s.Resources {
		if r.Kind != "http.Transport" {
			continue
		}
		var has, wants []string
		for _, h := range r.Holders {
			has = append(has, began(s, h.Task))
			if h.Evidence.Confidence == graph.Proven {
				t.Errorf("%s: that %s has a connection is said to be proven", view, h.Task)
			}
		}
		for _, w := range s.Waiters(r) {
			wants = append(wants, began(s, w.Task))
		}
		slices.Sort(has)
		slices.Sort(wants)
		got = append(got, strings.Join(has, " ")+" | "+strings.Join(slices.Compact(wants), " "))
	}
	slices.Sort(got)
	if want := []string{"main.again | main.again", "main.asks main.keeps main.reads | main.waits"}; !slices.Equal(got, want) {
		t.Errorf("%s: who has connections, and who waits for them, is %q, not %q", view, got, want)
	}
	var text strings.Builder
	if err := render.Tree(&text, s, render.Options{Width: 300}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "wants a connection of http.Transport 0x"); n != 2 || strings.Contains(text.String(), "wants a semaphore") {
		t.Errorf("%s: %d times it is said that somebody, or two, want a connection of a Transport:\n%s", view, n, &text)
	}
	used := 0
	for _, p := range s.Problems {
		if p.Code == "pool-saturated" {
			used++
		}
		if p.Severity == graph.Error {
			t.Errorf("%s: %s %s", view, p.Code, p.Message)
		}
	}
	if used != 2 {
		t.Errorf("%s: %d pools are said to be used up, not 2", view, used)
	}
}

// began is the outermost function of package main that a task stands in.
func began(s *graph.Snapshot, id graph.TaskID) string {
	frames := s.Task(id).Frames
	for _, f := range slices.Backward(frames) {
		if strings.HasPrefix(f.Func, "main.") && !strings.Contains(f.Func, ".gowrap") {
			return f.Func
		}
	}
	return ""
}
