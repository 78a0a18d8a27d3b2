package cpython_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Requests of servers of ASGI and WSGI are told, and where they stand, which is
// not where the server's own task does.
func TestServed(t *testing.T) {
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if py.Minor != "3.13" && !(testtarget.Full() && py.AtLeast(11)) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Venv(t, py, "starlette", "uvicorn", "websockets", "werkzeug", "httpx", "sqlalchemy[asyncio]", "aiosqlite", "asgiref")
			t.Run("pools", func(t *testing.T) { poolsAreExplained(t, exe) })
			script := filepath.Join(testtarget.Root(t), "testdata", "python", "served.py")
			s := see(t, testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script), snapshot.Options{})
			want := []string{
				"GET /old: an HTTP request", "GET /report: an HTTP request", "POST /pay: an HTTP request",
				"POST /pay: an HTTP request", "POST /pay: an HTTP request", "/feed: a websocket connection",
			}
			slices.Sort(want)
			if got := s.requests(); !slices.Equal(got, want) {
				t.Errorf("the requests are\n%s", strings.Join(got, "\n"))
			}
			var out strings.Builder
			if err := render.Requests(&out, s.Snapshot, render.Options{Width: 1000}); err != nil {
				t.Fatal(err)
			}
			for _, line := range []string{"2x", "__main__.pay", "POST /pay: wants asyncio.Lock", "__main__.report", "GET /report: waits for threading.Event", "POST /pay: sleeps", "GET /old: waits for"} {
				if !strings.Contains(out.String(), line) {
					t.Errorf("%q is not in\n%s", line, &out)
				}
			}
		})
	}
}

// Who wants a connection of a pool, and who has it; whom a thread of Django's
// async_to_sync waits for.
func poolsAreExplained(t *testing.T, exe string) {
	t.Parallel()
	script := filepath.Join(testtarget.Root(t), "testdata", "python", "pools.py")
	s := see(t, testtarget.StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, exe, script), snapshot.Options{})
	for name, want := range map[string]string{
		"http-waiter": "httpcore.AsyncConnectionPool [{size 1} {held 1}]",
		"db-waiter":   "sqlalchemy.pool.impl.AsyncAdaptedQueuePool [{size 1} {held 1}]",
		"db-thread":   "sqlalchemy.pool.impl.QueuePool [{size 1} {held 1}]",
	} {
		wait := s.task(name).Waits[0]
		r := s.Resource(wait.Resource)
		if wait.Kind != graph.WaitSemaphore || r == nil || r.Type+" "+fmt.Sprint(r.Detail) != want {
			t.Errorf("%s waits for %v of %+v, want %s", name, wait.Kind, r, want)
		}
	}
	compare(t, "the holders of what is wanted", s.holders, map[string]string{"http-waiter": "http-holder"})
	if wait := s.task("http-holder").Waits[0]; wait.Kind != graph.WaitStream || wait.Text != "read" {
		t.Errorf("http-holder waits for %+v, want data of its connection", wait)
	}
	thread := s.Task(s.task("bridge").Waits[0].Task)
	if thread == nil || len(thread.Waits) == 0 {
		t.Fatalf("bridge waits for %+v", thread)
	}
	if inner := s.Task(thread.Waits[0].Task); inner == nil || !slices.ContainsFunc(inner.Frames, func(f *graph.Frame) bool { return f.Func == "__main__.inner" }) {
		t.Errorf("the thread of bridge waits for %+v, want the task in inner", thread.Waits)
	}
}

// requests are those that are being served: which ones, and of what sort.
func (s seen) requests() (all []string) {
	for _, task := range s.Tasks {
		told := map[string]string{}
		for _, a := range task.Detail {
			told[a.Key], _ = a.Value.(string)
		}
		if what := told[graph.DetailServes]; what != "" {
			all = append(all, told[graph.DetailRequest]+": "+what)
		}
	}
	slices.Sort(all)
	return all
}
