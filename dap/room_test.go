package dap_test

import (
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// joins has a client take part in what another debugs.
func (c *client) joins() {
	c.t.Helper()
	c.begin("attach", map[string]any{"mode": "remote"})
	call[*godap.ConfigurationDoneResponse](c, "configurationDone", nil)
}

// leaves disconnects a client that others go on without.
func (c *client) leaves() {
	c.t.Helper()
	call[*godap.DisconnectResponse](c, "disconnect", nil)
	event[*godap.TerminatedEvent](c)
	for range c.in { // until the adapter closes the connection
	}
}

// Several clients see one program, and what each of them does to it.
func TestSeveralClients(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	s := listening(t, "--accept-multiclient")
	t.Cleanup(func() { _ = s.adapter.Process.Signal(syscall.SIGTERM) })
	early := s.connect(t)
	early.initialize()
	if got := early.fails("attach", map[string]any{"mode": "remote"}); !strings.Contains(got, "no debugger found") {
		t.Errorf("before there is anything to take part in: %q", got)
	}
	ann := s.connect(t)
	ann.begin("attach", map[string]any{"processId": tg.PID, "stopOnEntry": true})
	ann.stoppedOnEntry()
	if got := early.fails("attach", map[string]any{"processId": tg.PID}); !strings.Contains(got, `mode "remote"`) {
		t.Errorf("a second client that attaches anew is refused with %q", got)
	}

	bob := s.connect(t)
	bob.joins()
	if stop := event[*godap.StoppedEvent](bob); stop.Body.Reason != "entry" {
		t.Errorf("who joins is told of this stop: %+v", stop.Body)
	}
	child := bob.thread("main.child2: chan receive")
	if ann.thread("main.child2: chan receive") != child {
		t.Error("the two see different threads")
	}
	if frames := bob.stack(child.Id, 0, 0); !strings.Contains(strings.Join(names(frames), " "), "[in] main.parent2") {
		t.Errorf("the stack is %v", names(frames))
	}
	call[*godap.ContinueResponse](bob, "continue", map[string]any{"threadId": child.Id})
	if e := event[*godap.ContinuedEvent](ann); e.Body.ThreadId != child.Id {
		t.Errorf("the other is told %+v", e.Body)
	}
	if !tg.Alive(t) {
		t.Error("after continue it does not answer")
	}
	call[*godap.PauseResponse](ann, "pause", map[string]any{"threadId": 1})
	event[*godap.StoppedEvent](ann)
	if stop := event[*godap.StoppedEvent](bob); stop.Body.Reason != "pause" {
		t.Errorf("the other is told of this stop: %+v", stop.Body)
	}

	// One vanishes, one leaves: the program stays as it is, for the next.
	if err := bob.w.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	ann.thread("main.child2: chan receive")
	ann.leaves()
	early.leaves()
	cleo := s.connect(t)
	cleo.joins()
	if stop := event[*godap.StoppedEvent](cleo); stop.Body.Reason != "pause" {
		t.Errorf("who joins later is told of this stop: %+v", stop.Body)
	}
	cleo.thread("main.child2: chan receive")
	if err := s.adapter.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cleo.gone()
	if !tg.Alive(t) {
		t.Error("after the adapter ended the program does not answer")
	}
}

// What several clients debug ends when one of them says so.
func TestSeveralClientsOfALaunch(t *testing.T) {
	t.Parallel()
	main := source(t, "desk", "main.go")
	s := listening(t, "--accept-multiclient")
	ann := s.connect(t)
	ann.begin("launch", map[string]any{"mode": "exec", "program": testtarget.Build(t, "desk", unoptimised), "stdinFrom": os.DevNull})
	pid := event[*godap.ProcessEvent](ann).Body.SystemProcessId
	call[*godap.SetBreakpointsResponse](ann, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": main}, "breakpoints": []any{map[string]any{"line": lineOf(t, main, "sum := a + b")}},
	})
	ann.stoppedOnEntry()
	bob := s.connect(t)
	bob.joins()
	if e := event[*godap.ProcessEvent](bob); e.Body.SystemProcessId != pid {
		t.Errorf("who joins is told of the process %+v", e.Body)
	}
	event[*godap.StoppedEvent](bob)
	call[*godap.RestartResponse](bob, "restart", nil)
	for _, c := range []*client{bob, ann} {
		event[*godap.InitializedEvent](c)
	}
	call[*godap.ConfigurationDoneResponse](ann, "configurationDone", nil)
	call[*godap.ConfigurationDoneResponse](bob, "configurationDone", nil)
	for _, c := range []*client{bob, ann} {
		if stop := event[*godap.StoppedEvent](c); stop.Body.Reason != "breakpoint" {
			t.Errorf("after a restart it stopped like this: %+v", stop.Body)
		}
	}
	if frames := bob.stack(1, 0, 1); frames[0].Name != "main.add" {
		t.Errorf("it stopped in %s", frames[0].Name)
	}
	bob.disconnect(map[string]any{"terminateDebuggee": true})
	event[*godap.TerminatedEvent](ann)
	ann.gone()
	if err := syscall.Kill(pid, 0); err == nil {
		t.Errorf("the process %d is still there", pid)
	}
}

