package cpython_test

import (
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A sub-interpreter has tasks of its own. The thread that runs it is one, and
// has the name that the interpreter gave it which started it.
func TestSubInterpreter(t *testing.T) {
	eachPython(t, 12, "subinterp.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "the wait", s.waits, map[string]string{
			"main": "future _asyncio.Future", "sub-main": "future _asyncio.Future",
			"sub-nap": "sleep asyncio.TimerHandle", "sub-awaiter": "sub-nap",
		})
		frames := s.task("sub").Frames
		for _, function := range []string{"asyncio.runners.run", "__main__.run", "threading.Thread.run"} {
			if !slices.ContainsFunc(frames, func(f *graph.Frame) bool { return f.Func == function }) {
				t.Errorf("the thread has no frame of %s", function)
			}
		}
		for _, p := range s.Problems {
			t.Errorf("%s: %s", p.Code, p.Message)
		}
	})
}
