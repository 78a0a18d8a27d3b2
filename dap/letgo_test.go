package dap_test

import (
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// A program that is let go while its threads run into breakpoints goes on,
// however the client leaves. Delve itself has been seen, once in some two hundred
// sessions, to lose such a program while it debugs it: that is told, and another is let go.
func TestBusyProgramIsLetGo(t *testing.T) {
	t.Parallel()
	start := func() *testtarget.Target {
		return testtarget.StartEnv(t, []string{"GOMAXPROCS=8"}, testtarget.Build(t, "server", testtarget.Options{}), "load")
	}
	tg, lost := start(), 0
	for i := range 20 {
		c := overTCP(t)
		c.begin("attach", map[string]any{"processId": tg.PID})
		set := call[*godap.SetFunctionBreakpointsResponse](c, "setFunctionBreakpoints", map[string]any{"breakpoints": []any{
			map[string]any{"name": "main.(*shop).order"}, map[string]any{"name": "main.(*stock).ServeHTTP"},
		}}).Body.Breakpoints
		if len(set) != 2 || !set[0].Verified || !set[1].Verified {
			t.Fatalf("the breakpoints are %+v", set)
		}
		c.stoppedOnEntry()
		if !c.hits(3) {
			if lost++; lost > 1 {
				t.Fatalf("it ended %d times before it was let go", lost)
			}
			t.Logf("it ended under Delve before it was let go for the %d. time", i+1)
			tg = start()
			continue
		}
		// Nobody waits for the stop that comes of this.
		call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
		if i%2 == 0 {
			c.disconnect(nil)
		} else {
			c.vanish()
		}
		if !tg.Alive(t) {
			t.Fatalf("let go for the %d. time it does not answer", i+1)
		}
	}
}

// hits lets a program go on until it has run into breakpoints n times; false: it
// ended before.
func (c *client) hits(n int) bool {
	c.t.Helper()
	for range n {
		call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
		m := c.await(func(m godap.Message) bool {
			switch m.(type) {
			case *godap.StoppedEvent, *godap.TerminatedEvent:
				return true
			}
			return false
		})
		if _, ended := m.(*godap.TerminatedEvent); ended {
			return false
		}
	}
	return true
}
