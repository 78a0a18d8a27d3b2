package cpython_test

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Who waits for the end of a connection or a server is told which.
func TestClosing(t *testing.T) {
	eachPython(t, 8, "closing.py", func(t *testing.T, p testtarget.Python, s seen) {
		wait := s.task("writer").Waits[0]
		r := s.Resource(wait.Resource)
		if wait.Kind != graph.WaitStream || wait.Text != "close" || r == nil || r.Type != "asyncio.StreamWriter" {
			t.Fatalf("writer waits for %v %q of %+v, want the end of its stream", wait.Kind, wait.Text, r)
		}
		keys := ""
		for _, a := range r.Detail {
			keys += a.Key + " "
		}
		if !strings.HasPrefix(keys, "fd local remote ") || !strings.HasSuffix(keys, "high_water ") {
			t.Errorf("of the connection this is known: %v", r.Detail)
		}
		if !p.AtLeast(12) {
			return
		}
		wait = s.task("server").Waits[0]
		r = s.Resource(wait.Resource)
		if r == nil || r.Kind != "server" || r.Type != "asyncio.Server" || len(r.Detail) != 1 || r.Detail[0] != (graph.Attr{Key: "connections", Value: int64(1)}) {
			t.Errorf("server waits for %+v, want a server with one connection", r)
		}
	})
}
