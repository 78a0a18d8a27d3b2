package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dlv-async/dlv-async/internal/dlvprompt"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// dlvFlags are dlv's, of the same names, for the commands that can end at its
// prompt.
type dlvFlags struct {
	interactive bool
	flags       dlvprompt.Flags
	names       []string   // of all but -i
	views       *viewFlags // of the same command line; nil: it has none
}

// leftToDlv are dlv's flags of a Delve without a prompt.
var leftToDlv = []string{"headless", "accept-multiclient", "continue", "only-same-user", "listen", "api-version"}

// register adds the flags to a command that does other things without -i, and
// there they are hidden; or to one that always prompts.
func (f *dlvFlags) register(c *cobra.Command, mode dlvprompt.Mode) {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	d := &f.flags
	own.StringVar(&d.Init, "init", "", "a `FILE` of commands to begin with")
	own.StringVar(&d.Backend, "backend", "default", "Delve's `BACKEND`: default, native, lldb or rr")
	own.BoolVar(&d.CheckGoVersion, "check-go-version", true, "refuse programs of Go releases that Delve does not know")
	own.BoolVar(&d.NonTerminal, "allow-non-terminal-interactive", false, "prompt also where there is no terminal")
	own.BoolVar(&d.Log, "log", false, "log what Delve does")
	own.StringVar(&d.LogOutput, "log-output", "", "`PARTS` of Delve to log: debugger, rpc, fncall, ...")
	own.StringVar(&d.LogDest, "log-dest", "", "a `FILE` or file descriptor to log to")
	if mode == dlvprompt.Debug || mode == dlvprompt.Test || mode == dlvprompt.Exec {
		own.StringVar(&d.WD, "wd", "", "the working `DIRECTORY` of the program")
		own.StringArrayVarP(&d.Redirects, "redirect", "r", nil, "a `FILE` for a standard stream of the program: [stdin:|stdout:|stderr:]PATH")
		own.BoolVar(&d.DisableASLR, "disable-aslr", false, "start the program without address space randomisation")
	}
	if mode == dlvprompt.Debug || mode == dlvprompt.Exec {
		own.StringVar(&d.TTY, "tty", "", "a `TERMINAL` for the program")
		own.BoolVar(&d.RRCleanup, "rr-cleanup", true, "delete what rr recorded at the end")
	}
	if mode == dlvprompt.Debug || mode == dlvprompt.Test {
		own.StringVar(&d.BuildFlags, "build-flags", "", "`FLAGS` for the compiler: -tags=integration -race")
		own.StringVar(&d.Output, "output", "", "the `PATH` of the binary that is built")
	}
	if mode == dlvprompt.Attach {
		own.StringVar(&d.WaitFor, "waitfor", "", "wait for a process whose name begins with this `PREFIX`")
		own.Float64Var(&d.WaitForInterval, "waitfor-interval", 1, "look for it each so many `MILLISECONDS`")
		own.Float64Var(&d.WaitForDuration, "waitfor-duration", 0, "and give up after so many `SECONDS`")
	}
	always := mode == dlvprompt.Debug || mode == dlvprompt.Exec
	own.VisitAll(func(flag *pflag.Flag) {
		f.names = append(f.names, flag.Name)
		flag.Hidden = !always
	})
	for i, name := range leftToDlv {
		if i < 4 {
			c.Flags().Bool(name, false, "")
		} else {
			c.Flags().String(name, "", "")
		}
		_ = c.Flags().MarkHidden(name)
	}
	c.Flags().AddFlagSet(own)
	c.Flags().BoolVarP(&f.interactive, "interactive", "i", always, "debug at Delve's prompt, with its commands and the command async")
	if always {
		_ = c.Flags().MarkHidden("interactive")
	}
}

