package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// foundAs are the problems of some codes, each with where its tasks stand and
// those behind it.
func foundAs(s *graph.Snapshot, codes ...string) []string {
	var out []string
	for _, p := range s.Problems {
		if !slices.Contains(codes, p.Code) {
			continue
		}
		line := fmt.Sprintf("%s %s: %s", p.Severity, p.Code, places(s, p.Tasks))
		if len(p.Queued) > 0 {
			line += " <- " + places(s, p.Queued)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// places are the innermost functions of the user's own that tasks stand in, each
// with how many do.
func places(s *graph.Snapshot, ids []graph.TaskID) string {
	var names []string
	for _, id := range ids {
		name := "?"
		for _, f := range s.Task(id).Frames {
			if strings.HasPrefix(f.Func, "main.") {
				name = strings.TrimPrefix(f.Func, "main.")
				break
			}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	var out []string
	for len(names) > 0 {
		n := 0
		for n < len(names) && names[n] == names[0] {
			n++
		}
		out = append(out, fmt.Sprintf("%dx %s", n, names[0]))
		names = names[n:]
	}
	return strings.Join(out, ", ")
}

// What locks keep waiting for good is told, each by its own name.
func TestStuckAtLocks(t *testing.T) {
	builds := []testtarget.Options{{}}
	if testtarget.Full() {
		for _, toolchain := range slices.Concat(testtarget.Older, testtarget.Toolchains) {
			builds = append(builds, testtarget.Options{Toolchain: toolchain}, testtarget.Options{Toolchain: toolchain, NoOpt: true})
		}
	}
	codes := []string{"deadlock", "self-deadlock", "abandoned-lock", "starvation", "lock-across-wait"}
	want := []string{
		"error deadlock: 2x transfer <- 1x audit",
		"error self-deadlock: 1x inner",
		"error self-deadlock: 1x readThenWrite",
		"error self-deadlock: 1x readTwice <- 1x write",
		"error self-deadlock: 1x twice",
		"info lock-across-wait: 1x across <- 1x audit",
		"warning abandoned-lock:  <- 3x audit",
		"warning starvation: 1x slow <- 20x audit",
	}
	for _, o := range builds {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "stuck", o))
			for _, v := range views {
				s := v.see(t, tg)
				want := append(want, "info lock-across-wait: 1x sends <- 1x receives")
				if v.name == "gcore" { // which alone has the heap
					want[len(want)-1] = "error deadlock: 1x receives, 1x sends"
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, foundAs(s, codes...)); diff != "" {
					t.Errorf("%s: %s", v.name, diff)
				}
				for _, p := range s.Problems {
					if slices.Contains(codes, p.Code) && p.Evidence.Confidence != graph.Inferred {
						t.Errorf("%s: %s is not said to be inferred", v.name, p.Message)
					}
				}
				missing := foundAs(s, "missing-done")
				if v.name == "gcore" && !slices.Equal(missing, []string{"warning missing-done: 1x collect"}) {
					t.Errorf("%s: of the WaitGroup it says %q", v.name, missing)
				}
			}
		})
	}
}
