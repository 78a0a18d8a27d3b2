package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-delve/delve/service/api"
	"github.com/go-delve/delve/service/rpc2"
	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// connected is how a target looks through a headless Delve.
func connected(t *testing.T, addr string, o dlvext.ConnectOptions) *graph.Snapshot {
	t.Helper()
	s, _, err := snapshot.Connect(context.Background(), addr, o, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Process.Source != "connect" {
		t.Errorf("the source is %q", s.Process.Source)
	}
	return s
}

// reading are the methods of Delve's that change nothing.
var reading = []string{
	"GetVersion", "IsMulticlient", "State", "ListThreads", "ListRegisters", "ExamineMemory", "ListGoroutines", "ListDynamicLibraries",
}

// A process that a headless Delve is attached to looks as it does without
// Delve, read directly or through Delve, whose session stays as it was.
func TestConnectToAProcess(t *testing.T) {
	t.Parallel()
	for _, program := range []struct {
		name  string
		build testtarget.Options
	}{{"chans", testtarget.Options{}}, {"errgroup", testtarget.Options{PIE: true}}, {"contexts", testtarget.Options{}}, {"busy", testtarget.Options{CGO: true}}} {
		t.Run(program.name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, program.name, program.build))
			free := attach(t, tg)
			d := testtarget.StartDelve(t, "attach", strconv.Itoa(tg.PID))
			other := rpc2.NewClient(d.Addr) // stays connected
			if _, err := other.CreateBreakpoint(&api.Breakpoint{FunctionName: "main.main", Line: -1}); err != nil {
				t.Fatal(err)
			}
			before := session(t, other)
			relay := newRelay(t, d.Addr, 0)
			for what, see := range map[string]func() *graph.Snapshot{
				"directly":      func() *graph.Snapshot { return connected(t, d.Addr, dlvext.ConnectOptions{}) },
				"through Delve": func() *graph.Snapshot { return connected(t, relay.addr, dlvext.ConnectOptions{Exe: tg.Exe}) },
			} {
				s := see()
				if program.name == "busy" { // it runs, and stands elsewhere than before
					checkBusy(t, s, true)
				} else {
					compareMoments(t, free, s)
				}
				if slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "torn" || p.Code == "source" }) {
					t.Errorf("%s: there is something to be said of the source: %s", what, s.Problems[0].Message)
				}
			}
			for _, method := range relay.methods() {
				if !slices.Contains(reading, method) {
					t.Errorf("%s was called, which does not only read", method)
				}
			}
			if after := session(t, other); after != before {
				t.Errorf("the session was (-) and is (+):\n%s", cmp.Diff(lines([]byte(before)), lines([]byte(after))))
			}
			if err := other.Detach(false); err != nil {
				t.Fatal(err)
			}
			if !tg.Alive(t) {
				t.Error("the target is gone")
			}
		})
	}
}

// session is what a client of Delve's sees of its session.
func session(t *testing.T, c *rpc2.RPCClient) string {
	t.Helper()
	state, err := c.GetState()
	if err != nil {
		t.Fatal(err)
	}
	breakpoints, err := c.ListBreakpoints(false)
	if err != nil {
		t.Fatal(err)
	}
	breakpoints = slices.DeleteFunc(breakpoints, func(b *api.Breakpoint) bool { return b.ID < 0 }) // Delve's own, in an order that changes
	slices.SortFunc(state.Threads, func(a, b *api.Thread) int { return a.ID - b.ID })
	slices.SortFunc(breakpoints, func(a, b *api.Breakpoint) int { return a.ID - b.ID })
	text, err := json.MarshalIndent([]any{state, breakpoints}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A core dump that a headless Delve has open looks as it does without Delve.
func TestConnectToACore(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "mutexes", testtarget.Options{}))
	core := tg.GCore(t)
	want, err := snapshot.Core(context.Background(), tg.Exe, core, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := testtarget.StartDelve(t, "core", tg.Exe, core)
	if _, _, err := snapshot.Connect(context.Background(), d.Addr, dlvext.ConnectOptions{}, snapshot.Options{}); err == nil || !strings.Contains(err.Error(), "--exe") {
		t.Errorf("a core names no executable to Delve: %v", err)
	}
	compareMoments(t, want, connected(t, d.Addr, dlvext.ConnectOptions{Exe: tg.Exe}))
}

// The heap is looked through on request alone: then what leaked is known.
func TestConnectFindsLeaks(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "leaks", testtarget.Options{}))
	d := testtarget.StartDelve(t, "attach", strconv.Itoa(tg.PID))
	for _, o := range []dlvext.ConnectOptions{{}, {Heap: true}, {Heap: true, Remote: true}} {
		s := connected(t, d.Addr, o)
		found := slices.ContainsFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "leak" })
		if found != o.Heap {
			t.Errorf("with %+v a leak is found: %v", o, found)
		}
	}
}

