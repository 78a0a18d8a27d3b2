package cpython_test

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// Locks are held by those that stand inside their with-blocks.
func TestLocks(t *testing.T) {
	eachPython(t, 8, "locks.py", func(t *testing.T, py testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"with-waiter": "lock asyncio.Lock",
			"event-0":     "event asyncio.Event",
			"condition-0": "condition asyncio.Condition",
			"cond-waiter": "lock asyncio.Lock",
			"sem-2":       "semaphore asyncio.Semaphore",
			"bounded-1":   "semaphore asyncio.BoundedSemaphore",
		})
		compare(t, "the holders of what is wanted", s.holders, map[string]string{
			"with-waiter":    "with-holder (inferred)",
			"through-waiter": "through-holder (inferred)",
			"bare-waiter":    "",
			"left":           "right (inferred)",
			"right":          "left (inferred)",
			"behind":         "right (inferred)",
			"condition-0":    "",
			"cond-waiter":    "cond-holder (inferred)",
			"sem-2":          "sem-0 (inferred), sem-1 (inferred)",
			"bounded-1":      "bounded-0 (inferred)",
		})
		if got, want := s.found("deadlock"), []string{"left, right < behind (inferred)"}; !slices.Equal(got, want) {
			t.Errorf("the deadlocks are %q, want %q", got, want)
		}
		if py.AtLeast(11) {
			compare(t, "the wait", s.waits, map[string]string{"barrier-0": "barrier asyncio.Barrier"})
		}
	})
}

// Nobody is said to hold what they have released, or never took.
func TestHolders(t *testing.T) {
	eachPython(t, 8, "holders.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the holders of what is wanted", s.holders, map[string]string{
			"guard-waiter":   "guard-holder (inferred)",
			"finally-waiter": "finally-holder (inferred)",
			"exit-waiter":    "exit-holder (inferred)",
			"agen-waiter":    "agen-holder (inferred)",
			"two-waiter":     "",
			"swap-waiter":    "",
			"pool-waiter":    "",
			"selfish":        "selfish (inferred)",
			"behind":         "lock-0 (inferred)",
		})
		if got, want := s.found("deadlock"), []string{"join-0, lock-0, want-0 < behind (inferred)"}; !slices.Equal(got, want) {
			t.Errorf("the deadlocks are %q, want %q", got, want)
		}
		if got, want := s.found("self-deadlock"), []string{"selfish (inferred)"}; !slices.Equal(got, want) {
			t.Errorf("those that lock themselves out are %q, want %q", got, want)
		}
		for _, name := range []string{"freed", "innocent", "swapper", "two-first", "two-second"} {
			for _, h := range s.task(name).Holds {
				if len(s.Waiters(s.Resource(h.Resource))) > 0 {
					t.Errorf("%s is said to hold what others want", name)
				}
			}
		}
	})
}
