package cpython_test

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What asyncio's documentation shows its readers.
func TestDocumented(t *testing.T) {
	eachPython(t, 11, "documented.py", func(t *testing.T, p testtarget.Python, s seen) {
		where := map[string]string{
			"another": "some_coroutine | scope documented_group: documented_group | join main: main",
			"job":     "clean_up, job | scope terminated: terminated | join main: main",
			"track-1": "play | scope side-0: album | scope discography: discography | join main: main",
		}
		if p.AtLeast(12) {
			where["began-eagerly"] = "some_coroutine | join eager: eager | join main: main"
		}
		compare(t, "the deadline", s.deadline, map[string]string{
			"rescheduled": "1h0m0s", "at": "1h0m0s", "wait_for": "1h0m0s", "job": "", "another": "",
		})
		compare(t, "the wait", s.waits, map[string]string{
			"documented_group": "task group(another, some)",
			"terminated":       "task group(job)",
			"discography":      "task group(side-0, side-1)",
		})
		compare(t, "the backtrace", s.where, where)
		down := false
		for _, g := range s.Groups {
			down = down || s.name(g.Owner) == "terminated" && g.Error != nil && strings.HasSuffix(g.Error.Type, "TerminateTaskGroup")
		}
		if c := s.task("job").Cancel; !down || c == nil || c.Requested != 1 {
			t.Errorf("the group that terminated opened was brought down: %v; job was told to end: %+v", down, c)
		}
	})
}
