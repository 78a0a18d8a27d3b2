package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	panel "github.com/dlv-async/dlv-async/dap/view"
	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// logicalStack is a logical stack with numbers for its frames: those of the
// first goroutine have Delve's, those behind go on from there.
type logicalStack struct {
	moves int64
	task  graph.TaskID
	lines []stackLine
}

// stackLine is a frame, or the label of a crossing.
type stackLine struct {
	panel.Frame
	number    int   // -1: it is no frame to go to
	goroutine int64 // whose frame it is for Delve, and
	frame     int   // which
}

// mostDepth bounds how deep into a goroutine Delve looks for a frame.
const mostDepth = 10_000

// listing makes the logical stack of a task.
func (c *asyncCommand) listing(ctx context.Context, words string) (logicalStack, *graph.Snapshot, error) {
	look, err := newLook(c.session.app, &c.session.flags)
	if err != nil {
		return logicalStack{}, nil, err
	}
	s, err := c.session.at(ctx, &c.session.flags)
	if err != nil {
		return logicalStack{}, nil, err
	}
	if words == "current" && c.session.flags.current == "" {
		return logicalStack{}, nil, noCurrent(s)
	}
	t, err := look.find(s, words)
	if err != nil {
		return logicalStack{}, nil, err
	}
	l := logicalStack{moves: c.moves, task: t.ID}
	n := numbering{program: c.program, stacks: map[graph.TaskID]*delveStack{}}
	all := panel.Own(s, t.ID)
	l.add(&n, all, true)
	n.next = max(n.of(t.ID).depth(), len(all)) // Delve's numbers end there
	l.add(&n, panel.Beyond(s, t.ID), false)
	return l, s, nil
}

func (l *logicalStack) add(n *numbering, frames []panel.Frame, own bool) {
	for _, f := range frames {
		line := stackLine{Frame: f, number: -1}
		if f.Frame != nil && f.Index >= 0 {
			line.goroutine, line.frame = n.find(f)
			switch {
			case line.frame < 0:
			case own:
				line.number = line.frame
			default:
				line.number = n.next
				n.next++
			}
		}
		l.lines = append(l.lines, line)
	}
}

// numbering finds frames of ours among Delve's.
type numbering struct {
	program *dlvprompt.Program
	stacks  map[graph.TaskID]*delveStack
	next    int
}

// delveStack is a goroutine's stack as Delve has it, which counts some frames
// of the runtime's own differently, and how far it was looked through.
type delveStack struct {
	goroutine int64
	frames    []dlvprompt.Frame
	at        int
}

func (d *delveStack) depth() int { return len(d.frames) }

func (n *numbering) of(id graph.TaskID) *delveStack {
	d := n.stacks[id]
	if d == nil {
		d = &delveStack{}
		n.stacks[id] = d
		if text, ok := strings.CutPrefix(string(id), "go:"); ok {
			d.goroutine, _ = strconv.ParseInt(text, 10, 64)
		}
		if d.goroutine > 0 && n.program != nil {
			d.frames, _ = n.program.Frames(d.goroutine, mostDepth) // without, no frame has a number
		}
	}
	return d
}

// find returns which goroutine's frame one is, and its number there; -1: Delve does not have it.
func (n *numbering) find(f panel.Frame) (goroutine int64, frame int) {
	d := n.of(f.Task)
	for i := d.at; i < len(d.frames); i++ {
		theirs := d.frames[i]
		innermost := i == 0 && f.Index == 0 // of a parked goroutine, it may be on the line after its call
		if (theirs.Line == f.Frame.Line || innermost) && theirs.Func != "" && (strings.HasSuffix(f.Frame.Func, theirs.Func) || strings.HasSuffix(theirs.Func, f.Frame.Func)) {
			d.at = i + 1
			return d.goroutine, i
		}
	}
	return d.goroutine, -1
}

// stack lists the logical stack of a task.
func (c *asyncCommand) stack(ctx context.Context, args []string, line dlvprompt.Line) error {
	if len(args) > 1 {
		return usagef("stack takes one task; as `async where` has it, with all its ways on")
	}
	words := "current"
	if len(args) == 1 {
		words = args[0]
	}
	l, s, err := c.listing(ctx, words)
	if err != nil {
		return err
	}
	c.listed = l
	here := string(c.session.flags.current) == string(l.task)
	p := render.NewPhrases(s)
	w := tabwriter.NewWriter(&c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, p.Safe(string(l.task)), "", p.Doing(s.Task(l.task)))
	for _, f := range l.lines {
		if f.Frame.Frame == nil {
			_ = w.Flush() // columns of their own on either side
			fmt.Fprintln(w, p.Safe(f.Label))
			continue
		}
		mark, number, whose := "  ", "", ""
		if f.number >= 0 {
			number = strconv.Itoa(f.number)
			if f.Task != l.task {
				whose = fmt.Sprintf("goroutine %d frame %d", f.goroutine, f.frame)
			} else if here && f.number == line.Frame {
				mark = "=>"
			}
		}
		fmt.Fprintf(w, "%s %3s\t%s\t%s\t%s\n", mark, number, p.Function(f.Frame.Frame), p.At(f.Frame.Frame), whose)
	}
	return w.Flush()
}

// frame goes to a frame of the logical stack that was listed last.
func (c *asyncCommand) frame(ctx context.Context, args []string, _ dlvprompt.Line) ([]string, error) {
	if len(args) == 0 {
		return nil, usagef("frame needs a number, of those that `async stack` shows")
	}
	number, err := strconv.Atoi(args[0])
	if err != nil {
		return nil, usagef("%q is no number of a frame", args[0])
	}
	if c.listed.lines == nil || c.listed.moves != c.program.Moves() {
		l, _, err := c.listing(ctx, "current")
		if err != nil {
			return nil, err
		}
		c.listed = l
	}
	f, ok := c.listed.find(number)
	if !ok && !slices.ContainsFunc(c.listed.lines, func(f stackLine) bool { return f.number >= 0 }) {
		return nil, usagef("Delve has none of the frames of %s; `async where %[1]s --locals` shows their variables", c.listed.task)
	}
	if !ok {
		return nil, usagef("the logical stack of %s has no frame %d to go to", c.listed.task, number)
	}
	return []string{fmt.Sprintf("goroutine %d", f.goroutine), strings.Join(append([]string{"frame", strconv.Itoa(f.frame)}, args[1:]...), " ")}, nil
}

func (l *logicalStack) find(number int) (stackLine, bool) {
	for _, f := range l.lines {
		if f.number >= 0 && f.number == number {
			return f, true
		}
	}
	return stackLine{}, false
}

// beyond says what a frame is that the goroutine does not have.
func (c *asyncCommand) beyond(number int) string {
	if c.program == nil || c.listed.moves != c.program.Moves() {
		return ""
	}
	f, ok := c.listed.find(number)
	if !ok {
		return ""
	}
	return fmt.Sprintf("frame %d of the logical stack is frame %d of goroutine %d: `async frame %d` goes there", number, f.frame, f.goroutine, number)
}
