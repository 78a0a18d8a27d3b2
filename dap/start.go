package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// start makes the backend that a launch or attach request asks for. It may
// take as long as a build does.
func (a *adapter) start(m *wire.Message) (s started) {
	defer func() {
		if r := recover(); r != nil {
			s = started{request: m, err: internalError(r)}
		}
	}()
	if len(m.Arguments) == 0 {
		m.Arguments = json.RawMessage("{}")
	}
	p := newPanel(a)
	if err := p.settings.read(m.Arguments); err != nil {
		return started{request: m, err: err}
	}
	if m.Command == "launch" {
		return a.launch(m, p)
	}
	return a.attach(m, p)
}

func (a *adapter) launch(m *wire.Message, p *panel) started {
	mode, noDebug, err := delve.LaunchMode(m.Arguments)
	switch {
	case err != nil:
		return started{request: m, err: err}
	case mode == "core":
		return a.launchCore(m, p)
	case noDebug && mode != "replay":
		if a.options.Delve.OwnStreams {
			m.Arguments = withoutStreams(m.Arguments)
		}
		return started{request: m}
	}
	d, err := delve.Launch(m.Arguments, a.options.Delve, a.out.output)
	if err != nil {
		return started{request: m, err: err}
	}
	return a.startGo(m, p, d, nil)
}

// launchCore opens a core dump with our own reader, and a Go program's with
// Delve's too: it evaluates expressions in frames.
func (a *adapter) launchCore(m *wire.Message, p *panel) started {
	var files struct{ Program, CoreFilePath, DlvCwd string }
	if err := json.Unmarshal(m.Arguments, &files); err != nil {
		return started{request: m, err: fmt.Errorf("invalid debug configuration - %w", err)}
	}
	if files.CoreFilePath == "" {
		return started{request: m, err: fmt.Errorf("The 'coreFilePath' attribute is missing in debug configuration.")}
	}
	in := func(path string) string {
		if path == "" || filepath.IsAbs(path) || files.DlvCwd == "" {
			return path
		}
		return filepath.Join(files.DlvCwd, path)
	}
	look := func(ctx context.Context) (*graph.Snapshot, error) {
		s, err := snapshot.Core(ctx, in(files.Program), in(files.CoreFilePath), snapshot.Options{
			Tool: a.options.Tool, More: a.options.Runtimes, Locals: p.settings.locals(), AnyExe: p.settings.values.AnyExe,
		})
		if err != nil { // what the command line has a flag for is a setting here
			err = settingFor{err}
		}
		return s, err
	}
	s, err := look(p.ctx)
	if err != nil && (files.Program == "" || !errors.Is(err, dlvext.ErrNotELF)) {
		return started{request: m, err: err}
	}
	// Of what is no ELF file, Delve knows more formats.
	isGo := err != nil || slices.ContainsFunc(s.Runtimes, func(r *graph.Runtime) bool { return r.Name == goRuntime })
	if isGo {
		if files.Program == "" {
			m.Arguments = merge(m.Arguments, map[string]any{"program": s.Process.Exe})
		}
		d, delveErr := delve.Launch(m.Arguments, a.options.Delve, a.out.output)
		switch {
		case delveErr == nil:
			return a.startGo(m, p, d, &coreSnapshot{s, err})
		case err != nil:
			return started{request: m, err: err}
		}
		a.out.output("console", fmt.Sprintf("Delve cannot open this core dump, so that expressions cannot be evaluated: %v\n", delveErr))
	}
	return a.watch(m, &watcher{panel: p, look: look, name: filepath.Base(files.CoreFilePath), first: s, startsStop: true})
}

// settingFor is an error that names a flag of the command line, in the words
// of a launch request.
type settingFor struct{ error }

func (e settingFor) Error() string {
	return strings.ReplaceAll(e.error.Error(), "--any-exe", `the setting "async": {"anyExe": true}`)
}

func (e settingFor) Unwrap() error { return e.error }

// coreSnapshot is the one snapshot there is of a core dump. It is of our own
// reader, which knows the pages of shared libraries; Delve's takes all files'
// for the executable's.
type coreSnapshot struct {
	s   *graph.Snapshot
	err error
}

// goRuntime is the name of what Delve debugs.
const goRuntime = "go"

func (a *adapter) attach(m *wire.Message, p *panel) started {
	var arguments struct {
		Mode      string `json:"mode"`
		ProcessID int    `json:"processId"`
	}
	if err := json.Unmarshal(m.Arguments, &arguments); err != nil {
		return started{request: m, err: fmt.Errorf("invalid debug configuration - %w", err)}
	}
	pid := arguments.ProcessID
	switch arguments.Mode {
	case "remote":
		return started{request: m, err: errNoDebugger}
	case "observe":
		if pid <= 0 {
			return started{request: m, err: fmt.Errorf("The 'processId' attribute is missing in debug configuration")}
		}
		return a.observe(m, p, pid, true)
	case "", "local":
		if pid > 0 && !delveDebugs(pid) {
			return a.observe(m, p, pid, p.settings.delves.StopOnEntry)
		}
	}
	d, err := delve.Attach(m.Arguments, a.options.Delve)
	if err != nil {
		return started{request: m, err: err}
	}
	return a.startGo(m, p, d, nil)
}

// errNoDebugger refuses to take part in what is being debugged. The words are
// those of Delve's session.
var errNoDebugger = errors.New("no debugger found; with --accept-multiclient, another client launches or attaches first")

// delveDebugs tells whether a process is a Go program, or nothing that is
// known: then Delve has the words for it.
func delveDebugs(pid int) bool {
	runtimes, err := dlvext.ProcessRuntimes(pid)
	return err != nil || len(runtimes) == 0 || slices.ContainsFunc(runtimes, func(name string) bool {
		return strings.HasPrefix(name, goRuntime)
	})
}

// observe looks at a live process without touching it.
func (a *adapter) observe(m *wire.Message, p *panel, pid int, stops bool) started {
	return a.watch(m, &watcher{
		panel: p, name: fmt.Sprintf("process %d", pid), live: true, startsStop: stops,
		look: func(ctx context.Context) (*graph.Snapshot, error) {
			return snapshot.Attach(ctx, pid, snapshot.Options{Tool: a.options.Tool, More: a.options.Runtimes, Locals: p.settings.locals()})
		},
	})
}

// withoutStreams has a program that Delve's session runs by itself use none of
// this process's streams, on which the client is.
func withoutStreams(arguments json.RawMessage) json.RawMessage {
	var given struct {
		StdinFrom, StdoutTo, StderrTo string
	}
	_ = json.Unmarshal(arguments, &given) // the session says what is wrong
	instead := map[string]any{}
	if given.StdinFrom == "" {
		instead["stdinFrom"] = os.DevNull
	}
	if given.StdoutTo == "" && given.StderrTo == "" {
		instead["outputMode"] = "remote"
	}
	return merge(arguments, instead)
}
