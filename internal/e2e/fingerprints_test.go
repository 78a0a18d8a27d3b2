package e2e

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Fingerprints are the same in every run of a program, live or from a core:
// what is suppressed in one is in all.
func TestFingerprints(t *testing.T) {
	for _, program := range []string{"database", "xsync", "errgroup", "waitgroup"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Build(t, program, testtarget.Options{})
			var first []string
			for range 2 {
				tg := testtarget.Start(t, exe)
				for _, v := range views {
					got := fingerprints(v.see(t, tg))
					if first == nil {
						first = got
					}
					if diff := cmp.Diff(first, got); diff != "" {
						t.Errorf("%s: %s", v.name, diff)
					}
				}
			}
			if len(first) == 0 {
				t.Error("it has no problem, which this test is about")
			}
		})
	}
}

// fingerprints are those of what is wrong with the program: what a source could
// not tell, and what needs the heap, differs by source.
func fingerprints(s *graph.Snapshot) []string {
	all := map[string]bool{}
	for _, p := range s.Problems {
		switch p.Code {
		case "source", "truncated", "torn", "leak", "held-by-global":
		default:
			all[p.Code+" "+p.Fingerprint] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
