package cpython_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A loop that is kept for long is told of even when nothing in it is ready: what
// would come is not taken notice of.
func TestStalledLoop(t *testing.T) {
	eachPython(t, 11, "stalled.py", func(_ *testing.T, _ testtarget.Python, s seen) {
		stalled(s, "at __main__.block, for 59 min more")
	})
}

// stalled checks who keeps the loop of stalled.py, what that keeps from
// happening, and when the other one is due.
func stalled(s seen, keeps string) {
	s.t.Helper()
	if found := s.found("blocked-loop"); !slices.Equal(found, []string{"main"}) {
		s.t.Errorf("loops are blocked by %q", found)
	}
	for _, p := range s.Problems {
		if p.Code == "blocked-loop" && !strings.HasSuffix(p.Message, keeps) {
			s.t.Errorf("it is said %q, want %q", p.Message, keeps)
		}
	}
	timer := s.Resource(s.task("sleeper").Waits[0].Resource)
	if timer == nil || len(timer.Detail) != 1 {
		s.t.Fatalf("sleeper waits for %+v", timer)
	}
	if due, _ := timer.Detail[0].Value.(time.Duration); due < time.Hour || due > 2*time.Hour {
		s.t.Errorf("sleeper is due in %v, want two hours", timer.Detail[0].Value)
	}
}

// A thread that waits for a socket waits for the connection that has it, with the
// host and port that its program knows.
func TestFetches(t *testing.T) {
	eachPython(t, 8, "fetches.py", func(t *testing.T, _ testtarget.Python, s seen) {
		for _, name := range []string{"fetch", "timed", "main"} {
			waits := s.task(name).Waits
			if len(waits) != 1 || waits[0].Kind != graph.WaitNetwork || waits[0].Text != "read" {
				t.Errorf("%s waits for %+v", name, waits)
				continue
			}
			r, remote := s.Resource(waits[0].Resource), ""
			for _, a := range r.Detail {
				if a.Key == "remote" {
					remote, _ = a.Value.(string)
				}
			}
			if r.Type != "http.client.HTTPConnection" || !strings.HasPrefix(remote, "localhost:") {
				t.Errorf("%s reads from %+v", name, r)
			}
		}
	})
}
