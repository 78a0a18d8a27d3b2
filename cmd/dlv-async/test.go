package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/internal/hang"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// testFlags are the flags of the command test.
type testFlags struct {
	program string // of --cmd; empty: go test
	after   time.Duration
	kill    bool
	output  string
	save    string
	redact  bool
	color   string
	width   int
}

func newTest(a *app) *cobra.Command {
	f := testFlags{output: "text", color: "auto"}
	var dlv dlvFlags
	c := &cobra.Command{
		Use:   "test [PACKAGES] [-- FLAGS]",
		Short: "Run go test, or other tests, and say why one hangs",
		Long: `Runs go test. Its output, its input and its exit code are its own. When a test
hangs, what it hangs on, the chain of waits and the tree of the test's process
go to stderr. A test hangs when

  nothing is left that could make it go on: tasks wait for each other in a
    circle, or all of them wait and no timer, no file and no other process could
    wake one;
  the deadline of its binary (-timeout, 10 minutes by default) is over;
  it runs longer than --hang-after.

Processes that the tests have started are shown too. The tests go on, as they
would without: go test ends those whose deadline is over. --kill ends them once
they are explained. FLAGS are those of go test: -run, -race, -count and so on.

With --cmd PROGRAM it is that program that is run, with everything that stands
behind as its arguments: pytest, make, a script. The Go tests and the Pythons
that it starts are watched.

With -i the tests of one package are debugged: at Delve's prompt, with the flags
of dlv test and the command async. ARGS behind -- are the test binary's then, and
--output is where it is built. docs/delve.md has the rest.`,
		Example: `  dlv-async test ./...
  dlv-async test ./store -- -run TestTransfer -race -timeout 30s
  dlv-async test --hang-after 20s --save hang.json ./...
  dlv-async test --cmd pytest -x tests/
  dlv-async test -i ./orders -- -test.run Checkout`,
		RunE: func(c *cobra.Command, args []string) error {
			own, behind := splitDash(c, args)
			switch err := dlv.check(c); {
			case err != nil && !dlv.interactive: // -run is -r for it
				return usagef("%v; %s", err, behindDashes)
			case err != nil:
				return err
			}
			if dlv.interactive {
				if c.Flags().Changed("output") {
					dlv.flags.Output = f.output
				}
				return a.debug(dlvprompt.Target{Mode: dlvprompt.Test, Packages: own, Args: behind}, &dlv, nil)
			}
			return a.test(c.Context(), &f, own, behind)
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.program, "cmd", "", "run this `PROGRAM`, with all that stands behind it, instead of go test")
	fs.DurationVar(&f.after, "hang-after", 0, "a test that runs longer than this `DURATION` hangs; 0: none does for that")
	fs.BoolVar(&f.kill, "kill", false, "end a process whose tests hang once it is explained")
	fs.StringVarP(&f.output, "output", "o", f.output, "`FORMAT` of what is said of a hang: text, or json, an object for each")
	fs.StringVar(&f.save, "save", "", "save the snapshot of a hang in this `FILE`, for open; of a second in FILE.2, and so on")
	fs.BoolVar(&f.redact, "redact", false, "no values of strings and buffers in any output: [redacted] stands for them")
	fs.StringVar(&f.color, "color", f.color, "`WHEN` to use colour: auto, always or never; NO_COLOR is respected")
	fs.IntVar(&f.width, "width", 0, "`COLUMNS` of the output; 0: those of the terminal or of $COLUMNS, else 80")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
	dlv.register(c, dlvprompt.Test)
	dlv.names = slices.DeleteFunc(dlv.names, func(name string) bool { return name == "output" }) // it is ours too
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; %s", err, behindDashes)
	})
	return c
}

const behindDashes = "flags of go test stand behind --: dlv-async test ./... -- -run X"

// behindCmd puts a -- behind the program of --cmd, so that what follows is the
// program's.
func behindCmd(args []string) []string {
	if len(args) == 0 || args[0] != "test" {
		return args
	}
	for i, arg := range args {
		switch {
		case arg == "--":
			return args
		case arg == "--cmd" && i+2 < len(args):
			return slices.Insert(slices.Clone(args), i+2, "--")
		case strings.HasPrefix(arg, "--cmd="):
			return slices.Insert(slices.Clone(args), i+1, "--")
		}
	}
	return args
}

