package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// A goroutine whose stack is just being moved or scanned is said to be, and has
// the frames that it has all the same; of the others nothing changes.
func TestStacksInMotion(t *testing.T) {
	t.Parallel()
	r := record(t, "chans")
	task := withFunction(t, r.baseline, "main.receiveUnbuffered", 1)[0]
	at, status := statusOf(t, r, task.ID)
	const (
		copystack = 8 // https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L82
		scan      = 0x1000
	)
	for _, c := range []struct {
		says   string
		status uint64
		state  graph.State
	}{
		{"stack_being_moved", copystack, graph.StateRunning},
		{"stack_being_scanned", status&0xffffffff | scan, graph.StateWaiting},
	} {
		s := r.with(t, map[uint64]uint64{at: status&^0xffffffff | c.status})
		got := s.Task(task.ID)
		if got.State != c.state || !slices.Contains(got.Detail, graph.Attr{Key: c.says, Value: true}) {
			t.Errorf("it is %v, and %v is said of it; want %v and %s", got.State, got.Detail, c.state, c.says)
		}
		if a, b := callsOf(task), callsOf(got); !slices.Equal(a, b) || len(got.Problems) > 0 {
			t.Errorf("%s: its frames are %v, not %v; the problems are %v", c.says, b, a, got.Problems)
		}
		before, after := accounts(t, r.baseline), accounts(t, s)
		delete(before, string(task.ID))
		if others := changes(before, after); len(others) > 0 {
			t.Errorf("%s: something else is said of %v:\n%s", c.says, others, cmp.Diff(lines([]byte(before[others[0]])), lines([]byte(after[others[0]]))))
		}
	}
}

// callsOf are the functions and lines of a task's frames.
func callsOf(task *graph.Task) []string {
	var calls []string
	for _, f := range task.Frames {
		calls = append(calls, fmt.Sprint(f.Func, " ", f.Line))
	}
	return calls
}

// statusOf is where a goroutine keeps its status, and the word that is there.
func statusOf(t *testing.T, r *replay, id graph.TaskID) (addr, word uint64) {
	t.Helper()
	g, err := r.img.Type("runtime.g")
	if err != nil {
		t.Fatal(err)
	}
	goid, err := g.Field("goid")
	if err != nil {
		t.Fatal(err)
	}
	status, err := g.Field("atomicstatus")
	if err != nil {
		t.Fatal(err)
	}
	all, _, ok := r.img.Symbol("runtime.allgs")
	if !ok {
		t.Fatal("the list of goroutines is not known")
	}
	list := r.word(t, all)
	for i := range r.word(t, all+8) {
		one := r.word(t, list+8*i)
		if graph.TaskID(fmt.Sprint("go:", r.word(t, one+uint64(goid.Offset)))) == id {
			at := one + uint64(status.Offset)
			return at, r.word(t, at)
		}
	}
	t.Fatalf("%s is not among the goroutines", id)
	return 0, 0
}

// Where it was not looked for who leaked, or cannot be known, a note says why, and
// nobody is said to have.
func TestWhyLeaksAreNotKnown(t *testing.T) {
	t.Parallel()
	stripped := testtarget.Options{Flags: []string{"-ldflags=-s -w"}}
	for _, c := range []struct {
		name  string
		built testtarget.Options
		how   snapshot.Options
		says  string
	}{
		{"without the heap", testtarget.Options{}, snapshot.Options{}, "was not looked into: the heap was not captured"},
		{"while it runs", testtarget.Options{}, snapshot.Options{Heap: true, NoStop: true}, "is not known: the process ran while it was read"},
		{"without symbols", stripped, snapshot.Options{Heap: true}, "was not looked into: the program has no symbol table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "mutexes", c.built))
			c.how.MaxStop = patience
			s, err := snapshot.Attach(t.Context(), tg.PID, c.how)
			if err != nil {
				t.Fatal(err)
			}
			if notes := strings.Join(s.Runtimes[0].Notes, "\n"); !strings.Contains(notes, "whether goroutines leaked "+c.says) {
				t.Errorf("the notes are %q", notes)
			}
			for _, p := range s.Problems {
				if p.Code == "leak" || p.Code == "held-by-global" {
					t.Errorf("it says all the same: %s", p.Message)
				}
			}
		})
	}
}
