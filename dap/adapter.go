package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Options say how an adapter works.
type Options struct {
	Tool  string // name and version of the program, for snapshots
	Delve delve.Options
	// Console runs what a user types after "async": a view and its flags.
	Console func(s *graph.Snapshot, line string) (string, error)
	// Suppress marks what is known of a snapshot, before anybody sees it; nil:
	// nothing is.
	Suppress func(*graph.Snapshot)
	// Runtimes are looked for beside Go and CPython.
	Runtimes []walker.Runtime

	Log func(format string, args ...any) // what the adapter's author wants to know; nil: nobody does
}

// maxRequest bounds a message of the client's.
const maxRequest = 16 << 20

// backend is what a session is about, once launch or attach has said so.
type backend interface {
	// request takes the client's requests, in order. It does not wait for
	// the target: another request may be what ends that wait.
	request(m *wire.Message)
	// ended is closed when nothing more will come.
	ended() <-chan struct{}
	// close releases the target, whatever it is doing.
	close()
}

// adapter serves one client.
type adapter struct {
	options Options
	out     *client
	room    *room // that it shares what is debugged in; nil: it does not

	idle       *proxy        // Delve's session before there is anything to debug
	initialize *wire.Message // the client's

	back     backend
	starting chan started    // not nil while a backend is made
	waiting  []*wire.Message // what came in the meantime
}

// Serve speaks the protocol with one client until it disconnects, its
// connection ends, or ctx does. When Serve returns, what was launched has been
// ended and what was attached to has been released.
func Serve(ctx context.Context, conn io.ReadWriteCloser, o Options) { serve(ctx, conn, o, nil) }

// serve serves a client by itself or, with a room, as one of several.
func serve(ctx context.Context, conn io.ReadWriteCloser, o Options, r *room) {
	a := &adapter{options: o, out: newClient(conn), room: r}
	defer conn.Close()
	defer a.close()
	type incoming struct {
		m   *wire.Message
		err error
	}
	in := make(chan incoming)
	quit := make(chan struct{})
	defer close(quit)
	go func() {
		for r := wire.NewReader(conn, maxRequest); ; {
			m, err := r.Read()
			select {
			case in <- incoming{m, err}:
			case <-quit:
				return
			}
			var bad *wire.BadMessage
			if err != nil && !errors.As(err, &bad) {
				return
			}
		}
	}()
	for {
		var ended <-chan struct{}
		if a.back != nil {
			ended = a.back.ended()
		}
		select {
		case <-ctx.Done():
			return
		case <-ended:
			return
		case s := <-a.starting:
			a.started(s)
		case i := <-in:
			var bad *wire.BadMessage
			switch {
			case errors.As(i.err, &bad):
				a.out.fail(&wire.Message{}, errInternal, "Not understood", bad.Error(), false)
			case i.err != nil:
				a.log("the client is gone: %v", i.err)
				return
			case !a.handle(i.m):
				return
			}
		}
	}
}

func (a *adapter) log(format string, args ...any) { a.options.logf(format, args...) }

// close releases everything, also what is only being started.
func (a *adapter) close() {
	if a.starting != nil {
		if s := <-a.starting; s.back != nil {
			s.back.close()
		}
	}
	if a.back != nil {
		a.back.close()
	}
	if a.idle != nil {
		a.idle.close()
	}
}

// handle acts on one message; false: it was the last.
func (a *adapter) handle(m *wire.Message) (more bool) {
	defer a.recovered(m)
	if m.Type != wire.Request {
		a.log("a %s of the client is not wanted", m.Type)
		return true
	}
	if a.starting != nil && m.Command != "disconnect" {
		a.waiting = append(a.waiting, m)
		return true
	}
	switch {
	case m.Command == "initialize" && a.initialize == nil:
		a.onInitialize(m)
	case a.back != nil:
		a.back.request(m)
	case m.Command == "disconnect":
		a.out.respond(m, nil)
		a.out.event("terminated", nil)
		return false
	case a.initialize == nil:
		a.out.fail(m, errNoSession, "No debug session started", "the first request must be 'initialize'", true)
	case m.Command == "launch" || m.Command == "attach":
		a.starting = make(chan started, 1)
		go func(done chan<- started) { done <- a.begin(m) }(a.starting)
	default:
		a.out.fail(m, errNoSession, "No debug session started", "Use launch or attach request first.", true)
	}
	return true
}

// begin makes the backend that a launch or attach request asks for.
func (a *adapter) begin(m *wire.Message) started {
	if a.room != nil {
		return a.room.enter(a, m)
	}
	return a.start(m)
}

// recovered answers a request that this program has a fault with, and goes on:
// there is a target to be released.
func (a *adapter) recovered(m *wire.Message) {
	if r := recover(); r != nil {
		a.log("internal error: %v\n%s", r, debug.Stack())
		a.out.fail(m, errInternal, "Internal Error", fmt.Sprint(r), true)
	}
}

// onInitialize answers with what Delve's session can do, and what is added.
func (a *adapter) onInitialize(m *wire.Message) {
	a.idle = newProxy(a.out, a.options.Delve, nil, nil)
	a.idle.forward(m, func(answer *wire.Message) {
		if !answer.Success {
			return
		}
		answer.Body = merge(answer.Body, ourCapabilities)
	})
	a.initialize = m
}

// ourCapabilities is what this adapter can do and Delve's session cannot.
var ourCapabilities = map[string]any{
	"supportsANSIStyling": true,
}

// merge adds members to a JSON object. What is none is left alone.
func merge(object json.RawMessage, members map[string]any) json.RawMessage {
	var all map[string]json.RawMessage
	if len(object) > 0 && json.Unmarshal(object, &all) != nil {
		return object
	}
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	for name, value := range members {
		if value == nil {
			delete(all, name)
			continue
		}
		all[name] = encode(value)
	}
	return encode(all)
}

// started is what became of a launch or attach request. With neither a backend
// nor an error Delve's idle session goes on with the request.
type started struct {
	request *wire.Message
	back    backend
	begin   func() // says so to the client, once the backend is in its place
	err     error
}

func (a *adapter) started(s started) {
	a.starting = nil
	a.back = s.back
	switch {
	case s.err != nil:
		a.failedToStart(s.request, s.err)
	case s.back == nil:
		idle := a.idle
		a.back, a.idle = idleBackend{idle}, nil
		idle.forward(s.request, nil)
	default:
		s.begin()
	}
	waiting := a.waiting
	a.waiting = nil
	for _, m := range waiting {
		a.handle(m)
	}
}

func (a *adapter) failedToStart(m *wire.Message, err error) {
	id, summary := errLaunch, "Failed to launch"
	if m.Command == "attach" {
		id, summary = errAttach, "Failed to attach"
	}
	var r *delve.Refusal
	a.out.fail(m, id, summary, err.Error(), !errors.As(err, &r) || !r.Quiet)
}

// idleBackend is Delve's session by itself: programs that run without being
// debugged, and what it alone knows to refuse.
type idleBackend struct{ *proxy }

func (b idleBackend) request(m *wire.Message) { b.forward(m, nil) }
func (b idleBackend) ended() <-chan struct{}  { return b.done }
