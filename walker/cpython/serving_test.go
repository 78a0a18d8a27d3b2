package cpython_test

import (
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
			exe := testtarget.Venv(t, py, "starlette", "uvicorn", "websockets", "werkzeug")
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
