package dap

import (
	"encoding/json"

	"github.com/dlv-async/dlv-async/dap/wire"
)

// seat is a client's part in a [room]: the backend of its adapter.
type seat struct {
	room  *room
	out   *client
	done  chan struct{} // closed when the client takes part no longer
	joins bool          // it has not said configurationDone, and nobody waits for that
}

func (s *seat) ended() <-chan struct{} { return s.done }
func (s *seat) close()                 { s.room.leave(s) }

// tell passes events on.
func (s *seat) tell(events ...*wire.Message) {
	for _, e := range events {
		own := *e
		s.out.send(&own)
	}
}

func (s *seat) request(m *wire.Message) {
	r := s.room
	r.requests.Lock()
	defer r.requests.Unlock()
	var arguments struct {
		ThreadID          int  `json:"threadId"`
		TerminateDebuggee bool `json:"terminateDebuggee"`
	}
	_ = json.Unmarshal(m.Arguments, &arguments) // the backend says what is wrong
	switch m.Command {
	case "configurationDone":
		if !s.mayConfigure() {
			s.configured(m)
			return
		}
	case "disconnect":
		if !arguments.TerminateDebuggee || !r.mayEnd() {
			s.out.respond(m, nil)
			s.out.event("terminated", nil)
			r.leave(s)
			return
		}
	}
	r.mu.Lock()
	hosted := *m
	hosted.Seq = r.number(question{from: s, seq: m.Seq, command: m.Command, thread: arguments.ThreadID})
	back := r.back
	r.mu.Unlock()
	back.request(&hosted)
}

// mayConfigure reports whether the backend waits for this client's
// configurationDone. It wants one; the program would go on at a second.
func (s *seat) mayConfigure() bool {
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.joins || !r.awaiting {
		return false
	}
	r.awaiting, r.ran = false, true
	return true
}

// configured answers a client's configurationDone, and tells it of a stop that
// there is.
func (s *seat) configured(m *wire.Message) {
	s.out.respond(m, nil)
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.joins {
		s.joins = false
		s.tell(r.now...)
	}
}

// mayEnd reports whether a client's wish to end the program is the first.
func (r *room) mayEnd() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := !r.ending
	r.ending = true
	return first
}
