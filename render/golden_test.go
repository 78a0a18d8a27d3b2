package render_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

var update = flag.Bool("update", false, "rewrite the golden files with what is printed now")

type view func(io.Writer, *graph.Snapshot, render.Options) error

var views = []struct {
	name string
	view view
}{
	{"report", render.Report},
	{"tree", render.Tree},
	{"tasks", render.Tasks},
	{"requests", render.Requests},
	{"stacks", render.Stacks},
	{"groups", render.Groups},
	{"resources", render.Resources},
	{"stats", render.Stats},
	{"problems", render.Problems},
	{"why", render.Why},
}

// pictures are the wait graph in its formats.
var pictures = []struct {
	name string
	view view
}{
	{"dot", render.DOT},
	{"mermaid", render.Mermaid},
	{"svg", render.SVG},
	{"html", render.HTML},
}

// taskViews are those of one task.
var taskViews = []struct {
	name string
	view view
}{
	{"where", render.Where},
	{"why", render.Why},
}

// TestGolden compares every view of every sample, at three widths, with what
// a person read and found good: testdata/NAME.txtar.
func TestGolden(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			snapshot := s.build()
			got := &txtar.Archive{}
			add := func(name string, v view, o render.Options) {
				t.Helper()
				o.Now = now
				got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(text(t, v, snapshot, o))})
			}
			for _, v := range views {
				limit := 0
				if v.name == "tasks" {
					limit = 20
				}
				for _, width := range []int{80, 200, 40} {
					add(fmt.Sprintf("%s %d", v.name, width), v.view, render.Options{Width: width, Limit: limit})
				}
			}
			add("dot", render.DOT, render.Options{})
			add("mermaid", render.Mermaid, render.Options{})
			add("report 80 ascii", render.Report, render.Options{ASCII: true})
			add("tree 80 system full limit", render.Tree, render.Options{System: true, Full: true, Limit: 12})
			for _, id := range s.tasks {
				for _, v := range taskViews {
					for _, width := range []int{80, 40} {
						add(fmt.Sprintf("%s %s %d", v.name, id, width), v.view, render.Options{Width: width, Task: id})
					}
				}
			}
			golden(t, s.name+".txtar", got)
		})
	}
}

// The diffs of two moments of a process, of a process and another, and of one
// with itself: testdata/diff.txtar.
func TestGoldenDiff(t *testing.T) {
	got := &txtar.Archive{}
	for _, c := range []struct {
		name     string
		from, to *graph.Snapshot
	}{
		{"later", stuckBefore(), stuck()}, {"earlier", stuck(), stuckBefore()},
		{"another process", quietly(), stuck()}, {"itself", python(), python()},
	} {
		for _, width := range []int{80, 40} {
			diff := func(w io.Writer, _ *graph.Snapshot, o render.Options) error {
				return render.Diff(w, graph.Compare(c.from, c.to, false), o)
			}
			out := text(t, diff, nil, render.Options{Width: width, Now: now})
			got.Files = append(got.Files, txtar.File{Name: fmt.Sprintf("%s %d", c.name, width), Data: []byte(out)})
		}
	}
	golden(t, "diff.txtar", got)
}

func text(t *testing.T, v view, s *graph.Snapshot, o render.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := v(&b, s, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name string, got *txtar.Archive) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatalf("%v; go test ./render -update makes it", err)
	}
	if diff := cmp.Diff(files(want), files(got)); diff != "" {
		t.Errorf("not as in %s (-want +got; -update takes the new):\n%s", file, diff)
	}
}

func files(a *txtar.Archive) map[string]string {
	m := map[string]string{}
	for _, f := range a.Files {
		m[f.Name] = string(f.Data)
	}
	return m
}
