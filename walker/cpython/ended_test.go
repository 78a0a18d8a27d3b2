package cpython_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// ending is how a task ended, in a few lines.
func ending(task *graph.Task) string {
	text := task.State.String()
	if task.Result != "" {
		text += " with a " + task.Result
	}
	if c := task.Cancel; c != nil && c.Message != "" {
		text += ": " + c.Message
	}
	if e := task.Error; e != nil {
		text += fmt.Sprintf(": %s: %s", e.Type, e.Message)
		for _, r := range e.Chain {
			text += fmt.Sprintf("\n%s %s: %s", r.Relation, r.Type, r.Message)
			if r.At != nil {
				text += " at " + strings.TrimPrefix(r.At.Func, "__main__.")
			}
		}
	}
	for _, f := range task.Frames {
		text += "\nat " + strings.TrimPrefix(f.Func, "__main__.")
	}
	return text
}

// A task that is over tells what it returned, or what it raised, from where,
// with all that this had behind it.
func TestEnded(t *testing.T) {
	eachPython(t, 8, "done.py", func(t *testing.T, p testtarget.Python, s seen) {
		want := map[string]string{
			"result":      "done with a str",
			"unretrieved": "failed: ValueError: out of stock\nat raises",
			"retrieved":   "failed: KeyError: 'sku-7'\nat raises", // and not who awaited it
			"caused":      "failed: RuntimeError: order 12\ncause LookupError: no such sku at look_up\nat fails_by_cause",
			"in-context":  "failed: TypeError: second\ncontext ValueError: first at fails_in_context\nat fails_in_context",
			"suppressed":  "failed: RuntimeError: shown\nat fails_from_none",
			"several":     "failed: ValueError: ('three', 2, None)\nat raises",
			"missing":     "failed: FileNotFoundError: [Errno 2] No such file or directory\nat raises",
			"named":       "failed: FileNotFoundError: [Errno 2] No such file or directory: 'orders.db'\nat raises",
			"cancelled":   "cancelled: shutting down\nat asyncio.tasks.sleep\nat nap",
		}
		if p.AtLeast(11) {
			want["grouped"] = "failed: ExceptionGroup: both (2 sub-exceptions)\n" +
				"note : while closing\nmember ValueError: 1\nmember KeyError: 2\nat raises"
		}
		if !p.AtLeast(9) {
			want["cancelled"] = "cancelled"
		}
		compare(t, "the end", func(name string) string { return ending(s.task(name)) }, want)
	})
}

// No word of the program's is told of how tasks ended, when none is to be.
func TestEndedRedacted(t *testing.T) {
	eachPythonWith(t, 8, "done.py", snapshot.Options{Redact: true}, func(t *testing.T, _ testtarget.Python, s seen) {
		s.Redact()
		for _, task := range s.Tasks {
			for _, word := range []string{"stock", "sku", "shutting", "first", "both", "orders", "closing"} {
				if text := ending(task); strings.Contains(text, word) {
					t.Errorf("%s is told:\n%s", word, text)
				}
			}
		}
	})
}
