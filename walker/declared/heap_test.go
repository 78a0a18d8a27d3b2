package declared_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	dlvasync "github.com/dlv-async/dlv-async"
	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/declared"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// What stands anywhere on the heap is found by the types that lead there, on each
// Go release: live and in a core it is the same. Without the heap it is said that
// nobody looked.
func TestHeap(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testtarget.Root(t), "testdata/go/scattered/scattered.toml"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := declared.Parse("scattered.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, toolchain := range testtarget.Releases() {
		o := testtarget.Options{Toolchain: toolchain}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "scattered", o))
			options := dlvasync.Options{Runtimes: declared.Runtimes(all)}
			s, err := dlvasync.Attach(t.Context(), tg.PID, options)
			if err != nil {
				t.Fatal(err)
			}
			checkScattered(t, s)
			if toolchain != "" {
				return
			}
			core := tg.GCore(t)
			if s, err = dlvasync.Core(t.Context(), tg.Exe, core, options); err != nil {
				t.Fatal(err)
			}
			checkScattered(t, s)
			img, err := dlvext.OpenCore(tg.Exe, core, dlvext.CoreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer img.Close()
			img.Whole = false
			if s, err = dlvasync.Of(t.Context(), img, options); err != nil {
				t.Fatal(err)
			}
			if r := jobs(s); r == nil || r.Tasks != 0 || !slices.Equal(r.Notes, []string{"main.job was not looked for on the heap, which was not captured (--capture heap)"}) {
				t.Errorf("without the heap: %+v", r)
			}
		})
	}
}

func checkScattered(t *testing.T, s *graph.Snapshot) {
	t.Helper()
	var got []string
	for _, task := range s.Tasks {
		if strings.HasPrefix(string(task.ID), "job:") {
			got = append(got, string(task.ID)+" "+task.Name)
		}
	}
	want := []string{
		"job:1 mapped", "job:10 held", "job:11 pinned", "job:2 captured", "job:3 bound", "job:4 sent", "job:5 inside",
		"job:7 shared", "job:8 current", "job:9 kept",
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("jobs: %q, want %q", got, want)
	}
	if task := s.Task("job:2"); task != nil && (len(task.Waits) != 1 || task.Waits[0].Task != "job:1" || task.Waits[0].Evidence.Confidence != graph.Proven) {
		t.Errorf("job 2 waits %+v", task.Waits)
	}
	if task := s.Task("job:11"); task != nil && (len(task.Waits) != 1 || task.Waits[0].Task != "job:1" || task.Waits[0].Evidence.Confidence != graph.Inferred) {
		t.Errorf("job 11 waits %+v", task.Waits)
	}
	i := slices.IndexFunc(s.Tasks, func(t *graph.Task) bool { return t.Name == "passed" && t.Runtime == "go" })
	if i < 0 {
		t.Fatal("the goroutine of job 6 is not it")
	}
	wait := s.Tasks[i].Waits[0]
	if r := s.Resource(wait.Resource); r == nil || r.Kind != "narrow gate" || len(r.Detail) == 0 || r.Detail[0].Value != "front" || wait.Evidence.Confidence != graph.Inferred {
		t.Errorf("job 6 waits %+v on %+v", wait, r)
	}
	if err := graph.Validate(s); err != nil {
		t.Error(err)
	}
}

func jobs(s *graph.Snapshot) *graph.Runtime {
	for _, r := range s.Runtimes {
		if r.Name == "job" {
			return r
		}
	}
	return nil
}
