package cpython_test

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// created is where a task was created: the program's own functions, innermost
// first.
func (s seen) created(name string) string {
	c := s.task(name).CreatedBy
	if c == nil || c.At == nil {
		return ""
	}
	var own []string
	for _, f := range append([]*graph.Frame{c.At}, c.Stack...) {
		if function, ok := strings.CutPrefix(f.Func, "__main__."); ok {
			own = append(own, function)
		}
	}
	text := strings.Join(own, ", ")
	if c.User != nil {
		text += " by " + strings.TrimPrefix(c.User.Func, "__main__.")
	}
	return text
}

// A loop in debug mode keeps where its tasks were created.
func TestCreated(t *testing.T) {
	eachPython(t, 8, "debugmode.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "where it was created", s.created, map[string]string{
			"first":  "starts, starts_both, main, <module> by starts",
			"origin": "starts, starts_both, main, <module> by starts",
			"second": "nested, first, <module> by nested",
			"main":   "<module> by <module>",
		})
		for _, p := range s.Problems {
			if p.Code == "never-awaited" && !strings.HasSuffix(p.Message, "; it was made by holds (debugmode.py:39)") {
				t.Error(p.Message)
			}
		}
	})
}

// Without debug mode nothing tells.
func TestNotCreated(t *testing.T) {
	eachPython(t, 8, "done.py", func(t *testing.T, _ testtarget.Python, s seen) {
		compare(t, "where it was created", s.created, map[string]string{"main": "", "swallowed": ""})
	})
}
