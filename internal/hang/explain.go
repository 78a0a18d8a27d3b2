package hang

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostWhy is of how many tests the chain of waits is shown.
const mostWhy = 3

// mostTree is how many tasks of a process are drawn.
const mostTree = 40

func seconds(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }

// WriteText writes what is to be said of a hang: a sentence of cause, the chain
// of waits of each test, and the tree of what the process is doing.
func (h *Hang) WriteText(w io.Writer, o render.Options) error {
	out := &sticky{w: w}
	out.say("%s\n", rule("dlv-async", o))
	out.say("%s\n", plain(h.Cause()))
	out.say("  in %s (process %d); %s\n", plain(h.Name), h.PID, h.noticed())
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
