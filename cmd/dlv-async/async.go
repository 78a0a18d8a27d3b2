package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// asyncHelp is what Delve's help says of the command async.
const asyncHelp = `Shows the tasks: who waits for whom, and what is wrong.

	async [view] [task] [flags]
	async stack [task]
	async frame <n>

Without a view it is the report. The views are those of dlv-async: ` + "`async help`" + `
lists them with their flags. Where a view needs a task and none is named, it
is the current goroutine, as it is where a task is called current.

"async stack" shows the logical stack: the frames of a goroutine, numbered as
the command frame takes them, and behind them the frames of those who wait for
it. "async frame" goes to one of them, in whichever goroutine it is. "async
diff" says what has changed since the stop that async was used at before.`

// asyncCommand is the command async at Delve's prompt, over the stopped target.
// A snapshot is taken when a line first needs it, and kept while the target
// stands still.
type asyncCommand struct {
	session session
	source  optionalSource // of snapshots; nil: what is debugged
	out     bytes.Buffer

	program   *dlvprompt.Program
	moves     int64            // of the program, at the last snapshot
	has       wants            // what that is with
	series    *snapshot.Series // of the modules as they are loaded now
	seriesHas wants            // what its snapshots are with
	listed    logicalStack     // what "async stack" listed last
}

// wants are what a snapshot is to have beside what all have.
type wants struct {
	locals bool // variables
	heap   bool // what the heap tells
}

// optionalSource takes a snapshot with what is wanted.
type optionalSource func(context.Context, wants) (*graph.Snapshot, error)

func newAsyncCommand(a *app, flags viewFlags, source optionalSource) (*asyncCommand, error) {
	c := &asyncCommand{source: source}
	flags.width = flags.columnsOf(a.stdout)
	if color, err := flags.useColor(a.stdout); err != nil {
		return nil, err
	} else if flags.color = "never"; color {
		flags.color = "always"
	}
	inner := &app{stdin: strings.NewReader(""), stdout: &c.out, stderr: &c.out}
	c.session = session{app: inner, flags: flags, look: c.look}
	return c, nil
}

// command is what Delve's prompt is told of it.
func (c *asyncCommand) command() dlvprompt.Command {
	return dlvprompt.Command{Help: asyncHelp, Answer: c.answer, Complete: c.complete, Beyond: c.beyond}
}

// answer answers one line.
func (c *asyncCommand) answer(ctx context.Context, p *dlvprompt.Program, line dlvprompt.Line) dlvprompt.Answer {
	c.out.Reset()
	c.program = p
	c.session.flags.current = ""
	if line.Goroutine != 0 {
		c.session.flags.current = graph.TaskID(fmt.Sprintf("go:%d", line.Goroutine))
	}
	commands, err := c.run(ctx, line)
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		fmt.Fprintln(&c.out, "async:", oneLine(err.Error()))
	}
	return dlvprompt.Answer{Text: c.out.String(), Commands: commands}
}

func (c *asyncCommand) run(ctx context.Context, line dlvprompt.Line) (commands []string, err error) {
	words, err := splitWords(line.Text)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		words = []string{"report"}
	}
	switch words[0] {
	case "refresh":
		return nil, usagef("each stop has its own snapshot, taken when it is first looked at; there is nothing to refresh")
	case "stack":
		return nil, c.stack(ctx, words[1:], line)
	case "frame":
		return c.frame(ctx, words[1:], line)
	}
	if len(words) == 1 && words[0] == "where" && line.Goroutine == 0 {
		s, err := c.look(ctx, &c.session.flags)
		if err != nil {
			return nil, err
		}
		return nil, noCurrent(s)
	}
	return nil, c.session.run(ctx, words)
}

// noCurrent says that a view needs a task, and how to name one.
func noCurrent(s *graph.Snapshot) error {
	if slices.ContainsFunc(s.Runtimes, func(rt *graph.Runtime) bool { return rt.ID == "go" }) {
		return usagef("there is no current goroutine; `goroutine 57` makes one, `async where go:57` names it")
	}
	return usagef("Delve has no current task here: `async tasks` lists them, and `async where` takes an ID or a name")
}

// look returns the snapshot of the stop that there is now.
func (c *asyncCommand) look(ctx context.Context, flags *viewFlags) (*graph.Snapshot, error) {
	moves := c.program.Moves()
	want := wants{flags.locals, flags.heap}
	if c.session.now != nil && moves == c.moves && (c.has.locals || !want.locals) && (c.has.heap || !want.heap) {
		return c.session.now, nil
	}
	s, err := c.take(ctx, want)
	if err != nil {
		return nil, err
	}
	if moves != c.moves {
		c.session.last = c.session.now
	}
	c.session.now, c.moves, c.has = s, moves, want
	return s, nil
}

// take takes a snapshot of the stopped target.
func (c *asyncCommand) take(ctx context.Context, want wants) (s *graph.Snapshot, err error) {
	if c.source != nil {
		return c.source(ctx, want)
	}
	o := snapshot.Options{Tool: tool(), Source: "debugger"}
	c.session.flags.apply(&o)
	o.Locals, o.Heap = want.locals, want.heap
	err = c.program.Look(ctx, func(img *dlvext.Image, fresh bool) (err error) {
		if fresh || c.series == nil || c.seriesHas != want {
			c.series = nil
			if c.series, err = snapshot.NewSeries(img, o); err != nil {
				c.series = nil
				return err
			}
			c.seriesHas = want
		}
		s, err = c.series.Take(ctx, img, o)
		return err
	})
	return s, err
}

// complete completes the words behind async.
func (c *asyncCommand) complete(before []string, word string) []string {
	if len(before) == 0 {
		return append(viewNames(), "stack", "frame", "diff", "help")
	}
	if before[len(before)-1] == "stack" {
		before = []string{"where"}
	}
	return c.session.candidates(before, word)
}
