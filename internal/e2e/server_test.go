package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A real server under load, of which nothing was made for these tests, is read
// live, from a core and from a recording: all of it can be read, no matter when
// it was stopped, nothing is found that is not so, and every view shows it.
func TestRealServer(t *testing.T) {
	if !testtarget.Full() {
		t.Skip("a large program; to lift: DLV_ASYNC_FULL=1")
	}
	tg := testtarget.Start(t, buildIntegration(t, "nats"))
	for _, v := range []view{{"attach", attach}, {"again", attach}, {"and again", attach}, {"gcore", gcore}, {"recording", recording}} {
		t.Run(v.name, func(t *testing.T) {
			s := v.see(t, tg)
			checkServer(t, s)
			for name, view := range map[string]func(*bytes.Buffer) error{
				"report":    func(b *bytes.Buffer) error { return render.Report(b, s, render.Options{}) },
				"tree":      func(b *bytes.Buffer) error { return render.Tree(b, s, render.Options{}) },
				"stacks":    func(b *bytes.Buffer) error { return render.Stacks(b, s, render.Options{}) },
				"groups":    func(b *bytes.Buffer) error { return render.Groups(b, s, render.Options{}) },
				"resources": func(b *bytes.Buffer) error { return render.Resources(b, s, render.Options{}) },
				"stats":     func(b *bytes.Buffer) error { return render.Stats(b, s, render.Options{}) },
				"svg":       func(b *bytes.Buffer) error { return render.SVG(b, s, render.Options{}) },
				"json":      func(b *bytes.Buffer) error { return graph.WriteJSON(b, s) },
			} {
				var b bytes.Buffer
				if err := view(&b); err != nil || b.Len() == 0 {
					t.Errorf("%s: %d bytes, %v", name, b.Len(), err)
				}
			}
		})
	}
	t.Run("a hundred looks", func(t *testing.T) {
		live, err := snapshot.NewLive(tg.PID, snapshot.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer live.Close()
		for n := range 100 {
			s, err := live.Take(t.Context(), snapshot.Options{MaxStop: patience, Heap: n%2 == 1})
			if err != nil {
				t.Fatal(err)
			}
			checkServer(t, s)
		}
	})
	if !tg.Alive(t) {
		t.Error("the server is gone")
	}
}

func checkServer(t *testing.T, s *graph.Snapshot) {
	t.Helper()
	if err := graph.Validate(s); err != nil {
		t.Errorf("the snapshot is not valid: %v", err)
	}
	for _, p := range s.Problems {
		if p.Severity >= graph.Error || p.Code == "unreadable" {
			t.Errorf("%s: %s", p.Code, p.Message)
		}
	}
	connections := 0
	for _, task := range s.Tasks {
		for _, p := range task.Problems {
			if task.State != graph.StateRunning {
				t.Errorf("%s, %v: %s", task.ID, task.State, p.Message)
			}
		}
		for _, f := range task.Frames {
			if strings.HasSuffix(f.Func, "server.(*client).readLoop") {
				connections++
			}
		}
	}
	const clients = 21
	if connections != clients {
		t.Errorf("%d connections are read, want %d", connections, clients)
	}
}

// buildIntegration builds a program of testdata/integration, a module of its own.
func buildIntegration(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(testtarget.Root(t), "testdata", "integration", name)
	run := func(args ...string) (string, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("mod", "download"); err != nil {
		testtarget.Skip(t, name, "its modules cannot be downloaded: "+out, "allow the go command the network, once")
	}
	exe := filepath.Join(t.TempDir(), name)
	if out, err := run("build", "-o", exe, "."); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, out)
	}
	return exe
}
