package dlvprompt

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/go-delve/delve/pkg/config"
	"github.com/go-delve/delve/pkg/gobuild"
	"github.com/go-delve/delve/pkg/logflags"
	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/debugger"
	"golang.org/x/term"

	"github.com/dlv-async/dlv-async/dap/delve"
)

// Mode is how a target comes under the debugger.
type Mode int

// The modes are dlv's commands of these names.
const (
	Debug Mode = iota
	Test
	Exec
	Attach
	Core
	Connected // by Connect
)

// Target is what to debug.
type Target struct {
	Mode     Mode
	Packages []string // to build, of Debug and Test; none: the one in the working directory
	Exe      string   // of Exec and Core; of Attach empty: Delve finds it
	Args     []string // of the program that is started
	PID      int      // of Attach
	Core     string   // of Core
}

// Flags are dlv's, of the same names.
type Flags struct {
	Init           string
	BuildFlags     string
	Output         string
	WD             string
	TTY            string
	Backend        string
	Redirects      []string
	CheckGoVersion bool
	DisableASLR    bool
	RRCleanup      bool
	NonTerminal    bool // --allow-non-terminal-interactive

	WaitFor                          string
	WaitForInterval, WaitForDuration float64

	Log                bool
	LogOutput, LogDest string
}

// check refuses what dlv refuses before it does anything.
func (f *Flags) check() error {
	for _, std := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if !f.NonTerminal && !term.IsTerminal(int(std.Fd())) {
			return fmt.Errorf("%s is not a terminal: -r redirects the target's, --allow-non-terminal-interactive takes the prompt's own from elsewhere", std.Name())
		}
	}
	if len(f.Redirects) > 0 && f.TTY != "" {
		return errors.New("-r and --tty cannot be used together")
	}
	return nil
}

// redirects are what -r says of the three standard streams: [stdin:|stdout:|stderr:]PATH.
func (f *Flags) redirects() (paths [3]string, err error) {
	for _, r := range f.Redirects {
		at := 0
		for i, name := range []string{"stdin", "stdout", "stderr"} {
			if path, ok := strings.CutPrefix(r, name+":"); ok {
				at, r = i, path
				break
			}
		}
		if paths[at] != "" {
			return paths, fmt.Errorf("-r: %s is redirected twice", []string{"stdin", "stdout", "stderr"}[at])
		}
		paths[at] = r
	}
	return paths, nil
}

// start brings the target under a debugger. What it built is removed by the
// function it returns.
func start(t Target, f *Flags, conf *config.Config) (d *delve.Debuggee, settings debugger.Config, remove func(), err error) {
	remove = func() {}
	paths, err := f.redirects()
	if err != nil {
		return nil, settings, remove, err
	}
	settings = debugger.Config{
		WorkingDir:            f.WD,
		Backend:               f.Backend,
		AttachPid:             t.PID,
		CoreFile:              t.Core,
		ExecuteKind:           debugger.ExecutingOther,
		Packages:              t.Packages,
		BuildFlags:            f.BuildFlags,
		DebugInfoDirectories:  conf.DebugInfoDirectories,
		CheckGoVersion:        f.CheckGoVersion,
		TTY:                   f.TTY,
		Stdin:                 paths[0],
		Stdout:                proc.OutputRedirect{Path: paths[1]},
		Stderr:                proc.OutputRedirect{Path: paths[2]},
		DisableASLR:           f.DisableASLR,
		RrDelOnDetach:         f.RRCleanup,
		AttachWaitFor:         f.WaitFor,
		AttachWaitForInterval: f.WaitForInterval,
		AttachWaitForDuration: f.WaitForDuration,
	}
	exe := t.Exe
	switch t.Mode {
	case Debug, Test:
		if exe, err = build(t, f, &settings); err != nil {
			return nil, settings, remove, err
		}
		remove = func() { gobuild.Remove(exe) }
	case Exec:
		settings.ExecuteKind = debugger.ExecutingExistingFile
	}
	if settings.WorkingDir == "" {
		settings.WorkingDir = "."
	}
	var args []string
	if exe != "" {
		args = append([]string{exe}, t.Args...)
	}
	d, err = delve.Start(settings, args)
	switch {
	case errors.Is(err, api.ErrNotExecutable) && t.Mode == Debug:
		err = errors.New("Delve cannot debug a package that is not main")
	case errors.Is(err, api.ErrNotExecutable):
		err = fmt.Errorf("%s is not executable", exe)
	}
	if err != nil {
		remove()
		return nil, settings, func() {}, err
	}
	return d, settings, remove, nil
}

// build compiles a program or its tests, and returns where it is.
func build(t Target, f *Flags, settings *debugger.Config) (exe string, err error) {
	name, make := "__debug_bin", gobuild.GoBuild
	settings.ExecuteKind = debugger.ExecutingGeneratedFile
	if t.Mode == Test {
		name, make = "debug.test", gobuild.GoTestBuild
		settings.ExecuteKind = debugger.ExecutingGeneratedTest
		if settings.WorkingDir == "" {
			settings.WorkingDir = packageDir(t.Packages)
		}
	}
	if f.Output == "" {
		exe = gobuild.DefaultDebugBinaryPath(name)
	} else if exe, err = filepath.Abs(f.Output); err != nil {
		return "", err
	}
	if err := make(exe, t.Packages, f.BuildFlags); err != nil {
		if f.Output == "" {
			gobuild.Remove(exe)
		}
		return "", fmt.Errorf("cannot build: %w", err) // the compiler has said the rest
	}
	return exe, nil
}

// packageDir is where the tests of a package run; empty: here.
func packageDir(packages []string) string {
	out, err := exec.Command("go", append([]string{"list", "-json=Dir"}, packages...)...).Output()
	var first struct{ Dir string }
	if err != nil || json.Unmarshal(out, &first) != nil {
		return ""
	}
	return first.Dir
}

// setLogs turns on Delve's logs.
func (f *Flags) setLogs() error { return logflags.Setup(f.Log, f.LogOutput, f.LogDest) }
