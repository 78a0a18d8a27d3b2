package dap_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// codec knows the adapter's own requests and events beside the protocol's.
var codec = newCodec()

type customResponse struct {
	godap.Response
	Body json.RawMessage `json:"body"`
}

type customEvent struct {
	godap.Event
	Body json.RawMessage `json:"body"`
}

func newCodec() *godap.Codec {
	c := godap.NewCodec()
	for _, command := range []string{"dlvAsync/snapshot", "dlvAsync/where", "dlvAsync/why", "dlvAsync/tree", "dlvAsync/problems", "dlvAsync/graph", "locations"} {
		_ = c.RegisterRequest(command,
			func() godap.Message { return &godap.Request{} },
			func() godap.Message { return &customResponse{} })
	}
	_ = c.RegisterEvent("dlvAsync/stopped", func() godap.Message { return &customEvent{} })
	return c
}

// client is an editor: it sends requests and takes what comes, and holds
// every message against the protocol's definitions.
type client struct {
	t      testing.TB
	w      io.Writer
	in     chan godap.Message
	events []godap.Message // not yet waited for
	seq    int
	places sync.Map // references to places, by the values that lead there

	adapter *exec.Cmd // nil: it is not a process of ours
	stderr  *bytes.Buffer
	exited  chan struct{}
}

// gone waits for the adapter's end, which must be on its way.
func (c *client) gone() {
	c.t.Helper()
	select {
	case <-c.exited:
	case <-time.After(patience):
		_ = c.adapter.Process.Kill()
		c.t.Errorf("the adapter did not end\n%s", c.stderr)
	}
}

// listen takes messages until the stream ends.
func (c *client) listen(r io.Reader, end func()) {
	c.in = make(chan godap.Message, 1<<16)
	go func() {
		defer end()
		defer close(c.in)
		for b := bufio.NewReader(r); ; {
			content, err := godap.ReadBaseMessage(b)
			if err != nil {
				return
			}
			m, err := codec.DecodeMessage(content)
			if err != nil {
				c.t.Errorf("a message that cannot be decoded: %v\n%s", err, content)
				continue
			}
			if err := strict(content, m); err != nil {
				c.t.Errorf("a message beyond the protocol: %v\n%s", err, content)
			}
			c.jumps(content)
			c.in <- m
		}
	}()
}

// jumps remembers where the values of variables lead.
func (c *client) jumps(content []byte) {
	var answer struct {
		Body struct {
			Variables []struct {
				Value                  string
				ValueLocationReference int
			}
		}
	}
	if json.Unmarshal(content, &answer) == nil {
		for _, v := range answer.Body.Variables {
			c.places.Store(v.Value, v.ValueLocationReference)
		}
	}
}

// jump is where a value that was shown leads.
func (c *client) jump(value string) (path string, line int) {
	c.t.Helper()
	reference, _ := c.places.Load(value)
	var place struct {
		Source godap.Source
		Line   int
	}
	r := call[*customResponse](c, "locations", map[string]any{"locationReference": reference})
	if err := json.Unmarshal(r.Body, &place); err != nil {
		c.t.Fatal(err)
	}
	return place.Source.Path, place.Line
}

// newer are members that the protocol has and go-dap has not yet.
var newer = regexp.MustCompile(`,?"(supportsANSIStyling|valueLocationReference)":(true|[0-9]+)`)

// strict decodes a message again and refuses what its type does not have.
func strict(content []byte, m godap.Message) error {
	content = newer.ReplaceAll(content, nil)
	d := json.NewDecoder(bytes.NewReader(bytes.ReplaceAll(content, []byte("{,"), []byte("{"))))
	d.DisallowUnknownFields()
	if _, ok := m.(*godap.ErrorResponse); ok {
		return d.Decode(&godap.ErrorResponse{})
	}
	return d.Decode(m)
}

func (c *client) next() godap.Message {
	c.t.Helper()
	select {
	case m, ok := <-c.in:
		if !ok {
			c.t.Fatalf("the adapter has closed the connection\n%s", c.stderr)
		}
		return m
	case <-time.After(patience):
		b, _ := json.Marshal(c.events)
		c.t.Fatalf("the adapter says nothing for %v; not waited for: %s\n%s", patience, b, c.stderr)
	}
	return nil
}

// send sends a request and returns its number.
func (c *client) send(command string, arguments any) int {
	c.t.Helper()
	c.seq++
	m := map[string]any{"seq": c.seq, "type": "request", "command": command}
	if arguments != nil {
		m["arguments"] = arguments
	}
	content, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := godap.WriteBaseMessage(c.w, content); err != nil {
		c.t.Fatalf("sending %s: %v\n%s", command, err, c.stderr)
	}
	return c.seq
}

// answer waits for the response to a request.
func (c *client) answer(seq int) godap.ResponseMessage {
	c.t.Helper()
	for {
		m := c.next()
		r, ok := m.(godap.ResponseMessage)
		if !ok {
			c.events = append(c.events, m)
			continue
		}
		if r.GetResponse().RequestSeq == seq {
			return r
		}
	}
}

