package dap

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
)

// goBackend is a Go program under Delve.
type goBackend struct {
	a *adapter
	p *proxy
	d *delve.Debuggee

	launched json.RawMessage // the arguments of a launch request; nil: it was attached to
}

// startGo puts a session of Delve's over a debuggee.
func (a *adapter) startGo(m *wire.Message, d *delve.Debuggee) started {
	b := &goBackend{a: a, d: d}
	if m.Command == "launch" {
		b.launched = m.Arguments
	}
	b.p = newProxy(a.out, a.options.Delve, d, b.event)
	begin := func() {
		if m.Command == "launch" {
			a.out.event("process", dap.ProcessEventBody{
				Name: d.CommandLine(), SystemProcessId: d.PID(), IsLocalProcess: true, StartMethod: "launch",
			})
		}
		// Delve's session finds its debugger made, as if by somebody else.
		remote := *m
		remote.Arguments = merge(m.Arguments, map[string]any{"mode": "remote", "processId": nil, "waitFor": nil})
		remote.Command = "attach"
		b.p.forward(&remote, func(answer *wire.Message) { answer.Command = m.Command })
	}
	if err := b.p.ask(context.Background(), "initialize", a.initialize.Arguments, nil); err != nil {
		b.close()
		return started{request: m, err: err}
	}
	return started{request: m, back: b, begin: begin}
}

func (b *goBackend) request(m *wire.Message) {
	switch m.Command {
	case "restart":
		m.Arguments = b.restart(m.Arguments)
		b.p.forward(m, nil)
	default:
		b.p.forward(m, nil)
	}
}

// restart completes the arguments of a restart request. Delve's session wants
// to build what it restarts unless told otherwise, and ends over a program
// that it did not build; and where arguments are given to the program anew, it
// forgets where the output goes.
func (b *goBackend) restart(given json.RawMessage) json.RawMessage {
	var outer struct {
		Arguments map[string]json.RawMessage `json:"arguments"`
	}
	var all map[string]json.RawMessage
	if b.launched == nil || len(given) > 0 && json.Unmarshal(given, &outer) != nil || json.Unmarshal(b.launched, &all) != nil {
		return given
	}
	before := string(all["args"])
	maps.Copy(all, outer.Arguments)
	if string(all["args"]) == before {
		delete(all, "args")
	}
	all["request"] = encode("launch")
	if mode := string(all["mode"]); mode == `"exec"` {
		all["rebuild"] = encode(false)
	}
	return encode(map[string]any{"arguments": all})
}

func (b *goBackend) ended() <-chan struct{} { return b.p.done }

func (b *goBackend) close() {
	b.p.close()
	b.d.Remove()
}

// event passes an event of Delve's session on.
func (b *goBackend) event(m *wire.Message) {
	if m.Event == "exited" || m.Event == "terminated" {
		b.d.Drain() // what the program wrote comes before its end
	}
	b.a.out.send(m)
}