// Who launches and vanishes before the program runs leaves nothing behind.
func TestSeveralClientsAfterAFalseStart(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "desk", testtarget.Options{})
	s := listening(t, "--accept-multiclient")
	ann := s.connect(t)
	ann.begin("launch", map[string]any{"mode": "exec", "program": exe, "stdinFrom": os.DevNull})
	pid := event[*godap.ProcessEvent](ann).Body.SystemProcessId
	ann.vanish()
	if err := syscall.Kill(pid, 0); err == nil {
		t.Errorf("the process %d is still there", pid)
	}
}

// Without being asked for, a second client is turned away in words.
func TestSecondClientIsTurnedAway(t *testing.T) {
	t.Parallel()
	s := listening(t)
	first := s.connect(t)
	first.initialize()
	second := s.connect(t)
	if got := second.fails("initialize", map[string]any{"adapterID": "go"}); !strings.Contains(got, "--accept-multiclient") {
		t.Errorf("it is told %q", got)
	}
	first.disconnect(nil)
}

// The adapter is told to end while a client's launch is under way: nothing is
// left of it.
func TestSeveralClientsAreEndedEarly(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	for range 4 {
		s := listening(t, "--accept-multiclient")
		c := s.connect(t)
		c.initialize()
		c.send("attach", map[string]any{"processId": tg.PID})
		if err := s.adapter.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		c.gone()
		if !tg.Alive(t) {
			t.Fatal("the program does not answer")
		}
	}
}

// One of several clients vanishes while it waits for any answer: the others
// go on, and so does the program once they have left.
func TestOneOfSeveralClientsVanishes(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	s := listening(t, "--accept-multiclient")
	t.Cleanup(func() { _ = s.adapter.Process.Signal(syscall.SIGTERM) })
	ann := s.connect(t)
	ann.begin("attach", map[string]any{"processId": tg.PID, "stopOnEntry": true})
	ann.stoppedOnEntry()
	for command, arguments := range requestsOfAStop {
		if command == "restart" { // which is another program then
			continue
		}
		bob := s.connect(t)
		bob.joins()
		event[*godap.StoppedEvent](bob)
		bob.send(command, arguments)
		if err := bob.w.(*net.TCPConn).CloseWrite(); err != nil { // what was sent arrives
			t.Fatal(err)
		}
		if command == "continue" || command == "next" {
			event[*godap.ContinuedEvent](ann)
			if !tg.Alive(t) { // and so it runs: Delve can miss a pause that comes before
				t.Fatalf("after one vanished in %s the program does not answer", command)
			}
			call[*godap.PauseResponse](ann, "pause", map[string]any{"threadId": 1})
			event[*godap.StoppedEvent](ann)
		}
		if threads := ann.threads(); len(threads) < 5 {
			t.Errorf("after one vanished in %s the other sees the threads %v", command, threads)
		}
	}
	if err := s.adapter.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ann.gone()
	if !tg.Alive(t) {
		t.Error("afterwards the program does not answer")
	}
}
