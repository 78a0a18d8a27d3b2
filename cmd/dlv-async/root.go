package main

import (
	"io"

	"github.com/spf13/cobra"
)

// app is what every command works with.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	started bool // the command line was understood, and its command runs
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "dlv-async",
		Short: "Who waits for whom: logical async backtraces of a process or core dump",
		Long: `dlv-async reads a process or a core dump and shows its tasks (goroutines,
tasks of asyncio and Trio) as what they are: who waits for whom, what each is
part of, and what is wrong. The process is stopped for milliseconds and never
written to.`,
		Example: `  dlv-async demo                      a sample to look at
  dlv-async attach 4242               what is the process doing?
  dlv-async core ./server core.4242   what was it doing?
  dlv-async attach 4242 where go:57   how did goroutine 57 come there?`,
		Version:       versionLines(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentPreRun = func(*cobra.Command, []string) { a.started = true }
	root.SetVersionTemplate("{{.Version}}") // as the command version
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.AddGroup(
		&cobra.Group{ID: "sources", Title: "Sources of a snapshot:"},
		&cobra.Group{ID: "debugging", Title: "At Delve's prompt, with async (also: test, attach, core and connect with -i):"},
		&cobra.Group{ID: "more", Title: "More:"},
	)
	for _, c := range []*cobra.Command{
		newAttach(a), newCore(a), newOpen(a), newConnect(a), newDemo(a),
	} {
		c.GroupID = "sources"
		root.AddCommand(c)
	}
	for _, c := range []*cobra.Command{newDebug(a), newExec(a)} {
		c.GroupID = "debugging"
		root.AddCommand(c)
	}
	for _, c := range []*cobra.Command{newTest(a), newDeclare(a), newDiff(a), newCapture(a), newDap(a), newPs(a), newVersion(a)} {
		c.GroupID = "more"
		root.AddCommand(c)
	}
	help := newHelp(a)
	help.GroupID = "more"
	root.SetHelpCommand(help)
	root.SetCompletionCommandGroupID("more")
	return root
}