// call sends a request that must succeed, and returns the response.
func call[R godap.ResponseMessage](c *client, command string, arguments any) R {
	c.t.Helper()
	m := c.answer(c.send(command, arguments))
	r, ok := m.(R)
	if !ok {
		b, _ := json.Marshal(m)
		c.t.Fatalf("%s %v: %s\n%s", command, arguments, b, c.stderr)
	}
	return r
}

// fails sends a request that must fail, and returns what the user is told.
func (c *client) fails(command string, arguments any) string {
	c.t.Helper()
	m := c.answer(c.send(command, arguments))
	r, ok := m.(*godap.ErrorResponse)
	if !ok {
		b, _ := json.Marshal(m)
		c.t.Fatalf("%s %v succeeds: %s", command, arguments, b)
	}
	return told(r)
}

func told(r *godap.ErrorResponse) string {
	text := r.Body.Error.Format
	for name, value := range r.Body.Error.Variables {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// event waits for the next event of a kind, and keeps the others.
func event[E godap.EventMessage](c *client) E {
	c.t.Helper()
	return c.await(func(m godap.Message) bool { _, ok := m.(E); return ok }).(E)
}

// await waits for an event that is the one.
func (c *client) await(is func(godap.Message) bool) godap.Message {
	c.t.Helper()
	for i, m := range c.events {
		if is(m) {
			c.events = append(c.events[:i:i], c.events[i+1:]...)
			return m
		}
	}
	for {
		m := c.next()
		if is(m) {
			return m
		}
		c.events = append(c.events, m)
	}
}

// output waits until the console shows a text, and returns that event's.
func (c *client) output(text string) string {
	c.t.Helper()
	for {
		if e := event[*godap.OutputEvent](c); strings.Contains(e.Body.Output, text) {
			return e.Body.Output
		}
	}
}

// initialize begins a session as VS Code does.
func (c *client) initialize() *godap.InitializeResponse {
	c.t.Helper()
	return call[*godap.InitializeResponse](c, "initialize", map[string]any{
		"clientID": "test", "adapterID": "go", "pathFormat": "path", "linesStartAt1": true, "columnsStartAt1": true,
		"supportsVariableType": true, "supportsVariablePaging": true, "supportsInvalidatedEvent": true,
	})
}

// begin sends a launch or attach request and waits until the session is ready
// for breakpoints.
func (c *client) begin(request string, arguments map[string]any) {
	c.t.Helper()
	c.initialize()
	seq := c.send(request, arguments)
	m := c.answer(seq)
	if r, ok := m.(*godap.ErrorResponse); ok {
		c.t.Fatalf("%s: %s\n%s", request, told(r), c.stderr)
	}
	if got := m.GetResponse().Command; got != request {
		c.t.Errorf("the response to %s is one to %s", request, got)
	}
	event[*godap.InitializedEvent](c)
}

// done ends the configuration and, with stopOnEntry, waits for the stop.
func (c *client) stoppedOnEntry() *godap.StoppedEvent {
	c.t.Helper()
	call[*godap.ConfigurationDoneResponse](c, "configurationDone", nil)
	return event[*godap.StoppedEvent](c)
}

// disconnect ends the session.
func (c *client) disconnect(arguments any) {
	c.t.Helper()
	call[*godap.DisconnectResponse](c, "disconnect", arguments)
	event[*godap.TerminatedEvent](c)
	for m := range c.in {
		c.events = append(c.events, m)
	}
	c.gone()
}

// threads returns the names of the threads by their id, and the ids in order.
func (c *client) threads() []godap.Thread {
	c.t.Helper()
	return call[*godap.ThreadsResponse](c, "threads", nil).Body.Threads
}

// thread returns the first thread whose name has a text.
func (c *client) thread(text string) godap.Thread {
	c.t.Helper()
	all := c.threads()
	for _, t := range all {
		if strings.Contains(t.Name, text) {
			return t
		}
	}
	c.t.Fatalf("no thread has %q in its name: %v", text, all)
	return godap.Thread{}
}

// stack returns the frames of a thread from start; levels 0 is all.
func (c *client) stack(thread, start, levels int) []godap.StackFrame {
	c.t.Helper()
	return call[*godap.StackTraceResponse](c, "stackTrace", map[string]any{"threadId": thread, "startFrame": start, "levels": levels}).Body.StackFrames
}

// source is the path of a target's file.
func source(t testing.TB, program, file string) string {
	return filepath.Join(testtarget.Root(t), "testdata", "go", program, file)
}

// lineOf returns the number of the first line of a file that has a text.
func lineOf(t testing.TB, path, text string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(b), "\n") {
		if strings.Contains(line, text) {
			return i + 1
		}
	}
	t.Fatalf("%s has no %q", path, text)
	return 0
}
