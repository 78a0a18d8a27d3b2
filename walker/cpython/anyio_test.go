package cpython_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// AnyIO's groups and locks say of themselves what asyncio's do, and who holds them.
func TestAnyIO(t *testing.T) {
	t.Parallel()
	for version, minor := range map[string]string{"anyio>=4": "3.13", "anyio<4": "3.11"} {
		for _, py := range testtarget.Pythons(t) {
			if py.Minor != minor && !(testtarget.Full() && version == "anyio>=4" && py.AtLeast(10)) {
				continue
			}
			t.Run(version+"/"+py.Name, func(t *testing.T) {
				t.Parallel()
				exe := testtarget.Venv(t, py, version)
				script := filepath.Join(testtarget.Root(t), "testdata", "python", "anyios.py")
				s := see(t, testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script), snapshot.Options{})
				compare(t, "the backtrace", s.where, map[string]string{
					"child":         "child | scope owner: opens",
					"wrapped-child": "child | scope wrapped: wrapped",
					"exit-child":    "child | scope exits: exits",
					"scoped":        "scoped | scope exits: exits",
				})
				compare(t, "the wait", s.waits, map[string]string{
					"exits":        "task group(exit-child, scoped)",
					"event":        "event asyncio.Event",
					"receiver":     "queue get anyio memory stream",
					"limit-waiter": "semaphore anyio._backends._asyncio.CapacityLimiter",
				})
				worker := s.Task(s.task("job").Waits[0].Task)
				if worker == nil || !slices.ContainsFunc(worker.Frames, func(f *graph.Frame) bool { return f.Func == "__main__.blocking" }) {
					t.Errorf("the job is done by %+v", worker)
				}
				if w := s.task("queue-job").Waits[0]; w.Kind != graph.WaitExecutor || w.Text != "queue.Queue.get" || w.Task == "" {
					t.Errorf("the job that takes from a queue is waited for like this: %+v", w)
				}
				compare(t, "the holders of what is wanted", s.holders, map[string]string{
					"lock-waiter":  "lock-holder",
					"limit-waiter": "limit-holder",
					"sem-waiter":   "sem-holder (inferred)",
				})
				compare(t, "the deadline", s.deadline, map[string]string{
					"timed": "1h0m0s", "timed-child": "1h0m0s", "shielded": "", "child": "",
				})
			})
		}
	}
}