// A target that runs is stopped only on request, and goes on then.
func TestConnectToAProgramThatRuns(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "errgroup", testtarget.Options{})
	d := testtarget.StartDelve(t, "exec", "--continue", exe)
	if line := d.Line(t); line != "READY" {
		t.Fatalf("it says %q", line)
	}
	for _, remote := range []bool{false, true} {
		_, _, err := snapshot.Connect(context.Background(), d.Addr, dlvext.ConnectOptions{Remote: remote}, snapshot.Options{})
		if err == nil || !strings.Contains(err.Error(), "runs: pause it there, or have it stop for a moment with --halt") {
			t.Errorf("a target that runs: %v", err)
		}
		s := connected(t, d.Addr, dlvext.ConnectOptions{Halt: true, Remote: remote})
		if len(withFunction(t, s, "main.leaf", 2)) != 2 {
			t.Error("its goroutines are not there")
		}
		d.Say(t, "ping")
		if line := d.Line(t); line != "ANSWER 4" {
			t.Errorf("it does not go on: it says %q", line)
		}
		answer := make([]byte, 4)
		if d.Read(t, answer); string(answer) != "pong" {
			t.Errorf("it answers %q", answer)
		}
	}
	// Interrupted in the middle, it lets the target go on all the same.
	for cut := 3; cut < 40; cut += 1 + cut/5 { // the 4th call is the halt
		ctx, cancel := context.WithCancel(context.Background())
		relay := newRelay(t, d.Addr, 0)
		relay.at(cut, cancel)
		_, _, err := snapshot.Connect(ctx, relay.addr, dlvext.ConnectOptions{Exe: exe, Halt: true}, snapshot.Options{})
		if err == nil && len(relay.methods()) > cut+2 {
			t.Errorf("interrupted at call %d it went on to %d", cut, len(relay.methods()))
		}
		d.Say(t, "ping")
		answer := make([]byte, len("ANSWER 4\npong"))
		if d.Read(t, answer); string(answer) != "ANSWER 4\npong" {
			t.Fatalf("interrupted at call %d it answers %q", cut, answer)
		}
		cancel()
	}
}

// A Delve that vanishes, wherever in the conversation, is one clear error.
func TestConnectToADelveThatVanishes(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	d := testtarget.StartDelve(t, "attach", strconv.Itoa(tg.PID))
	whole := newRelay(t, d.Addr, 0)
	connected(t, whole.addr, dlvext.ConnectOptions{Exe: tg.Exe})
	calls := len(whole.methods())
	t.Logf("a whole conversation has %d calls", calls)
	for after := 1; after < calls; after += 1 + after/4 {
		relay := newRelay(t, d.Addr, after)
		_, _, err := snapshot.Connect(context.Background(), relay.addr, dlvext.ConnectOptions{Exe: tg.Exe}, snapshot.Options{})
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), relay.addr) {
			t.Errorf("gone after %d calls: %v", after, err)
		}
	}
}

// A Delve of another version answers as this one, or does not know a method: then
// what can be had without is shown, or one line says what is missing.
func TestConnectToAnotherVersion(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	d := testtarget.StartDelve(t, "attach", strconv.Itoa(tg.PID))
	want := len(connected(t, d.Addr, dlvext.ConnectOptions{}).Tasks)
	for _, c := range []struct {
		unknown string // method
		remote  bool
		err     string // empty: it is read
	}{
		{"", false, ""},
		{"", true, ""},
		{"IsMulticlient", false, ""},
		{"ListDynamicLibraries", true, ""},
		{"ListRegisters", false, ""},
		{"ListGoroutines", true, ""},
		{"ExamineMemory", true, "ExamineMemory"},
		{"ListThreads", false, "ListThreads"},
		{"State", false, "State"},
	} {
		relay := newRelay(t, d.Addr, 0)
		relay.forget(c.unknown)
		s, _, err := snapshot.Connect(context.Background(), relay.addr, dlvext.ConnectOptions{Exe: tg.Exe, Remote: c.remote}, snapshot.Options{})
		switch {
		case c.err != "":
			if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), c.err) {
				t.Errorf("without %s: %v", c.unknown, err)
			}
		case err != nil:
			t.Errorf("without %q: %v", c.unknown, err)
		case len(s.Tasks) != want:
			t.Errorf("without %q there are %d tasks, and not %d", c.unknown, len(s.Tasks), want)
		}
	}
}

// relay passes calls on to a Delve, and notes them. The Delve seems to be of
// another version.
type relay struct {
	addr string

	mu      sync.Mutex
	unknown string // a method that the Delve does not know
	called  []string
	when    int
	do      func()
}

var delveVersion = regexp.MustCompile(`Version: [0-9.]+`)

// newRelay listens for one client. After some calls it hangs up; 0: it does not.
func newRelay(t *testing.T, to string, after int) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	r := &relay{addr: listener.Addr().String()}
	go func() {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		delve, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer delve.Close()
		go func() {
			answers := bufio.NewReader(delve)
			for {
				line, err := answers.ReadBytes('\n')
				if err != nil {
					client.Close()
					return
				}
				_, _ = client.Write(delveVersion.ReplaceAll(line, []byte("Version: 1.99.0")))
			}
		}()
		for lines := bufio.NewScanner(client); lines.Scan(); {
			var call struct {
				Method string
				ID     int
			}
			_ = json.Unmarshal(lines.Bytes(), &call)
			r.mu.Lock()
			unknown := "RPCServer." + r.unknown
			r.mu.Unlock()
			if call.Method == unknown {
				fmt.Fprintf(client, "{\"id\":%d,\"result\":null,\"error\":\"rpc: can't find method %s\"}\n", call.ID, call.Method)
				continue
			}
			r.mu.Lock()
			r.called = append(r.called, strings.TrimPrefix(call.Method, "RPCServer."))
			n, do := len(r.called), r.do
			if n != r.when {
				do = nil
			}
			r.mu.Unlock()
			if do != nil {
				do()
			}
			if n == after {
				return
			}
			_, _ = delve.Write(append(lines.Bytes(), '\n'))
		}
	}()
	return r
}

// forget has the Delve not know a method.
func (r *relay) forget(method string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unknown = method
}

// at has something be done at the n-th call.
func (r *relay) at(n int, do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.when, r.do = n, do
}

func (r *relay) methods() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.called)
}
