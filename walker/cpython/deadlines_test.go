package cpython_test

import (
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// deadline is within which hour a task will give up waiting; empty: never.
func (s seen) deadline(name string) string {
	waits := s.task(name).Waits
	if len(waits) == 0 || waits[0].Deadline == 0 {
		return ""
	}
	return (waits[0].Deadline.Truncate(time.Hour) + time.Hour).String()
}

// A task that waits within a timeout gives up when the first of them is over.
func TestDeadlines(t *testing.T) {
	eachPython(t, 8, "sleeps.py", func(t *testing.T, p testtarget.Python, s seen) {
		want := map[string]string{
			"wait-for": "1h0m0s", "wait-for-task": "1h0m0s",
			"unlimited": "", "sleep": "", "later": "", "main": "",
		}
		if p.AtLeast(11) {
			want["timeout"], want["timeout-at"], want["nested"], want["no-timeout"] = "1h0m0s", "1h0m0s", "1h0m0s", ""
		}
		compare(t, "the deadline", s.deadline, want)
	})
}
