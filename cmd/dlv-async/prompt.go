package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// interactive is whether someone sits there who can ask for more.
func (a *app) interactive(flags *viewFlags) bool {
	return isTerminal(a.stdin) && isTerminal(a.stdout) && flags.output == "text" && len(flags.failOn) == 0
}

// session is a prompt over a snapshot: each line is a view, with its flags,
// or refresh, diff, help, quit.
type session struct {
	app   *app
	take  source
	now   *graph.Snapshot
	last  *graph.Snapshot // the one before refresh; nil: none
	flags viewFlags       // of the command line; they hold for each line of the prompt

	// look returns the snapshot that a line with these flags is about; nil: now is.
	look func(context.Context, *viewFlags) (*graph.Snapshot, error)
}

// at returns the snapshot that a line is about.
func (p *session) at(ctx context.Context, flags *viewFlags) (*graph.Snapshot, error) {
	if p.look == nil {
		return p.now, nil
	}
	return p.look(ctx, flags)
}

var promptCommands = []string{"refresh", "diff", "help", "quit"}

// prompt reads lines until the user has seen enough.
func (a *app) prompt(ctx context.Context, take source, s *graph.Snapshot, flags *viewFlags) error {
	fd := int(a.stdin.(*os.File).Fd())
	cooked, err := term.GetState(fd)
	if err != nil {
		return fmt.Errorf("cannot prompt: %w", err)
	}
	defer func() { _ = term.Restore(fd, cooked) }()

	editor := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{a.stdin, a.stdout}, "(dlv-async) ")
	session := &session{app: a, take: take, now: s, flags: *flags}
	editor.AutoCompleteCallback = session.complete
	for {
		// The terminal is raw only while a line is edited, so that Ctrl-C
		// interrupts what a line started.
		if _, err := term.MakeRaw(fd); err != nil {
			return fmt.Errorf("cannot prompt: %w", err)
		}
		line, err := readLine(ctx, editor)
		_ = term.Restore(fd, cooked)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(a.stdout)
			return nil
		}
		if err != nil {
			return err
		}
		words, err := splitWords(line)
		if err != nil {
			fmt.Fprintln(a.stderr, oneLine(err.Error()))
			continue
		}
		if len(words) == 1 && (words[0] == "quit" || words[0] == "exit" || words[0] == "q") {
			return nil
		}
		if len(words) == 0 {
			continue
		}
		if err := session.run(ctx, words); err != nil {
			fmt.Fprintln(a.stderr, oneLine(err.Error()))
		}
	}
}

// readLine reads a line, or ends with ctx. The read itself cannot be ended:
// then the process does.
func readLine(ctx context.Context, editor *term.Terminal) (string, error) {
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := editor.ReadLine()
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// run acts on one line.
func (p *session) run(ctx context.Context, words []string) error {
	flags := p.flags
	c := &cobra.Command{
		Use: "(dlv-async) [VIEW]", SilenceErrors: true, SilenceUsage: true,
		Long: "Each line is a view, as after the command, with flags of its own; or\nrefresh (a new snapshot), diff (what changed since the one before), help [CODE of a\nproblem], quit." + viewHelp(),
		RunE: func(c *cobra.Command, args []string) error {
			first := ""
			if len(args) > 0 {
				first = args[0]
			}
			if first == "help" && len(args) == 2 {
				text, ok := explained(args[1])
				if !ok {
					return usagef("%q is no code of a problem; they are %s", args[1], strings.Join(problemCodes(), ", "))
				}
				_, err := io.WriteString(p.app.stdout, text)
				return err
			}
			if first == "help" {
				return c.Help()
			}
			if first == "refresh" {
				s, err := p.take(ctx)
				if err != nil {
					return err
				}
				p.last, p.now = p.now, s
				args = args[1:]
			}
			if len(args) == 1 && args[0] == "diff" {
				return p.diff(ctx, &flags)
			}
			r, look, err := p.app.understand(args, &flags)
			if err != nil {
				return err
			}
			s, err := p.at(ctx, &flags)
			if err != nil {
				return err
			}
			return look.draw(interruptible{ctx, p.app.stdout}, s, r)
		},
	}
	flags.register(c)
	if p.look != nil {
		flags.registerHeap(c)
	}
	c.SetOut(p.app.stdout)
	c.SetErr(p.app.stderr)
	c.SetArgs(words)
	return c.ExecuteContext(ctx)
}

// diff shows what changed with the last refresh.
func (p *session) diff(ctx context.Context, flags *viewFlags) error {
	look, err := newLook(p.app, flags)
	if err != nil {
		return err
	}
	if err := look.canDiff(); err != nil {
		return err
	}
	if _, err := p.at(ctx, flags); err != nil {
		return err
	}
	if p.last == nil && p.look != nil {
		return usagef("there is no stop before this one that was looked at")
	}
	if p.last == nil {
		return usagef("there is one snapshot yet; refresh takes another")
	}
	_, err = look.diff(interruptible{ctx, p.app.stdout}, p.last, p.now)
	return err
}
