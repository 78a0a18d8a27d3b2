package render

import (
	"math"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Cause says on one line, in plain text, what a task hangs on in the end: what
// [Why] begins with. It is empty where there is no such task.
func Cause(s *graph.Snapshot, id graph.TaskID) string {
	root := s.Why(id, graph.WhyOptions{Coalesce: true})
	if root == nil {
		return ""
	}
	var out strings.Builder
	v := newView(&out, s, Options{Width: math.MaxInt32, ASCII: true})
	v.terse = true
	v.hangsOn(root)
	if v.end() != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	first, rest := lines[0], lines[1:]
	return strings.TrimSpace(first + " " + strings.Join(rest, "; "))
}
