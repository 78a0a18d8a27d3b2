package dlvasync_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	dlvasync "github.com/dlv-async/dlv-async"
	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

var exe, core string

// The logical backtrace of a task of a core dump: its own calls, then those of
// whoever awaits it.
func Example() {
	s, err := dlvasync.Core(context.Background(), exe, core, dlvasync.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	paths, _ := s.Backtrace(s.Find("~main.child1")[0].ID, 1)
	for _, part := range paths[0] {
		for _, frame := range part.Frames {
			fmt.Println(part.How, frame.Func, filepath.Base(frame.File))
		}
	}
}

// The example, on a core; the same from an image, with a runtime of our own.
func TestExample(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	exe, core = tg.Exe, tg.GCore(t)
	out := output(t, Example)
	for _, want := range []string{"self main.child2 main.go", "self main.child1 main.go", "scope main.parent2 main.go", "scope main.parent1 main.go"} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "parent3") {
		t.Errorf("parent3 is none of its callers:\n%s", out)
	}

	img, err := dlvext.OpenCore(exe, core, dlvext.CoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	s, err := dlvasync.Of(t.Context(), img, dlvasync.Options{Runtimes: []walker.Runtime{fibers{}}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Task("fiber:1") == nil || s.Task("go:1") == nil {
		t.Error("not the tasks of both runtimes")
	}
	if _, err := dlvasync.Read(t.Context(), "nothing", strings.NewReader(""), dlvasync.Options{}); err == nil {
		t.Error("nothing is a snapshot")
	}
	if _, err := dlvasync.Attach(t.Context(), -1, dlvasync.Options{}); err == nil {
		t.Error("process -1 is there")
	}
}

// fibers is a runtime with one task.
type fibers struct{}

func (fibers) Name() string                                                    { return "fibers" }
func (f fibers) Detect(*dlvext.Image, walker.Options) (walker.Instance, error) { return f, nil }
func (fibers) Collect(context.Context, *dlvext.Image) error                    { return nil }
func (fibers) Walk(_ context.Context, _ *dlvext.Image, b *graph.Builder) error {
	b.Task(&graph.Task{ID: "fiber:1", Runtime: "fiber", State: graph.StateRunning})
	return nil
}

// output is what a function prints.
func output(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	f()
	os.Stdout = stdout
	w.Close()
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