// check refuses flags of a Delve without a prompt, and a prompt's where there is none.
func (f *dlvFlags) check(c *cobra.Command) error {
	for _, name := range leftToDlv {
		if c.Flags().Changed(name) {
			return usagef("--%s is left to dlv: what `dlv %s --headless --accept-multiclient` has stopped is read by dlv-async connect", name, c.Name())
		}
	}
	for _, name := range f.names {
		if !f.interactive && c.Flags().Changed(name) {
			return usagef("--%s is for Delve's prompt: -i", name)
		}
	}
	return nil
}

// dlvHelp is what the help of a command says of -i.
const dlvHelp = `

With -i it is debugged: at Delve's prompt, with all of dlv's commands, its
configuration and the flags that its command of this name has, and the command
async for the views above. Unlike all else here, that stops and changes the
program. docs/delve.md has the rest.`

// debug prompts over a target.
func (a *app) debug(t dlvprompt.Target, f *dlvFlags, core optionalSource) error {
	return a.atDelvesPrompt(f, core, func(c dlvprompt.Command) (int, error) { return dlvprompt.Run(t, f.flags, c) })
}

// atDelvesPrompt runs a prompt with the command async, which takes its
// snapshots from source; nil: of what is debugged.
func (a *app) atDelvesPrompt(f *dlvFlags, source optionalSource, run func(dlvprompt.Command) (int, error)) error {
	flags := newViewFlags()
	if f.views != nil {
		flags = *f.views
	}
	async, err := newAsyncCommand(a, flags, source)
	if err != nil {
		return err
	}
	status, err := run(async.command())
	if err == nil && status != 0 {
		err = &statusError{status}
	}
	return err
}

// splitDash tells the arguments of a command from those of the program, behind --.
func splitDash(c *cobra.Command, args []string) (own, program []string) {
	if n := c.ArgsLenAtDash(); n >= 0 {
		return args[:n], args[n:]
	}
	return args, nil
}

func newDebug(a *app) *cobra.Command {
	var f dlvFlags
	c := &cobra.Command{
		Use:   "debug [PACKAGE] [-- ARGS]",
		Short: "Build a program and debug it at Delve's prompt, with async",
		Long: `Builds the main package here, or the one named, and starts it at Delve's
prompt, as dlv debug does: all of dlv's commands, its configuration, and the
command async, which shows who waits for whom whenever the program stands.`,
		Example: `  dlv-async debug
  dlv-async debug ./cmd/server --build-flags=-race -- --port 8080`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(c); err != nil {
				return err
			}
			packages, program := splitDash(c, args)
			return a.debug(dlvprompt.Target{Mode: dlvprompt.Debug, Packages: packages, Args: program}, &f, nil)
		},
	}
	f.register(c, dlvprompt.Debug)
	return c
}

func newExec(a *app) *cobra.Command {
	var f dlvFlags
	c := &cobra.Command{
		Use:   "exec EXE [-- ARGS]",
		Short: "Start a program at Delve's prompt, with async",
		Long: `Starts a Go program at Delve's prompt, as dlv exec does: all of dlv's commands,
its configuration, and the command async, which shows who waits for whom
whenever the program stands.`,
		Example: `  dlv-async exec ./server -- --port 8080`,
		Args:    needs("a program"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(c); err != nil {
				return err
			}
			own, program := splitDash(c, args)
			if len(own) != 1 {
				return usagef("exec takes one program, %q is more: what is for the program stands behind --", strings.Join(own, " "))
			}
			return a.debug(dlvprompt.Target{Mode: dlvprompt.Exec, Exe: own[0], Args: program}, &f, nil)
		},
		ValidArgsFunction: completeFiles,
	}
	f.register(c, dlvprompt.Exec)
	return c
}

// debugCore prompts over a core dump. Delve needs the executable named.
func (a *app) debugCore(exe, core string, f *dlvFlags, o snapshot.Options) error {
	if exe == "" {
		return usagef("-i needs the executable too: core -i EXE CORE")
	}
	return a.debug(dlvprompt.Target{Mode: dlvprompt.Core, Exe: exe, Core: core}, f, func(ctx context.Context, want wants) (*graph.Snapshot, error) {
		o.Locals = want.locals
		return snapshot.Core(ctx, exe, core, o)
	})
}
