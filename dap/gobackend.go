package dap

import (
	"context"
	"encoding/json"
	"maps"
	"sync"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// goBackend is a Go program under Delve.
type goBackend struct {
	*panel
	p *proxy
	d *delve.Debuggee

	series *snapshot.Series // of the program as it is loaded now; used under d's lock
	core   *coreSnapshot    // what is debugged is a core dump; nil: it is not

	asyncMu     sync.Mutex
	async       map[int]*asyncBreakpoint // by Delve's ids
	pauseWanted bool                     // the client asked for one, and has not been told of a stop since
	leaving     bool                     // the client has gone: nothing is to go on

	ownersMu sync.Mutex
	owners   map[int]int // the goroutine of each frame that Delve's session gave an id in this stop

	launched json.RawMessage // the arguments of a launch request; nil: it was attached to
}

// startGo puts a session of Delve's over a debuggee.
func (a *adapter) startGo(m *wire.Message, p *panel, d *delve.Debuggee, core *coreSnapshot) started {
	b := &goBackend{panel: p, d: d, core: core, owners: map[int]int{}, async: map[int]*asyncBreakpoint{}}
	b.path = func(path string) string { return delve.ClientPath(b.settings.delves.SubstitutePath, path) }
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
		if core != nil { // nothing else can come of it than a stop
			remote.Arguments = merge(remote.Arguments, map[string]any{"stopOnEntry": true})
		}
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
	if b.custom(m) {
		return
	}
	switch m.Command {
	case "threads":
		b.onThreads(m)
	case "stackTrace":
		b.onStackTrace(m)
	case "scopes":
		b.onScopes(m)
	case "variables":
		if !b.open(m) {
			b.p.forward(m, nil)
		}
	case "locations": // Delve's session gives no references to any
		b.locate(m)
	case "evaluate":
		b.onEvaluate(m)
	case "exceptionInfo":
		b.onExceptionInfo(m)
	case "setBreakpoints", "setFunctionBreakpoints":
		b.onSetBreakpoints(m)
	case "pause":
		b.wantPause(true)
		b.p.forward(m, nil)
	case "restart":
		b.runs()
		m.Arguments = b.restart(m.Arguments)
		b.p.forward(m, nil)
	case "disconnect":
		b.onDisconnect(m)
	case "continue", "next", "stepIn", "stepOut", "stepBack", "reverseContinue":
		b.wantPause(false) // one that came while the program stood still is over
		b.runs()
		b.p.forward(m, nil)
	default:
		b.inFrame(m, func() { b.p.forward(m, nil) })
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
	b.leave()
	b.cancel()
	b.settle()
	b.p.close()
	b.d.Remove()
}

// event passes an event of Delve's session on.
func (b *goBackend) event(m *wire.Message) {
	switch m.Event {
	case "exited", "terminated":
		b.runs()
		b.d.Drain() // what the program wrote comes before its end
	case "stopped":
		if b.left() {
			return
		}
		var body dap.StoppedEventBody
		_ = json.Unmarshal(m.Body, &body)
		if b.core != nil && b.core.s != nil && body.Reason == "entry" {
			b.died(&body)
			m.Body = encode(body)
		}
		if b.undecided(&body) {
			go b.decide(m, body)
			return
		}
		b.newStop(body.ThreadId, nil)
	}
	b.a.out.send(m)
}

// newStop begins a stop. Delve's frames of the one before are no more.
// Its snapshot may be there already.
func (b *goBackend) newStop(thread int, s *graph.Snapshot) {
	b.wantPause(false)
	b.ownersMu.Lock()
	clear(b.owners)
	b.ownersMu.Unlock()
	take := b.take
	if s != nil {
		take = func(context.Context) (*graph.Snapshot, error) { return s, nil }
	}
	b.stopped(thread, take)
}

// died has a stop in a core dump be at what the process died of.
func (b *goBackend) died(body *dap.StoppedEventBody) {
	s := b.core.s
	if g, ok := goroutine(focus(s)); ok {
		body.ThreadId = g
	}
	if d := s.Process.Death; d != nil {
		body.Reason, body.Description, body.Text = "exception", d.Kind, death(d)
	}
}

// take takes a snapshot of the stopped program.
func (b *goBackend) take(ctx context.Context) (s *graph.Snapshot, err error) {
	if b.core != nil {
		return b.core.s, b.core.err
	}
	o := snapshot.Options{Tool: b.a.options.Tool, Source: "debugger", More: b.a.options.Runtimes} // Delve's session has the variables
	err = b.d.Look(ctx, func(img *dlvext.Image, fresh bool) error {
		if fresh || b.series == nil {
			if b.series, err = snapshot.NewSeries(img, o); err != nil {
				b.series = nil
				return err
			}
		}
		s, err = b.series.Take(ctx, img, o)
		return err
	})
	return s, err
}
