package cpython_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A server that nobody wrote for the purpose: aiohttp on uvloop, live and from
// a core, with requests that wait for each other.
func TestAiohttp(t *testing.T) {
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if py.Minor != "3.11" && !(testtarget.Full() && py.AtLeast(11)) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Venv(t, py, "aiohttp", "uvloop")
			script := filepath.Join(testtarget.Root(t), "testdata", "python", "web.py")
			tg := testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script)
			requestsAreExplained(t, see(t, tg, snapshot.Options{}))
			core, err := snapshot.Core(t.Context(), tg.Exe, tg.GCore(t), snapshot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			requestsAreExplained(t, seen{core, t})
			script = filepath.Join(testtarget.Root(t), "testdata", "python", "stalled.py")
			stalled(see(t, testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script, "uvloop"), snapshot.Options{}),
				"at __main__.block, while 1 callback is ready")
			script = filepath.Join(testtarget.Root(t), "testdata", "python", "connections.py")
			connectionsAreExplained(t, see(t, testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script), snapshot.Options{}))
		})
	}
}

// What tasks wait for in aiohttp itself is data of a connection with
// an address, or a connection.
func connectionsAreExplained(t *testing.T, s seen) {
	t.Helper()
	for name, want := range map[string]string{
		"body": "aiohttp.streams.StreamReader", "websocket": "aiohttp.web_ws.WebSocketResponse",
		"post": "aiohttp.client_proto.ResponseHandler", "get": "aiohttp.client_proto.ResponseHandler",
		"socket": "aiohttp.client_ws.ClientWebSocketResponse", "half": "aiohttp.streams.StreamReader",
	} {
		wait := s.task(name).Waits[0]
		r := s.Resource(wait.Resource)
		if wait.Kind != graph.WaitStream || wait.Text != "read" || r == nil || r.Type != want {
			t.Errorf("%s waits for %v %q of %+v, want data of a %s", name, wait.Kind, wait.Text, r, want)
			continue
		}
		detail := map[string]any{}
		for _, a := range r.Detail {
			detail[a.Key] = a.Value
		}
		if remote, _ := detail["remote"].(string); detail["fd"] == nil || !strings.HasPrefix(remote, "127.0.0.1:") {
			t.Errorf("of the connection of %s this is known: %v", name, r.Detail)
		}
	}
	wait := s.task("second").Waits[0]
	if r := s.Resource(wait.Resource); wait.Kind != graph.WaitSemaphore || r.Type != "aiohttp.connector.TCPConnector" || fmt.Sprint(r.Detail) != "[{size 1} {held 1}]" {
		t.Errorf("second waits for %v of %+v, want the connector, whose only connection is taken", wait.Kind, r)
	}
}

func requestsAreExplained(t *testing.T, s seen) {
	t.Helper()
	if served := s.requests(); len(served) != 12 || served[0] != "GET /charge: an HTTP request" {
		t.Errorf("the requests are\n%s", strings.Join(served, "\n"))
	}
	waits := map[string]int{}
	for _, task := range s.Tasks {
		for _, f := range task.Frames {
			if len(task.Waits) > 0 && slices.Contains([]string{"__main__.charge", "__main__.reserve", "__main__.gather", "__main__.pick"}, f.Func) {
				waits[f.Func+" "+string(task.Waits[0].Kind)]++
			}
		}
	}
	for what, want := range map[string]int{
		"__main__.charge lock": 3, "__main__.charge sleep": 1, "__main__.reserve task group": 4,
		"__main__.gather gather": 4, "__main__.pick queue put": 4,
	} {
		if waits[what] != want {
			t.Errorf("%d tasks stand in %s, want %d", waits[what], what, want)
		}
	}
	for _, r := range s.Resources {
		if r.Type == "asyncio.Lock" && len(s.Waiters(r)) > 0 && (len(r.Holders) != 1 || r.Holders[0].Evidence.Confidence != graph.Inferred) {
			t.Errorf("the lock's holders are %+v, want the one that sleeps, inferred", r.Holders)
		}
	}
	pick := s.Find("~__main__.pick")[0]
	var way []string
	for _, segment := range s.path(pick.ID) {
		for _, f := range segment.Frames {
			way = append(way, f.Func)
		}
	}
	at := 0
	for _, f := range way {
		if at < 4 && f == []string{"__main__.pick", "__main__.reserve", "__main__.order", "aiohttp.web_protocol.RequestHandler.start"}[at] {
			at++
		}
	}
	if at < 4 {
		t.Errorf("the logical backtrace of a pick is %q; it leads through reserve and order to aiohttp's handler", way)
	}
}

// path is the first of a task's logical backtraces.
func (s seen) path(id graph.TaskID) graph.Path {
	paths, _ := s.Backtrace(id, 1)
	return paths[0]
}
