package dap

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/dap/wire"
)

// room is a debug session that several clients share: one backend, whose
// answers go to who asked and whose events go to all. The first client starts
// what is debugged, the others attach to it with the mode "remote". It outlives
// them: it ends when one of them asks for that, or when the program has ended
// and nobody is left.
type room struct {
	host *adapter // makes the backend, which takes it for its only client's
	done chan struct{}

	requests sync.Mutex // one at a time: their order is what the backend sees

	mu        sync.Mutex
	seats     []*seat
	back      backend
	occupied  bool // there is a backend, or one is being made
	open      bool // others may join
	ending    bool // a client asked for the end
	over      bool // the program has ended
	closed    bool
	awaiting  bool // Delve has said "initialized", and waits for configurationDone
	ran       bool // there has been one
	seq       int
	asked     map[int]question
	now       []*wire.Message // the events that tell of the stop that there is; nil: the program runs
	lastingly []*wire.Message // the events that one who joins must know
}

// question is a request that was passed on to the backend.
type question struct {
	from    *seat
	seq     int // the client's own number of it
	command string
	thread  int
}

func newRoom(o Options) *room {
	r := &room{done: make(chan struct{}), asked: map[int]question{}}
	r.host = &adapter{options: o, out: &client{send: r.send}}
	return r
}

var (
	errTaken = errors.New(`a program is being debugged here already; to take part in that, attach with the mode "remote"`)
	errEarly = errors.New("another client is just starting what is to be debugged; try again when it has")
)

// enter is a client's launch or attach request.
func (r *room) enter(a *adapter, m *wire.Message) started {
	remote := isRemoteAttach(m)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.open && remote:
		return r.join(a, m)
	case r.open:
		return started{request: m, err: errTaken}
	case r.occupied:
		return started{request: m, err: errEarly}
	case remote:
		return started{request: m, err: errNoDebugger}
	}
	r.occupied = true
	s := r.sit(a)
	hosted := *m
	hosted.Seq = r.number(question{from: s, seq: m.Seq, command: m.Command})
	r.host.initialize = a.initialize
	r.mu.Unlock()
	made := r.host.start(&hosted)
	r.mu.Lock()
	made.request = m
	if made.back != nil && r.closed { // in the meantime
		r.mu.Unlock()
		made.back.close() // it has last words, for r.send
		r.mu.Lock()
		return started{request: m, err: errEnded}
	}
	if made.back == nil {
		r.occupied = false
		r.stand(s)
		return made
	}
	r.back = made.back
	go func(ended <-chan struct{}) {
		<-ended
		r.close()
	}(made.back.ended())
	begin := made.begin
	made.back, made.begin = s, func() {
		r.mu.Lock()
		r.open = true
		r.mu.Unlock()
		begin()
	}
	return made
}

func isRemoteAttach(m *wire.Message) bool {
	var arguments struct {
		Mode string `json:"mode"`
	}
	return m.Command == "attach" && json.Unmarshal(m.Arguments, &arguments) == nil && arguments.Mode == "remote"
}

// join has one more client take part.
func (r *room) join(a *adapter, m *wire.Message) started {
	s := r.sit(a)
	s.joins = true
	return started{request: m, back: s, begin: func() {
		a.out.respond(m, nil)
		r.mu.Lock()
		defer r.mu.Unlock()
		s.tell(r.lastingly...)
		a.out.event("initialized", nil)
	}}
}

func (r *room) sit(a *adapter) *seat {
	s := &seat{room: r, out: a.out, done: make(chan struct{})}
	r.seats = append(r.seats, s)
	return s
}

// stand takes a seat away; false: it was not there any more.
func (r *room) stand(s *seat) bool {
	i := slices.Index(r.seats, s)
	if i < 0 {
		return false
	}
	r.seats = slices.Delete(r.seats, i, i+1)
	close(s.done)
	return true
}

// leave is a client's going. What the last of them leaves goes on, unless it
// has ended, or never ran because who launched it went.
func (r *room) leave(s *seat) {
	r.mu.Lock()
	if !r.stand(s) || len(r.seats) > 0 {
		r.mu.Unlock()
		return
	}
	end := r.over || !r.ran || r.ending
	r.mu.Unlock()
	if end {
		r.close()
	}
}

// number gives a request the number that the backend knows it by.
func (r *room) number(q question) int {
	r.seq++
	r.asked[r.seq] = q
	return r.seq
}

// send is what the backend has for its client.
func (r *room) send(m *wire.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.Type == wire.Response {
		q, ok := r.asked[m.RequestSeq]
		delete(r.asked, m.RequestSeq)
		if !ok {
			return
		}
		answer := *m
		answer.RequestSeq = q.seq
		q.from.out.send(&answer)
		if m.Success && resumes[q.command] {
			r.now = nil
			r.others(q.from, continued(q.thread))
		}
		return
	}
	switch m.Event {
	case "stopped", "dlvAsync/stopped":
		if m.Event == "stopped" {
			r.now = nil
		}
		r.now = append(r.now, m)
	case "capabilities", "process":
		r.lastingly = slices.DeleteFunc(r.lastingly, func(e *wire.Message) bool { return e.Event == m.Event })
		r.lastingly = append(r.lastingly, m)
	case "initialized":
		r.awaiting, r.over = true, false
	case "terminated":
		r.over = true
	}
	r.others(nil, m)
}

// others tells all clients but one of an event.
func (r *room) others(but *seat, m *wire.Message) {
	for _, s := range r.seats {
		if s != but {
			s.tell(m)
		}
	}
}

// resumes are the requests after which the program runs. Only who asked is
// told so by the answer.
var resumes = map[string]bool{"continue": true, "next": true, "stepIn": true, "stepOut": true, "stepBack": true, "reverseContinue": true, "restart": true}

func continued(thread int) *wire.Message {
	return &wire.Message{Type: wire.Event, Event: "continued", Body: encode(dap.ContinuedEventBody{ThreadId: thread, AllThreadsContinued: true})}
}

// close ends the session, and with it those of all clients.
func (r *room) close() {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	r.closed = true
	back := r.back
	r.mu.Unlock()
	if back != nil {
		back.close()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.seats) > 0 {
		r.stand(r.seats[0])
	}
	close(r.done)
}
