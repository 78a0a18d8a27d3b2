package hang

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostWhy is of how many tests the chain of waits is shown.
const mostWhy = 3

// mostTree is how many tasks of a process are drawn.
const mostTree = 40

// Cause says in one sentence which tests hang, and on what.
func (h *Hang) Cause() string {
	t := h.Tests[0]
	what := name(t)
	if more := len(h.Tests) - 1; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s %s: %s", what, h.verb(), h.causeOf(t))
}

// name is what to call a test.
func name(t Test) string {
	if t.Name == "" {
		return "the program"
	}
	return t.Name
}

func (h *Hang) verb() string {
	verb, many := "hangs", "hang"
	switch h.Sign {
	case SignDeadline:
		verb, many = "is not done", "are not done"
	case SignSlow:
		verb, many = "is slow", "are slow"
	}
	if len(h.Tests) > 1 {
		return many
	}
	return verb
}

// causeOf is what a test hangs on: the problem that it is a part of or queues
// behind, where that says who waits for whom; else the ends of its waits.
func (h *Hang) causeOf(t Test) string {
	for _, p := range h.Snapshot.Problems {
		if (p.Code == "deadlock" || p.Code == "self-deadlock") && !p.Suppressed &&
			(slices.Contains(p.Tasks, t.Task) || slices.Contains(p.Queued, t.Task)) {
			return p.Message
		}
	}
	return render.Cause(h.Snapshot, t.Task)
}

// Noticed says how the hang was noticed.
func (h *Hang) Noticed() string {
	switch h.Sign {
	case SignDeadline:
		return fmt.Sprintf("the deadline of the tests, %v, is over", h.Deadline)
	case SignSlow:
		return fmt.Sprintf("seen %v after the process began", seconds(h.After))
	}
	return fmt.Sprintf("nothing is left that could make it go on; seen %v after the process began", seconds(h.After))
}

func seconds(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }

// WriteText writes what is to be said of a hang: a sentence of cause, the chain
// of waits of each test, and the tree of what the process is doing.
func (h *Hang) WriteText(w io.Writer, o render.Options) error {
	out := &sticky{w: w}
	out.say("%s\n", rule("dlv-async", o))
	out.say("%s\n", plain(h.Cause()))
	out.say("  in %s (process %d); %s\n", plain(h.Name), h.PID, h.Noticed())
	for _, t := range h.Tests[:min(len(h.Tests), mostWhy)] {
		out.say("\n%s\n", rule("why "+plain(name(t)), o))
		o := o
		o.Task = t.Task
		out.draw(render.Why, h.Snapshot, o)
	}
	if more := len(h.Tests) - mostWhy; more > 0 {
		out.say("and %d more tests\n", more)
	}
	o.Limit = mostTree
	out.say("\n%s\n", rule("tree", o))
	out.draw(render.Tree, h.Snapshot, o)
	for _, c := range h.Children {
		out.say("\n%s\n", rule(fmt.Sprintf("started by it: %s (process %d)", plain(strings.Join(c.Args, " ")), c.PID), o))
		if c.Snapshot == nil {
			out.say("not shown: %s\n", plain(c.Err.Error()))
			continue
		}
		out.draw(render.Report, c.Snapshot, o)
	}
	out.say("%s\n", rule("", o))
	return out.err
}

// sticky writes until an error.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) say(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format, args...)
	}
}

func (s *sticky) draw(view func(io.Writer, *graph.Snapshot, render.Options) error, snap *graph.Snapshot, o render.Options) {
	if s.err == nil {
		s.err = view(s.w, snap, o)
	}
}

// rule is a line across the page with a title in it.
func rule(title string, o render.Options) string {
	line, width := "─", o.Width
	if o.ASCII {
		line = "-"
	}
	if width <= 0 {
		width = 80
	}
	if title != "" {
		title = " " + title + " "
	}
	return strings.Repeat(line, 2) + title + strings.Repeat(line, max(2, width-2-len([]rune(title))))
}

// plain keeps what a process chose for itself off the terminal's control.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}
