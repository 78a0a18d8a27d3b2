package cpython_test

import (
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// A child's backtrace goes on in the frame that opened its group, through
// whatever that was opened, wherever its owner stands now.
func TestTaskGroups(t *testing.T) {
	eachPython(t, 11, "taskgroups.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the backtrace", s.where, map[string]string{
			"owner":         "parent3, parent2, parent1",
			"child":         "child1, child2 | scope owner: parent2, parent1",
			"exit-child":    "child1, child2 | scope exit-owner: exits",
			"agen-child":    "child1, child2 | scope agen-owner: by_generator",
			"wrapped-child": "child1, child2 | scope wrapped-owner: by_wrapper",
			"stacked-child": "child1, child2 | scope stacked-owner: stacked",
			"class-child":   "child1, child2 | scope (inferred) class-owner: by_class",
			"outer-child":   "child1, child2 | scope nested-owner: nested",
			"inner-child":   "child1, child2 | scope nested-owner: nested",
			"far-child":     "child1, child2 | scope far-owner: far",
			"starter-task":  "starts | scope far-owner: far",
			"stubborn":      "cleans_up, refuses | scope abort-owner: aborts",
		})
		compare(t, "the wait", s.waits, map[string]string{
			"exit-owner":  "task group(exit-child)",
			"abort-owner": "task group(stubborn)",
			"owner":       "sleep asyncio.TimerHandle",
		})
		compare(t, "the awaiters", s.awaiters, map[string]string{
			"exit-child": "exit-owner",
			"child":      "",
		})
	})
}
