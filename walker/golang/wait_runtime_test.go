package golang

import (
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// A goroutine that allocates while garbage is collected may wait for the runtime's
// own semaphores: those are no locks of the program's, and nobody is to be looked for
// who has them. What is package sync's, or a descriptor's, is left to others.
func TestSemaphoresOfTheRuntimeAreNoLocks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		turn  string
		calls []string
	}{
		{"wait for GC mark end", []string{"runtime.gopark", "runtime.goparkunlock", "runtime.semacquire1", "runtime.semacquire", "runtime.gcMarkDone", "runtime.gcAssistAlloc", "main.f"}},
		{"wait for GC start", []string{"runtime.gopark", "runtime.semacquire1", "runtime.semacquire", "runtime.gcStart", "runtime.mallocgc", "main.f"}},
		{"wait to stop the world", []string{"runtime.semacquire1", "runtime.semacquire", "runtime.stopTheWorldGC", "runtime.ReadMemStats", "main.f"}},
		{"wait for the runtime, in runtime.goroutineProfile", []string{"runtime.semacquire1", "runtime.semacquire", "runtime.goroutineProfile"}},
		{"", []string{"runtime.semacquire1", "sync.runtime_SemacquireWaitGroup", "sync.(*WaitGroup).Wait", "main.f"}},
		{"", []string{"runtime.semacquire1", "internal/poll.runtime_Semacquire", "internal/poll.(*fdMutex).rwlock"}},
		{"", []string{"runtime.semacquire1", "runtime.semacquire"}},
		{"", nil},
	} {
		var frames []*graph.Frame
		for _, fn := range test.calls {
			frames = append(frames, &graph.Frame{Func: fn})
		}
		if turn := runtimeTurn(frames); turn != test.turn {
			t.Errorf("%q: %q, want %q", test.calls, turn, test.turn)
		}
	}
}
