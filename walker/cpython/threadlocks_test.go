package cpython_test

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Threads wait for each other's locks, and tasks for threads that wait for
// their loop.
func TestThreadLocks(t *testing.T) {
	eachPython(t, 8, "threadlocks.py", func(t *testing.T, py testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"first":           "lock threading.Lock",
			"wants-rlock":     "lock threading.RLock",
			"wants-acquired":  "lock threading.RLock",
			"wants-condition": "lock threading.RLock",
			"bare":            "lock threading.Lock",
			"simple-get":      "queue get queue.SimpleQueue",
			"joiner":          "bare",
			"any-of":          "gather(pool_0, pool_1)",
			"completed":       "wait(pool_0, pool_1)",
			"owner":           "event threading.Event",
			"caller":          "blocker",
			"late":            "blocker",
			"self-call":       "self-call",
		})
		compare(t, "the holders of what is wanted", s.holders, map[string]string{
			"first":           "second (inferred)",
			"second":          "first (inferred)",
			"wants-rlock":     "owner",
			"wants-acquired":  "acquirer",
			"wants-condition": "in-condition",
			"bare":            "",
			"blocker":         "caller (inferred)",
		})
		want := []string{"blocker, caller < late (inferred)", "first, second < behind (inferred)", "self-call"}
		if got := s.found("deadlock"); !slices.Equal(got, want) {
			t.Errorf("the deadlocks are %q, want %q", got, want)
		}
		if got := s.task("patient").Waits; len(got) != 2 || got[1].Kind != graph.WaitTimer {
			t.Errorf("the waits of patient are %+v, want a lock's and a timeout", got)
		}
		for _, name := range []string{"blocker", "self-call"} {
			if got := s.task(name).State; got != graph.StateBlocked {
				t.Errorf("%s is %s", name, got)
			}
		}
	})
}
