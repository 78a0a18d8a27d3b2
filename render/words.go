package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// number writes n with thousands separators: 1,214.
func number(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count writes a number with its noun: "1 task", "1,214 tasks".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// verb picks the form for n things.
func verb(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// be is the verb for n things.
func be(n int) string { return verb(n, "is", "are") }

// duration writes d as people say it, rounded down so that a lower bound stays
// one: 11 ms, 2.1 s, 3 min, 2 h 5 min, 3 days.
func duration(d time.Duration) string {
	if d < 0 {
		return "-" + duration(d.Abs())
	}
	const day = 24 * time.Hour
	two := func(a int, unitA string, b int, unitB string) string {
		s := number(a) + " " + unitA
		if b > 0 {
			s += " " + strconv.Itoa(b) + " " + unitB
		}
		return s
	}
	switch {
	case d < time.Microsecond:
		return strconv.Itoa(int(d)) + " ns"
	case d < time.Millisecond:
		return strconv.Itoa(int(d/time.Microsecond)) + " µs"
	case d < time.Second:
		return strconv.Itoa(int(d/time.Millisecond)) + " ms"
	case d < 10*time.Second:
		tenths := int(d / (100 * time.Millisecond))
		return fmt.Sprintf("%d.%d s", tenths/10, tenths%10)
	case d < 2*time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < day:
		return two(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	case d < 3*day:
		return two(int(d/day), plural("day", int(d/day)), int(d%day/time.Hour), "h")
	default:
		return count(int(d/day), "day")
	}
}

func plural(noun string, n int) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return verb(n, noun, stem+"ies")
	}
	return verb(n, noun, noun+"s")
}

// address writes an address, or nothing for 0.
func address(a uint64) string {
	if a == 0 {
		return ""
	}
	return "0x" + strconv.FormatUint(a, 16)
}

// list joins words as in a sentence: "a, b and c".
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// ids names at most most tasks, and says when there are more.
func (v *view) ids(tasks []graph.TaskID, most int) string {
	var b strings.Builder
	for i, id := range tasks {
		if i == most {
			b.WriteString(", " + v.ellipsis)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(id))
	}
	return b.String()
}

// stateWords says what a task is doing when no wait tells it better.
var stateWords = [...]string{
	graph.StateUnknown:   "state not known",
	graph.StateRunning:   "running",
	graph.StateRunnable:  "ready to run",
	graph.StateWaiting:   "waiting",
	graph.StateBlocked:   "blocked",
	graph.StateCreated:   "never ran",
	graph.StateDone:      "done",
	graph.StateFailed:    "failed",
	graph.StateCancelled: "cancelled",
}

func stateWord(s graph.State) string {
	if int(s) < len(stateWords) {
		return stateWords[s]
	}
	return stateWords[graph.StateUnknown]
}

// known says how an edge is known, where that is worth a word: "" when it is
// proven. By what it was inferred is said in the views that have the room.
func (v *view) known(e graph.Evidence) string {
	if e.Confidence != graph.Inferred {
		return ""
	}
	if e.How == "" || v.terse {
		return "inferred"
	}
	return "inferred: " + e.How
}
