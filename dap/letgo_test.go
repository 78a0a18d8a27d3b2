package dap_test

import (
	"testing"

	godap "github.com/google/go-dap"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// A program that is let go while its threads run into breakpoints goes on,
// however the client leaves.
func TestBusyProgramIsLetGo(t *testing.T) {
	t.Parallel()
	tg := testtarget.StartEnv(t, []string{"GOMAXPROCS=8"}, testtarget.Build(t, "server", testtarget.Options{}), "load")
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
		for range 3 {
			call[*godap.ContinueResponse](c, "continue", map[string]any{"threadId": 1})
			event[*godap.StoppedEvent](c)
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
