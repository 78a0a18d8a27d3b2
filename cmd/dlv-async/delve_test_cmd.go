package main

import (
	"github.com/spf13/cobra"

	"github.com/dlv-async/dlv-async/internal/dlvprompt"
)

func newTest(a *app) *cobra.Command {
	var f dlvFlags
	c := &cobra.Command{
		Use:   "test -i [PACKAGE] [-- ARGS]",
		Short: "Debug a package's tests at Delve's prompt, with async",
		Long: `With -i the tests of the package here, or of the one named, are built and
started at Delve's prompt, as dlv test does, in the package's directory.`,
		Example: `  dlv-async test -i ./orders -- -test.run Checkout`,
		RunE: func(c *cobra.Command, args []string) error {
			if !f.interactive {
				return usagef("test needs -i")
			}
			return a.debugTests(c, args, &f)
		},
	}
	f.register(c, dlvprompt.Test)
	return c
}

// debugTests prompts over a package's tests.
func (a *app) debugTests(c *cobra.Command, args []string, f *dlvFlags) error {
	packages, flags := splitDash(c, args)
	return a.debug(dlvprompt.Target{Mode: dlvprompt.Test, Packages: packages, Args: flags}, f, nil)
}
