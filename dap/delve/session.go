package delve

import (
	"errors"
	"io"
	"net"
	"sync"

	"github.com/go-delve/delve/service"
	delvedap "github.com/go-delve/delve/service/dap"

	"github.com/dlv-async/dlv-async/dap/wire"
)

// Session is one of Delve's sessions, and we are its only client.
type Session struct {
	session  *delvedap.Session
	stopping chan struct{} // tells Delve that a closed connection is no failure
	conn     net.Conn
	reader   *wire.Reader

	mu      sync.Mutex
	more    sync.Cond
	queue   []*wire.Message // to Delve, which reads when it has the time
	closed  bool
	stopped sync.Once
}

// maxMessage bounds a message of Delve's: a response may hold memory.
const maxMessage = 1 << 30

// newSession guards Delve's count of its sessions.
var newSession sync.Mutex

// NewSession starts a session over a debuggee; nil: over nothing yet. It can
// then tell its capabilities, and run programs that are not to be debugged.
func NewSession(o Options, d *Debuggee) *Session {
	ours, theirs := net.Pipe()
	s := &Session{stopping: make(chan struct{}), conn: ours, reader: wire.NewReader(ours, maxMessage)}
	s.more.L = &s.mu
	config := &service.Config{Debugger: o.config()}
	if d != nil {
		config.Debugger = d.config
	}
	newSession.Lock()
	var debugger = d.inner()
	s.session = delvedap.NewSession(theirs, &delvedap.Config{Config: config, StopTriggered: s.stopping}, debugger)
	newSession.Unlock()
	go s.session.ServeDAPCodec()
	go s.write()
	return s
}

// Send queues a message for Delve. It never blocks: while Delve is busy with
// one request, whatever must not wait for that can still be done.
func (s *Session) Send(m *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, m)
	s.more.Signal()
}

func (s *Session) write() {
	for {
		s.mu.Lock()
		for len(s.queue) == 0 && !s.closed {
			s.more.Wait()
		}
		if s.closed {
			s.mu.Unlock()
			return
		}
		m := s.queue[0]
		s.queue = s.queue[1:]
		s.mu.Unlock()
		if wire.Write(s.conn, m) != nil {
			return // Delve has closed the session, and Read tells that
		}
	}
}

// Read returns Delve's next message; io.EOF once the session has ended.
func (s *Session) Read() (*wire.Message, error) {
	m, err := s.reader.Read()
	if errors.Is(err, io.ErrClosedPipe) {
		err = io.EOF
	}
	return m, err
}

// Close ends the session in any state it is in: a program that it launched is
// killed, one that it attached to is let go on without breakpoints. Somebody
// must go on to Read until the end, as Delve has last words.
func (s *Session) Close() {
	s.stopped.Do(func() {
		close(s.stopping)
		s.session.Close()
		s.mu.Lock()
		s.closed = true
		s.more.Signal()
		s.mu.Unlock()
		_ = s.conn.Close()
	})
}
