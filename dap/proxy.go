package dap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/delve"
	"github.com/dlv-async/dlv-async/dap/wire"
)

// proxy passes requests on to a session of Delve's and its answers back, and
// asks questions of its own in between.
type proxy struct {
	out     *client
	session *delve.Session
	event   func(*wire.Message) // takes each event, in order; nil: they go to the client

	mu    sync.Mutex
	seq   int
	calls map[int]call
	ended bool
	done  chan struct{} // closed when the session has ended
}

// call is a request on its way. Its answer goes to the client, edited, or, as
// it was a question of ours, to reply.
type call struct {
	request *wire.Message
	edit    func(*wire.Message)
	reply   chan<- *wire.Message
}

func newProxy(out *client, o delve.Options, d *delve.Debuggee, event func(*wire.Message)) *proxy {
	p := &proxy{out: out, session: delve.NewSession(o, d), event: event, calls: map[int]call{}, done: make(chan struct{})}
	if p.event == nil {
		p.event = out.send
	}
	go p.read()
	return p
}

// forward passes a request of the client's on. edit, unless nil, changes the
// answer before the client gets it; answers and events keep their order.
func (p *proxy) forward(m *wire.Message, edit func(*wire.Message)) {
	if !p.start(m.Command, m.Arguments, call{request: m, edit: edit}) {
		p.out.fail(m, errNoSession, "No debug session", "it has ended", false)
	}
}

func (p *proxy) start(command string, arguments json.RawMessage, c call) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.seq++
	p.calls[p.seq] = c
	p.session.Send(&wire.Message{Seq: p.seq, Type: wire.Request, Command: command, Arguments: arguments})
	return true
}

var errEnded = errors.New("the debug session has ended")

// refused is an error response to a question of ours.
type refused struct{ answer *wire.Message }

func (r *refused) Error() string {
	var body dap.ErrorResponseBody
	if json.Unmarshal(r.answer.Body, &body) == nil && body.Error != nil && body.Error.Format != "" {
		return body.Error.Format
	}
	return r.answer.Message
}

// ask puts a question to the session, and decodes the answer's body into into
// unless that is nil.
func (p *proxy) ask(ctx context.Context, command string, arguments, into any) error {
	reply := make(chan *wire.Message, 1)
	if !p.start(command, encode(arguments), call{reply: reply}) {
		return errEnded
	}
	select {
	case answer := <-reply:
		switch {
		case !answer.Success:
			return &refused{answer}
		case into == nil:
			return nil
		}
		if err := json.Unmarshal(answer.Body, into); err != nil {
			return fmt.Errorf("Delve's answer to %s: %w", command, err)
		}
		return nil
	case <-p.done:
		return errEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read hands out what the session says, until it ends.
func (p *proxy) read() {
	defer close(p.done)
	for {
		m, err := p.session.Read()
		var bad *wire.BadMessage
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			break
		}
		if m.Type != wire.Response {
			p.event(m)
			continue
		}
		p.mu.Lock()
		c, ok := p.calls[m.RequestSeq]
		delete(p.calls, m.RequestSeq)
		p.mu.Unlock()
		switch {
		case !ok && !m.Success: // a second answer: Delve first says that it restarts, then that it cannot
			p.out.output("important", (&refused{m}).Error()+"\n")
		case !ok:
		case c.reply != nil:
			c.reply <- m
		default:
			m.Command, m.RequestSeq = c.request.Command, c.request.Seq
			if c.edit != nil {
				c.edit(m)
			}
			p.out.send(m)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, c := range p.calls {
		if c.request != nil {
			p.out.fail(c.request, errNoSession, "No debug session", "it has ended", false)
		}
	}
	clear(p.calls)
}

// close ends the session, whatever it does, and waits for its last words.
func (p *proxy) close() {
	p.session.Close()
	<-p.done
}
