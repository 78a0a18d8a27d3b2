package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newAttach(a *app) *cobra.Command {
	views := newViewFlags()
	var capture captureFlags
	var children bool
	var debug dlvFlags
	c := &cobra.Command{
		Use:   "attach PID [VIEW]",
		Short: "Show what a running process is doing",
		Long: `Stops the process for milliseconds, copies what is needed, lets it go on, and
shows what it was doing. Nothing is ever written to it. One that a debugger
or strace holds is read as it stands, or runs.

With --children the same is done with all its descendants, one after the other,
as of a server that forks workers. Each is a section of the output; one that
cannot be read says why in its section. --fail-on is for all of them.` + viewHelp() + dlvHelp,
		Example: `  dlv-async attach 4242
  dlv-async attach 4242 where go:57
  dlv-async attach 4242 where '~Checkout'
  dlv-async attach 4242 tasks --wait 'chan send' --sort since
  dlv-async attach 4242 -o json > snapshot.json
  dlv-async attach 4242 problems --fail-on deadlock
  dlv-async attach 4242 --children
  dlv-async attach -i 4242`,
		Args: func(c *cobra.Command, args []string) error {
			if debug.interactive && debug.flags.WaitFor != "" {
				return nil
			}
			return needs("a PID; dlv-async ps lists them")(c, args)
		},
		ValidArgsFunction: completeViews(1, completePIDs),
		RunE: func(c *cobra.Command, args []string) error {
			if err := debug.check(c); err != nil {
				return err
			}
			if debug.interactive {
				return a.debugProcess(args, &debug)
			}
			pid, err := parsePID(args[0])
			if err != nil {
				return err
			}
			options := snapshot.Options{Tool: tool()}
			views.apply(&options)
			if err := capture.apply(&options); err != nil {
				return err
			}
			if children {
				return a.showFamily(c.Context(), pid, args[1:], &views, func(pid int) source {
					return func(ctx context.Context) (*graph.Snapshot, error) { return snapshot.Attach(ctx, pid, options) }
				})
			}
			return a.show(c.Context(), args[1:], &views, func(ctx context.Context) (*graph.Snapshot, error) {
				return snapshot.Attach(ctx, pid, options)
			})
		},
	}
	views.register(c)
	capture.register(c)
	debug.register(c, dlvprompt.Attach)
	debug.views = &views
	c.Flags().BoolVar(&children, "children", false, "with the process's descendants: the workers of a server that forks them")
	return c
}

// debugProcess prompts over a process, named as dlv attach takes it: PID [EXE].
func (a *app) debugProcess(args []string, f *dlvFlags) error {
	t := dlvprompt.Target{Mode: dlvprompt.Attach}
	if len(args) > 0 {
		var err error
		if t.PID, err = parsePID(args[0]); err != nil {
			return err
		}
		args = args[1:]
	}
	switch len(args) {
	case 0:
	case 1:
		t.Exe = args[0]
	default:
		return usagef("attach -i takes a PID and its executable; a view is shown at the prompt: async %s", args[len(args)-1])
	}
	if runtimes, err := dlvext.ProcessRuntimes(t.PID); err == nil && isTerminal(a.stdout) && !slices.ContainsFunc(runtimes, isGo) {
		what := "no Go, nor anything else whose tasks are known"
		if len(runtimes) > 0 {
			what = runtimes[0] + ", and no Go: async shows its tasks"
		}
		fmt.Fprintf(a.stdout, "Process %d is %s; Delve's own commands see the C code of it.\n", t.PID, oneLine(what))
	}
	return a.debug(t, f, nil)
}

func isGo(runtime string) bool { return strings.HasPrefix(runtime, "go") }

func parsePID(s string) (int, error) {
	pid, err := strconv.Atoi(s)
	if err != nil || pid <= 0 {
		return 0, usagef("%q is no process id; dlv-async ps lists them", s)
	}
	return pid, nil
}
