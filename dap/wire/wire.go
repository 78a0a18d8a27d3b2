// Package wire reads and writes the messages of the debug adapter protocol
// (https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol)
// without a look at what a request or event carries: a proxy passes on what
// it does not know.
package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The types of a message.
const (
	Request  = "request"
	Response = "response"
	Event    = "event"
)

// Message is a request, a response or an event.
type Message struct {
	Seq  int
	Type string

	Command    string // of a request and its response
	Arguments  json.RawMessage
	RequestSeq int    // of a response
	Success    bool   // of a response
	Message    string // of a response that failed: a short reason
	Event      string // of an event: its name
	Body       json.RawMessage
}

// plain is a message with the protocol's own names.
type plain struct {
	Seq        int             `json:"seq"`
	Type       string          `json:"type"`
	Command    string          `json:"command,omitempty"`
	Arguments  json.RawMessage `json:"arguments,omitempty"`
	RequestSeq *int            `json:"request_seq,omitempty"`
	Success    *bool           `json:"success,omitempty"`
	Message    string          `json:"message,omitempty"`
	Event      string          `json:"event,omitempty"`
	Body       json.RawMessage `json:"body,omitempty"`
}

// MarshalJSON implements [json.Marshaler].
func (m *Message) MarshalJSON() ([]byte, error) {
	p := plain{Seq: m.Seq, Type: m.Type, Command: m.Command, Arguments: m.Arguments, Message: m.Message, Event: m.Event, Body: m.Body}
	if m.Type == Response {
		p.RequestSeq, p.Success = &m.RequestSeq, &m.Success
	}
	return json.Marshal(p)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *Message) UnmarshalJSON(b []byte) error {
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*m = Message{Seq: p.Seq, Type: p.Type, Command: p.Command, Arguments: p.Arguments, Message: p.Message, Event: p.Event, Body: p.Body}
	if p.RequestSeq != nil {
		m.RequestSeq = *p.RequestSeq
	}
	if p.Success != nil {
		m.Success = *p.Success
	}
	return nil
}

// BadMessage is a message whose content is none. What follows can be read.
type BadMessage struct{ Err error }

func (e *BadMessage) Error() string {
	return "not a message of the debug adapter protocol: " + e.Err.Error()
}

// Unwrap returns what is wrong.
func (e *BadMessage) Unwrap() error { return e.Err }

// A Reader reads messages.
type Reader struct {
	r     *bufio.Reader
	limit int
}

// NewReader returns a Reader of messages with at most limit bytes of content.
func NewReader(r io.Reader, limit int) *Reader { return &Reader{bufio.NewReader(r), limit} }

const (
	maxHeaderLine = 1 << 10
	maxHeaders    = 16
	contentLength = "content-length"
)

// Read returns the next message. After an error that is no *BadMessage
// nothing more can be read; io.EOF is a clean end.
func (r *Reader) Read() (*Message, error) {
	length := -1
	for n := 0; ; n++ {
		line, err := r.header()
		switch {
		case err != nil && n == 0 && line == "":
			return nil, err
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || n == maxHeaders {
			return nil, fmt.Errorf("not the header of a message: %q", line)
		}
		if strings.EqualFold(strings.TrimSpace(name), contentLength) {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 {
				return nil, fmt.Errorf("not the length of a message: %q", line)
			}
		}
	}
	switch {
	case length < 0:
		return nil, errors.New("a message without Content-Length")
	case length > r.limit:
		return nil, fmt.Errorf("a message of %d bytes; at most %d are read", length, r.limit)
	}
	// What is announced need not come: memory is taken as it does.
	var content bytes.Buffer
	if _, err := io.CopyN(&content, r.r, int64(length)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	m := &Message{}
	if err := json.Unmarshal(content.Bytes(), m); err != nil {
		return nil, &BadMessage{err}
	}
	switch m.Type {
	case Request, Response, Event:
		return m, nil
	}
	return nil, &BadMessage{fmt.Errorf("its type is %q", m.Type)}
}

// header returns a line of a header without its end.
func (r *Reader) header() (string, error) {
	var line []byte
	for {
		b, err := r.r.ReadByte()
		switch {
		case err != nil:
			return string(line), err
		case b == '\n':
			return strings.TrimSuffix(string(line), "\r"), nil
		case len(line) == maxHeaderLine:
			return string(line), fmt.Errorf("not the header of a message: a line of more than %d bytes", maxHeaderLine)
		}
		line = append(line, b)
	}
}

// Write writes a message, at once.
func Write(w io.Writer, m *Message) error {
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	whole := make([]byte, 0, len(content)+32)
	whole = fmt.Appendf(whole, "Content-Length: %d\r\n\r\n", len(content))
	_, err = w.Write(append(whole, content...))
	return err
}
