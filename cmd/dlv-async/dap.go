package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/dap"
	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/internal/config"
	"github.com/dlv-async/dlv-async/walker/declared"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// dapFlags are dlv's flags of the same names, so that an editor that knows how
// to start dlv can start this, and --stdio.
type dapFlags struct {
	listen, clientAddr string
	stdio              bool
	sameUser           bool
	several            bool

	log                bool
	logOutput, logDest string

	checkGoVersion, disableASLR bool

	config string
}

func newDap(a *app) *cobra.Command {
	var f dapFlags
	c := &cobra.Command{
		Use:   "dap",
		Short: "Serve an editor as its debug adapter",
		Long: `Speaks the debug adapter protocol with one client, as dlv dap does, and adds
the tasks: what each goroutine waits for, the logical call stack behind its own
frames, deadlocks. It takes the place of dlv in an editor's settings:
docs/editors.md has those of several editors, docs/dap.md what is added.

Whoever speaks to it can run programs as you: it listens on a loopback address
unless told otherwise, and takes connections of your own user only.`,
		Example: `  dlv-async dap                            a free port of 127.0.0.1, printed
  dlv-async dap --listen 127.0.0.1:38697
  dlv-async dap --stdio`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usagef("dap takes no argument %q: what to debug is in the editor's launch or attach request", args[0])
			case f.stdio && f.clientAddr != "":
				return usagef("--stdio and --client-addr are two ways to one client")
			case f.several && (f.stdio || f.clientAddr != ""):
				return usagef("--accept-multiclient needs an address to wait at: --listen")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := delve.SetLogs(f.log, f.logOutput, f.logDest); err != nil {
				return &usageError{err.Error()}
			}
			o := dap.Options{
				Tool:    tool(),
				Console: a.console,
				Delve:   delve.Options{CheckGoVersion: f.checkGoVersion, DisableASLR: f.disableASLR},
			}
			known, err := readConfig(f.config)
			if err != nil { // no reason not to debug
				fmt.Fprintln(a.stderr, "dlv-async:", oneLine(err.Error()))
			}
			if known != nil {
				o.Runtimes = declared.Runtimes(known.Declare)
			}
			o.Suppress = func(s *graph.Snapshot) { known.Apply(s, time.Now()) }
			if f.log {
				o.Log = func(format string, args ...any) { fmt.Fprintf(a.stderr, "dlv-async: "+format+"\n", args...) }
			}
			switch {
			case f.stdio:
				return a.dapStreams(c, o)
			case f.clientAddr != "":
				return dap.Connect(c.Context(), f.clientAddr, o)
			}
			return dap.Listen(c.Context(), f.listen, dap.Door{SameUser: f.sameUser, Several: f.several}, o)
		},
	}
	c.Flags().StringVarP(&f.listen, "listen", "l", "127.0.0.1:0", "the `ADDRESS` to wait for the client at; unix:PATH is a Unix domain socket")
	c.Flags().BoolVar(&f.stdio, "stdio", false, "speak over standard input and output")
	c.Flags().StringVar(&f.clientAddr, "client-addr", "", "the `ADDRESS` that the client waits at, to be dialled")
	c.Flags().BoolVar(&f.sameUser, "only-same-user", true, "take connections of this user only")
	c.Flags().BoolVar(&f.several, "accept-multiclient", false, "take several clients, who share what is debugged; it ends when one of them says so")
	c.Flags().StringVar(&f.config, "config", "", "read this `FILE` instead of "+config.Name+" of this directory, or of one above it in the repository")
	c.Flags().BoolVar(&f.log, "log", false, "log what goes on")
	c.Flags().StringVar(&f.logOutput, "log-output", "", "`PARTS` of Delve to log: debugger, dap, rpc, fncall, ...")
	c.Flags().StringVar(&f.logDest, "log-dest", "", "a `FILE` or file descriptor to log to, and to say the address to")
	c.Flags().BoolVar(&f.checkGoVersion, "check-go-version", true, "refuse programs of Go releases that Delve does not know")
	c.Flags().BoolVar(&f.disableASLR, "disable-aslr", false, "launch programs without address space randomisation")
	ignoreDlvFlags(c)
	return c
}

// ignoreDlvFlags takes the flags that every command of dlv has and that its
// dap ignores, so that settings made for dlv do no harm.
func ignoreDlvFlags(c *cobra.Command) {
	for _, name := range []string{"headless", "allow-non-terminal-interactive"} {
		c.Flags().Bool(name, false, "ignored")
	}
	for _, name := range []string{"init", "build-flags", "wd", "backend"} {
		c.Flags().String(name, "", "ignored")
	}
	c.Flags().Int("api-version", 2, "ignored")
	c.Flags().StringArrayP("redirect", "r", nil, "ignored")
	for _, name := range []string{"headless", "allow-non-terminal-interactive", "init", "build-flags", "wd", "backend", "api-version", "redirect"} {
		_ = c.Flags().MarkHidden(name)
	}
}

// dapStreams serves over the standard streams. Whatever else would write to
// standard output goes to standard error from here on.
func (a *app) dapStreams(c *cobra.Command, o dap.Options) error {
	var in io.Reader = a.stdin
	out := a.stdout
	if a.stdout == os.Stdout {
		os.Stdout = os.Stderr
	}
	dap.Streams(c.Context(), in, out, o)
	return nil
}

// consoleWidth is how many columns an editor's console is taken to have. It
// wraps longer lines, and scrolls.
const consoleWidth = 120

// console runs a line that a user typed in an editor's console: a view with
// its flags, as at the prompt.
func (a *app) console(s *graph.Snapshot, line string) (string, error) {
	words, err := splitWords(line)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	inner := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &out}
	flags := newViewFlags()
	p := &session{app: inner, now: s, flags: flags}
	p.flags.width, p.flags.color = consoleWidth, "never"
	if len(words) == 0 {
		words = []string{"report"}
	}
	if words[0] == "refresh" {
		return "", usagef("each stop has its own snapshot; there is nothing to refresh")
	}
	err = p.run(context.Background(), words)
	var ambiguous *ambiguousError
	if errors.As(err, &ambiguous) { // the candidates are in the output
		fmt.Fprintln(&out, err)
		err = nil
	}
	return out.String(), err
}
