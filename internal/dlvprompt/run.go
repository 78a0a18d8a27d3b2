package dlvprompt

import (
	"context"
	_ "embed" // for async.star
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/go-delve/delve/pkg/config"
	"github.com/go-delve/delve/pkg/logflags"
	"github.com/go-delve/delve/pkg/terminal"
	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/rpc2"

	"github.com/dlv-async/dlv-async/dap/delve"
)

//go:embed async.star
var script string

// Line is what a user typed behind the word async, and where: the goroutine and
// frame that Delve's commands speak of.
type Line struct {
	Text      string
	Goroutine int64 // 0: none
	Frame     int
}

// Answer is what a line shows, and which of Delve's commands are run after it.
type Answer struct {
	Text     string
	Commands []string
}

// Command is the command async.
type Command struct {
	Help     string // its first line is what Delve's help lists
	Answer   func(context.Context, *Program, Line) Answer
	Complete func(before []string, word string) []string // what the word may be, behind others
	Beyond   func(frame int) string                      // of a frame that the goroutine has not: what it is, or ""
}

// Run debugs the target at Delve's prompt until the user has seen enough, and
// returns dlv's exit code. What was started is ended with it, what was attached to goes
// on unless the user says otherwise.
func Run(t Target, f Flags, c Command) (status int, err error) {
	conf, err := f.begin()
	if err != nil {
		return 1, err
	}
	defer logflags.Close()
	signals := terminations()
	defer signal.Stop(signals)
	d, settings, remove, err := start(t, &f, conf)
	if err != nil {
		return 1, err
	}
	defer remove()
	defer d.Remove()
	p := &Program{Debuggee: d}
	p.client = rpc2.NewClientFromConn(serve(d, settings, func() { p.moves.Add(1) }))
	return p.prompt(f, c, conf, t.Mode == Attach, signals, func() { end(d, t) })
}

// begin does what comes before any target: it refuses what dlv refuses, and
// reads dlv's configuration.
func (f *Flags) begin() (*config.Config, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if err := f.setLogs(); err != nil {
		return nil, err
	}
	conf, err := config.LoadConfig()
	if err != nil {
		logflags.DebuggerLogger().Errorf("%v", err)
	}
	for command, aliases := range conf.Aliases {
		if slices.Contains(aliases, "async") {
			return nil, fmt.Errorf("the configuration of dlv has async as an alias of %s: it would be that command which dlv-async's takes the place of", command)
		}
	}
	return conf, nil
}

// terminations are signals that end the prompt, and not before its target is let go of.
func terminations() chan os.Signal {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP) // SIGHUP: the terminal was closed
	return signals
}

// prompt runs the terminal. What ends it otherwise than the user calls end.
func (p *Program) prompt(f Flags, c Command, conf *config.Config, attached bool, signals <-chan os.Signal, end func()) (int, error) {
	cl := &client{
		Client: p.client,
		beyond: c.Beyond,
		answer: func(ctx context.Context, l Line) Answer { return c.Answer(ctx, p, l) },
	}
	term := terminal.New(cl, conf, attached)
	cl.ready = func() { completeWith(term, c.Complete) }
	term.InitFile = f.Init
	if err := define(term, cl, c.Help); err != nil {
		term.Close()
		end()
		return 1, err
	}
	type result struct {
		status int
		err    error
	}
	ended := make(chan result, 1)
	go func() {
		status, err := term.Run()
		ended <- result{status, err}
	}()
	select {
	case r := <-ended:
		if r.err != nil { // with nobody to ask what is to become of the target
			end()
		}
		return r.status, r.err
	case <-signals:
		end()
		term.Close()
		return 1, errors.New("terminated by a signal")
	}
}

// define has the terminal know the command, before it begins to run: it then
// completes its name too.
func define(term *terminal.Term, c *client, help string) error {
	dir, err := os.MkdirTemp("", "dlv-async-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "async.star")
	source := strings.Replace(script, "HELP", strings.TrimSpace(help), 1)
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		return err
	}
	if err := terminal.DebugCommands(c).Call("source "+path, term); err != nil {
		return fmt.Errorf("Delve does not take the command async: %w", err)
	}
	return nil
}

// end lets go of the target as dlv does when nobody says otherwise: what was
// started is killed, what was attached to goes on.
func end(d *delve.Debuggee, t Target) {
	if d.Debugger().IsRunning() {
		_, _ = d.Debugger().Command(&api.DebuggerCommand{Name: api.Halt}, nil, nil, nil)
	}
	if t.Mode == Attach {
		_ = d.Settle()
	}
	_ = d.Debugger().Detach(t.Mode != Attach)
}
