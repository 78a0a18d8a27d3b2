package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version of dlv-async and of the Delve in it",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(a.stdout, versionLines())
			return err
		},
	}
}

// versionLines are the versions of this program and of what it is made of, a line each.
func versionLines() string {
	return fmt.Sprintf("%s\ndelve %s\n%s %s/%s\n",
		tool(), dependency("github.com/go-delve/delve"), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// tool is the program's name and version, as snapshots carry it.
func tool() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return "dlv-async " + info.Main.Version
	}
	return "dlv-async (devel)"
}

// dependency returns the version of a module that was linked in.
func dependency(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "(none)"
}
