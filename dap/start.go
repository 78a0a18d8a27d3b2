package dap

import (
	"encoding/json"
	"os"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
)

// start makes the backend that a launch or attach request asks for. It may
// take as long as a build does.
func (a *adapter) start(m *wire.Message) started {
	if len(m.Arguments) == 0 {
		m.Arguments = json.RawMessage("{}")
	}
	if m.Command == "launch" {
		return a.launch(m)
	}
	return a.attach(m)
}

func (a *adapter) launch(m *wire.Message) started {
	mode, noDebug, err := delve.LaunchMode(m.Arguments)
	switch {
	case err != nil:
		return started{request: m, err: err}
	case noDebug && mode != "core" && mode != "replay":
		if a.options.Delve.OwnStreams {
			m.Arguments = withoutStreams(m.Arguments)
		}
		return started{request: m}
	}
	d, err := delve.Launch(m.Arguments, a.options.Delve, a.out.output)
	if err != nil {
		return started{request: m, err: err}
	}
	var core *coreFiles
	if mode == "core" {
		core = &coreFiles{}
		_ = json.Unmarshal(m.Arguments, core)
	}
	return a.startGo(m, d, core)
}

func (a *adapter) attach(m *wire.Message) started {
	var arguments struct {
		Mode string `json:"mode"`
	}
	if err := json.Unmarshal(m.Arguments, &arguments); err == nil && arguments.Mode == "remote" {
		return started{request: m} // there is no debugger yet: Delve's session says so
	}
	d, err := delve.Attach(m.Arguments, a.options.Delve)
	if err != nil {
		return started{request: m, err: err}
	}
	return a.startGo(m, d, nil)
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
