package main

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newConnect(a *app) *cobra.Command {
	views := newViewFlags()
	var o dlvext.ConnectOptions
	var capture captureFlags
	var debug dlvFlags
	c := &cobra.Command{
		Use:   "connect HOST:PORT [VIEW]",
		Short: "Show what the stopped target of a headless Delve is doing",
		Long: `Reads the target of a Delve that was started with --headless
--accept-multiclient, by hand, by an editor or in a container, while it stands
still. Nothing changes there: it stays stopped, with its breakpoints, its other
clients and its current goroutine, which is called current here.

A process of this machine is read directly, any other through Delve; symbols
are of the executable on this machine, whose build is checked.` + viewHelp() + `

With -i it is Delve's prompt, as dlv connect has it, with the command async for
the views above. That is a debugger: it stops a target that runs.`,
		Example: `  dlv-async connect 127.0.0.1:2345
  dlv-async connect build-host:2345 --exe ./server where current
  dlv-async connect unix:/run/dlv.sock problems
  dlv-async connect -i 127.0.0.1:2345`,
		Args:              needs("an address: HOST:PORT or unix:PATH"),
		ValidArgsFunction: completeViews(1, cobra.NoFileCompletions),
		RunE: func(c *cobra.Command, args []string) error {
			if err := debug.check(c); err != nil {
				return err
			}
			if err := checkAddress(args[0]); err != nil {
				return err
			}
			options := snapshot.Options{Tool: tool()}
			views.apply(&options)
			if err := capture.apply(&options); err != nil {
				return err
			}
			o.Heap = options.Heap
			take := func(ctx context.Context) (*graph.Snapshot, error) {
				s, goroutine, err := snapshot.Connect(ctx, args[0], o, options)
				if goroutine != 0 {
					views.current = graph.TaskID(fmt.Sprintf("go:%d", goroutine))
				}
				return s, err
			}
			if debug.interactive {
				if len(args) > 1 {
					return usagef("with -i a view is shown at the prompt: async %s", args[1])
				}
				atPrompt := func(ctx context.Context, want wants) (*graph.Snapshot, error) {
					options.Locals, o.Heap = want.locals, options.Heap || want.heap
					return take(ctx)
				}
				return a.atDelvesPrompt(&debug, atPrompt, func(c dlvprompt.Command) (int, error) {
					return dlvprompt.Connect(args[0], debug.flags, c)
				})
			}
			return a.show(c.Context(), args[1:], &views, take)
		},
	}
	views.register(c)
	debug.register(c, dlvprompt.Connected)
	debug.views = &views
	capture.registerWhat(c)
	c.Flags().StringVar(&o.Exe, "exe", "", "the executable on this machine, when it is not where it runs: a `FILE`")
	c.Flags().BoolVar(&o.Halt, "halt", false, "have a target that runs stop, and let it go on when it was read")
	c.Flags().BoolVar(&o.Remote, "remote", false, "read all through Delve, also what could be read directly")
	return c
}

// checkAddress refuses what cannot be where a Delve listens.
func checkAddress(addr string) error {
	if strings.HasPrefix(addr, "unix:") {
		return nil
	}
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		return usagef("%q is no address: HOST:PORT or unix:PATH", addr)
	}
	return nil
}