// test runs tests and explains those that hang.
func (a *app) test(ctx context.Context, f *testFlags, packages, flags []string) error {
	views := &viewFlags{output: f.output, color: f.color, width: f.width, redact: f.redact}
	look, err := newLook(a, views)
	switch {
	case err != nil:
		return err
	case f.output != "text" && f.output != "json":
		return usagef("--output: %q is none of text, json", f.output)
	case f.after < 0:
		return usagef("--hang-after cannot be negative")
	}
	var cmd *exec.Cmd
	switch {
	case f.program == "":
		if cmd, err = goTest(packages, flags); err != nil {
			return err
		}
	case len(packages) > 0:
		return usagef("--cmd runs %s instead of go test: its arguments stand behind it", f.program)
	default:
		cmd = exec.Command(f.program, flags...)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.stdin, a.stdout, a.stderr

	color, err := (&viewFlags{color: f.color}).useColor(a.stderr)
	if err != nil {
		return err
	}
	look.options.Color = color
	if f.width == 0 {
		look.options.Width = (&viewFlags{}).columnsOf(a.stderr)
	}
	options := snapshot.Options{Tool: tool()}
	views.apply(&options)
	teller := &teller{app: a, flags: f, options: look.options}
	code, err := hang.Run(ctx, cmd, &hang.Watch{
		Any: f.program != "", After: f.after, Tell: teller.tell,
		Take: func(ctx context.Context, pid int, want hang.Want) (*graph.Snapshot, error) {
			options.Heap, options.Locals = want.Heap, want.Locals
			s, err := snapshot.Attach(ctx, pid, options)
			if err == nil {
				look.known.Apply(s, time.Now())
			}
			return s, err
		},
	})
	if err != nil {
		return fmt.Errorf("cannot run %s: %w", cmd.Args[0], pathless(err))
	}
	if code != 0 {
		return &statusError{code}
	}
	return nil
}

// goTest is a go test that keeps the debug information of what it builds.
func goTest(packages, flags []string) (*exec.Cmd, error) {
	env := exec.Command("go", "env", "GOFLAGS")
	env.Stderr = os.Stderr
	goflags, err := env.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot run go: %w", pathless(err))
	}
	return exec.Command("go", hang.GoTest(packages, flags, string(goflags))...), nil
}

// pathless takes the operation's name and the program's from an error of
// package exec.
func pathless(err error) error {
	var missing *exec.Error
	var path *os.PathError
	switch {
	case errors.As(err, &missing):
		return missing.Err
	case errors.As(err, &path):
		return path.Err
	}
	return err
}

// teller says what is to be said of hangs.
type teller struct {
	*app
	flags   *testFlags
	options render.Options
	lock    sync.Mutex
	saved   int
}

// tell explains one hang, in one piece, so that what tests write meanwhile
// stands before or behind it.
func (t *teller) tell(h *hang.Hang) {
	t.lock.Lock()
	defer t.lock.Unlock()
	var out bytes.Buffer
	if err := t.write(&out, h); err != nil {
		fmt.Fprintln(&out, "dlv-async:", oneLine(err.Error()))
	}
	_, _ = t.stderr.Write(out.Bytes())
}

func (t *teller) write(w io.Writer, h *hang.Hang) error {
	if t.flags.output == "json" {
		if err := h.WriteJSON(w); err != nil {
			return err
		}
	} else if err := h.WriteText(w, t.options); err != nil {
		return err
	}
	if t.flags.save != "" {
		name, err := t.save(h)
		if err != nil {
			return fmt.Errorf("cannot save the snapshot: %w", err)
		}
		if t.flags.output == "text" {
			fmt.Fprintf(w, "saved: dlv-async open %s\n", name)
		}
	}
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		if err := h.Annotate(w, os.Getenv("GITHUB_WORKSPACE")); err != nil {
			return err
		}
	}
	if t.flags.kill {
		return h.Kill()
	}
	return nil
}

// save writes a snapshot that only its owner can read.
func (t *teller) save(h *hang.Hang) (name string, err error) {
	t.saved++
	name = t.flags.save
	if t.saved > 1 {
		ext := filepath.Ext(name)
		name = fmt.Sprintf("%s.%d%s", strings.TrimSuffix(name, ext), t.saved, ext)
	}
	var b bytes.Buffer
	if err := graph.WriteJSON(&b, h.Snapshot); err != nil {
		return name, err
	}
	return name, os.WriteFile(name, b.Bytes(), 0o600)
}
