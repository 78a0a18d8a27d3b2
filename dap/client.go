package dap

import (
	"encoding/json"
	"io"
	"strings"
	"sync"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/wire"
)

// client is the way to the editor. Its methods may be called at any time.
type client struct {
	send func(*wire.Message) // the message is the client's from here on
}

// newClient is a client at the other end of a connection. What cannot be
// written is lost, and the reader of the connection sees its end.
func newClient(w io.Writer) *client {
	var mu sync.Mutex
	seq := 0
	return &client{send: func(m *wire.Message) {
		mu.Lock()
		defer mu.Unlock()
		seq++
		m.Seq = seq
		_ = wire.Write(w, m)
	}}
}

// respond answers a request with success.
func (c *client) respond(to *wire.Message, body any) {
	m := &wire.Message{Type: wire.Response, Command: to.Command, RequestSeq: to.Seq, Success: true}
	if body != nil {
		m.Body = encode(body)
	}
	c.send(m)
}

// The numbers of errors. Those of Delve's session, which answers most
// requests, go on meaning what they mean there.
const (
	errUnsupported = 9999
	errInternal    = 8888
	errLaunch      = 3000
	errAttach      = 3001
	errNoSession   = 3000
	errStack       = 2004
	errVariable    = 2007
	errEvaluate    = 2009
	errException   = 2011
	errPause       = 2010
	errRunning     = 4000
	errAsync       = 6000 // a request of ours
)

// fail answers a request with an error. show asks the client to show it to
// the user by itself.
func (c *client) fail(to *wire.Message, id int, summary, details string, show bool) {
	message := &dap.ErrorMessage{Id: id, Format: summary + ": " + details, ShowUser: show}
	if strings.ContainsAny(message.Format, "{}") { // which would name variables
		message.Format, message.Variables = "{text}", map[string]string{"text": message.Format}
	}
	c.send(&wire.Message{
		Type: wire.Response, Command: to.Command, RequestSeq: to.Seq, Message: summary,
		Body: encode(dap.ErrorResponseBody{Error: message}),
	})
}

// event sends an event.
func (c *client) event(name string, body any) {
	m := &wire.Message{Type: wire.Event, Event: name}
	if body != nil {
		m.Body = encode(body)
	}
	c.send(m)
}

// output shows a text in the client's console.
func (c *client) output(category, text string) {
	c.event("output", dap.OutputEventBody{Category: category, Output: text})
}

// encode makes JSON of a value of ours, which always can be.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a value of a type that this package made up
	}
	return b
}
