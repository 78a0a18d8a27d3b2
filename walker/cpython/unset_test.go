package cpython_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What nobody but the task that waits for it has is told of; whoever else has
// it, in whatever way, it is not.
func TestNeverSet(t *testing.T) {
	eachPython(t, 8, "neverset.py", func(t *testing.T, _ testtarget.Python, s seen) {
		var got []string
		for _, text := range s.found("never-set") {
			got = append(got, strings.TrimSuffix(text, " (inferred)"))
		}
		slices.Sort(got)
		want := []string{"event", "future", "handed", "python", "queue", "variable"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Jobs that wait for jobs of their own pool, all of whose threads they have,
// wait for each other.
func TestStarvedPool(t *testing.T) {
	eachPython(t, 9, "starved.py", func(t *testing.T, _ testtarget.Python, s seen) {
		if diff := cmp.Diff([]string{"starved_0, starved_1 < main"}, s.found("deadlock")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"starved_0, starved_1"}, s.found("pool-saturated")); diff != "" {
			t.Error(diff)
		}
	})
}
