package cpython_test

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Who awaits is found through awaitables of the program's own; callbacks of
// its own await nothing.
func TestAwaiters(t *testing.T) {
	eachPython(t, 8, "awaiters.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"by-iterator":  "iterated",
			"by-generator": "yielded",
			"by-coroutine": "wrapped",
			"ensured":      "ensured-inner",
			"two-0":        "future _asyncio.Future",
			"nested":       "gather(deep-0, gather(deep-1, deep-2))",
			"timed":        "gather(timed-inner)",
			"declares":     "event asyncio.Event",
			"iterates":     "event asyncio.Event",
			"steps":        "wait(step-0, step-1)",
		})
		compare(t, "the awaiters", s.awaiters, map[string]string{
			"iterated":      "by-iterator",
			"yielded":       "by-generator",
			"wrapped":       "by-coroutine",
			"ensured-inner": "ensured",
			"watched":       "main (handle)",
			"two-0":         "",
			"deep-0":        "nested",
			"deep-2":        "nested",
			"deep-done":     "",
			"timed-inner":   "timed",
			"made-0":        "declares (handle)",
			"made-1":        "declares (handle)",
			"made-3":        "declares (handle)",
			"rest-1":        "iterates (handle)",
			"step-0":        "steps",
		})
		if s.task("two-0").Waits[0].Resource != s.task("two-1").Waits[0].Resource {
			t.Error("two-0 and two-1 wait for one Future, and are said to wait for two")
		}
	})
}
