package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

func newCore(a *app) *cobra.Command {
	views := newViewFlags()
	var sysroot string
	var libDirs []string
	var anyExe bool
	var debug dlvFlags
	c := &cobra.Command{
		Use:   "core [EXE] CORE [VIEW]",
		Short: "Show what a core dump's process was doing, and why it died",
		Long: `Reads an ELF core of Linux, as the kernel, gcore or systemd-coredump write it,
also compressed with zstd or lz4. The executable is found by the core when EXE
is left out; which of the two files is the core is seen by looking.` + viewHelp() + dlvHelp,
		Example: `  dlv-async core ./server core.4242
  dlv-async core core.4242 tree
  dlv-async core --sysroot ./image-root core.4242
  dlv-async core /var/lib/systemd/coredump/core.server.zst where current`,
		Args:              needs("a CORE"),
		ValidArgsFunction: completeCore,
		RunE: func(c *cobra.Command, args []string) error {
			if err := debug.check(c); err != nil {
				return err
			}
			exe, core, view, err := coreArgs(args)
			if err != nil {
				return err
			}
			options := snapshot.Options{Tool: tool(), Sysroot: sysroot, LibDirs: libDirs, AnyExe: anyExe}
			views.apply(&options)
			if debug.interactive {
				if len(view) > 0 {
					return usagef("with -i a view is shown at the prompt: async %s", view[0])
				}
				return a.debugCore(exe, core, &debug, options)
			}
			return a.show(c.Context(), view, &views, func(ctx context.Context) (*graph.Snapshot, error) {
				return snapshot.Core(ctx, exe, core, options)
			})
		},
	}
	views.register(c)
	debug.register(c, dlvprompt.Core)
	debug.views = &views
	c.Flags().StringVar(&sysroot, "sysroot", "", "look for the executable and libraries below this `DIR` first")
	c.Flags().StringSliceVar(&libDirs, "lib-dir", nil, "look for libraries in these `DIRS` too")
	c.Flags().BoolVar(&anyExe, "any-exe", false, "go on with an executable that is not the one that ran, and say so")
	_ = c.MarkFlagDirname("sysroot")
	_ = c.MarkFlagDirname("lib-dir")
	return c
}

// completeCore completes files, and views once a core was named.
func completeCore(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
	n := 1
	if len(args) > 0 && isExecutable(args[0]) {
		n = 2
	}
	return completeViews(n, completeFiles)(c, args, toComplete)
}

func completeFiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}
