package cpython_test

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Whoever waits for several waits for those that are not done; what was made
// and is not awaited is a handle.
func TestGathers(t *testing.T) {
	eachPython(t, 8, "gathers.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"gather":    "gather(child-0, child-1)",
			"outer":     "gather(gather(inner-0, inner-1), gather(inner-2))",
			"wait":      "wait(wait-0, wait-1)",
			"wait-all":  "gather(wait-1, wait-2)",
			"wait-for":  "wait-for-0",
			"shield":    "shielded",
			"completed": "wait(completed-0, completed-1)",
			"declares":  "event asyncio.Event",
			"gather-a":  "gather(twice)",
		})
		compare(t, "the awaiters", s.awaiters, map[string]string{
			"child-0":     "gather",
			"inner-2":     "outer",
			"wait-1":      "main (handle), wait, wait-all",
			"shielded":    "shield",
			"completed-1": "completed",
			"declared-0":  "declares (handle)",
			"declared-1":  "declares (handle)",
			"declared-2":  "declares (handle)",
			"held":        "holds (handle)",
			"twice":       "gather-a, gather-b, main (handle)",
		})
		compare(t, "the backtrace", s.where, map[string]string{
			"twice":       "doze | join gather-a: gather_one / doze | join gather-b: gather_one",
			"inner-1":     "doze | join outer: gather_gathers",
			"completed-0": "doze | join completed: as_completed",
		})
	})
}
