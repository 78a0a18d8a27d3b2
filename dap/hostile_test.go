package dap_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// vanish is a client that is gone from one moment to the next.
func (c *client) vanish() {
	c.t.Helper()
	if err := c.w.(io.Closer).Close(); err != nil {
		c.t.Fatal(err)
	}
	c.gone()
}

// requestsOfAStop are what a client may be waiting for when it goes.
var requestsOfAStop = map[string]any{
	"threads":           nil,
	"stackTrace":        map[string]any{"threadId": 1},
	"scopes":            map[string]any{"frameId": 1000},
	"variables":         map[string]any{"variablesReference": 1000},
	"evaluate":          map[string]any{"expression": "async tree", "context": "repl"},
	"setBreakpoints":    map[string]any{"source": map[string]any{"path": "/x.go"}, "breakpoints": []any{map[string]any{"line": 1}}},
	"continue":          map[string]any{"threadId": 1},
	"next":              map[string]any{"threadId": 1},
	"pause":             map[string]any{"threadId": 1},
	"dlvAsync/snapshot": nil,
	"restart":           nil,
	"disconnect":        nil,
}

// A client that vanishes while it waits for any answer leaves no adapter
// behind, and a target that goes on.
func TestClientVanishes(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"local", "observe"} {
		tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
		for command, arguments := range requestsOfAStop {
			c := overTCP(t)
			c.begin("attach", map[string]any{"mode": mode, "processId": tg.PID, "stopOnEntry": true})
			c.stoppedOnEntry()
			c.send(command, arguments)
			c.vanish()
			if !tg.Alive(t) {
				t.Fatalf("%s: after a client vanished in %s the target does not answer", mode, command)
			}
		}
		for _, last := range []string{"initialize", "attach", "configurationDone"} {
			c := overTCP(t)
			c.send("initialize", map[string]any{"adapterID": "go", "pathFormat": "path", "linesStartAt1": true, "columnsStartAt1": true})
			if last != "initialize" {
				c.send("attach", map[string]any{"mode": mode, "processId": tg.PID})
			}
			if last == "configurationDone" {
				c.send("configurationDone", nil)
			}
			c.vanish()
			if !tg.Alive(t) {
				t.Fatalf("%s: after a client vanished in %s the target does not answer", mode, last)
			}
		}
	}
}

// What was launched ends with its client.
func TestLaunchedProgramEndsWithItsClient(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "stdin")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	open, err := os.OpenFile(fifo, os.O_RDWR, 0) // so that the program does not end by itself
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	c := overTCP(t)
	c.begin("launch", map[string]any{"mode": "exec", "program": testtarget.Build(t, "desk", testtarget.Options{}), "stdinFrom": fifo, "outputMode": "remote"})
	pid := event[*godap.ProcessEvent](c).Body.SystemProcessId
	call[*godap.ConfigurationDoneResponse](c, "configurationDone", nil)
	c.output("READY")
	c.vanish()
	if err := syscall.Kill(pid, 0); err == nil {
		t.Errorf("the process %d is still there", pid)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "dlv-async-output-*")); len(left) > 0 {
		t.Logf("pipes of other sessions: %v", left)
	}
}

// A target that dies while it is debugged ends the session, in words.
func TestTargetDies(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	c := stopped(t, tg, false)
	call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
	if err := syscall.Kill(tg.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	event[*godap.TerminatedEvent](c)
	call[*godap.DisconnectResponse](c, "disconnect", nil)
	c.gone()
}

// Content that is no message is answered with an error, and the session goes
// on; a stream that is none ends it. Either way the target does.
func TestGarbage(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	c := stopped(t, tg, false)
	for _, content := range []string{"", "{", "null", "[]", `"request"`, `{"type":"request","seq":{}}`, strings.Repeat("[", 1<<16)} {
		fmt.Fprintf(c.w, "Content-Length: %d\r\n\r\n%s", len(content), content)
		if r, ok := c.answer(0).(*godap.ErrorResponse); !ok || !strings.Contains(told(r), "not a message") {
			t.Errorf("%.20q is answered with %v", content, r)
		}
	}
	for _, command := range []string{"", "sideways", "dlvAsync/", "launch", "attach", "cancel", "source", "goto", "modules"} {
		c.fails(command, nil)
	}
	// Arguments of every wrong shape: an answer of whatever kind.
	for command := range requestsOfAStop {
		if command == "disconnect" || command == "continue" || command == "next" || command == "restart" {
			continue
		}
		for _, arguments := range []any{[]any{}, "x", 7, map[string]any{"threadId": "x", "frameId": -1, "variablesReference": 1 << 40, "expression": "async where", "levels": -5}} {
			seq := c.send(command, arguments)

			// Delve's session ends over arguments it cannot decode, as under dlv.
			if !c.answeredOrEnded(seq) {
				if !tg.Alive(t) {
					t.Fatalf("over %s %v the target was lost", command, arguments)
				}
				c = stopped(t, tg, false)
			}
		}
	}
	c.vanish()

	random := rand.New(rand.NewPCG(1, 2))
	for i := range 8 {
		c := overTCP(t)
		c.begin("attach", map[string]any{"processId": tg.PID, "stopOnEntry": true})
		junk := make([]byte, 1+random.IntN(1<<12))
		for j := range junk {
			junk[j] = byte(random.Uint32())
		}
		if i%2 == 0 {
			junk = append([]byte("Content-Length: 99\r\n\r\n{"), junk[:min(50, len(junk))]...) // half a message
		}
		_, _ = c.w.Write(junk)
		c.vanish()
		if !tg.Alive(t) {
			t.Fatal("after garbage the target does not answer")
		}
	}
}

// answeredOrEnded waits for an answer; false: the session ended instead.
func (c *client) answeredOrEnded(seq int) bool {
	for m := range c.in {
		if r, ok := m.(godap.ResponseMessage); ok && r.GetResponse().RequestSeq == seq {
			return true
		}
	}
	c.gone()
	return false
}

// The adapter is told to end by a signal: the same.
func TestAdapterIsTerminated(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "cond", testtarget.Options{}))
	c := stopped(t, tg, false)
	if err := c.adapter.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	c.gone()
	if !tg.Alive(t) {
		t.Error("after the adapter ended the target does not answer")
	}
}
