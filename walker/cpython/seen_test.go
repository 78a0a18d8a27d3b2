package cpython_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// seen is what is seen of a program of testdata/python that stands still, in
// words short enough for a table. Tasks are called by their names.
type seen struct {
	*graph.Snapshot
	t testing.TB
}

// eachPython runs a test with a program on every CPython from 3.minor on.
func eachPython(t *testing.T, minor int, program string, test func(*testing.T, testtarget.Python, seen)) {
	eachPythonWith(t, minor, program, snapshot.Options{}, test)
}

func eachPythonWith(t *testing.T, minor int, program string, o snapshot.Options, test func(*testing.T, testtarget.Python, seen)) {
	t.Parallel()
	for _, py := range testtarget.Pythons(t) {
		if !py.AtLeast(minor) {
			continue
		}
		t.Run(py.Name, func(t *testing.T) {
			t.Parallel()
			test(t, py, see(t, testtarget.StartPython(t, py, program), o))
		})
	}
}

func see(t testing.TB, tg *testtarget.Target, o snapshot.Options) seen {
	t.Helper()
	o.MaxStop = time.Minute // however busy the machine is: what is cut off cannot be compared
	s, err := snapshot.Attach(context.Background(), tg.PID, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.Problems {
		if p.Code == "unreadable" || p.Code == "torn" {
			t.Errorf("%s: %s", p.Code, p.Message)
		}
	}
	return seen{s, t}
}

// task is the task of a name.
func (s seen) task(name string) *graph.Task {
	s.t.Helper()
	for _, task := range s.Tasks {
		if task.Name == name {
			return task
		}
	}
	s.t.Fatalf("there is no task %q", name)
	return nil
}

// name is what a task is called.
func (s seen) name(id graph.TaskID) string {
	if task := s.Task(id); task != nil && task.Name != "" {
		return task.Name
	}
	return string(id)
}

func (s seen) names(ids []graph.TaskID) string {
	var all []string
	for _, id := range ids {
		all = append(all, s.name(id))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// where is a task's logical backtraces by the program's own functions:
// "leaf, outer | scope owner: opens, main".
func (s seen) where(name string) string {
	paths, _ := s.Backtrace(s.task(name).ID, 10)
	var all []string
	for _, p := range paths {
		var parts []string
		for i, seg := range p {
			var frames []string
			for _, f := range seg.Frames {
				if own, ok := strings.CutPrefix(f.Func, "__main__."); ok {
					frames = append(frames, own)
				}
			}
			part := strings.Join(frames, ", ")
			if i > 0 {
				part = fmt.Sprintf("%s%s %s: %s", seg.How, doubt(seg.Evidence), s.name(seg.Task), part)
			}
			if seg.Closes {
				part += "…"
			}
			parts = append(parts, part)
		}
		all = append(all, strings.Join(parts, " | "))
	}
	slices.Sort(all)
	return strings.Join(all, " / ")
}

func doubt(e graph.Evidence) string {
	if e.Confidence == graph.Proven {
		return ""
	}
	return " (inferred)"
}

// waits is what a task waits for: "gather(one, two)", "lock asyncio.Lock".
func (s seen) waits(name string) string { return s.told(s.task(name).Waits) }

func (s seen) told(waits []graph.Wait) string {
	var all []string
	for _, w := range waits {
		text := string(w.Kind)
		switch {
		case w.Task != "":
			text = s.name(w.Task)
		case w.Group != 0:
			text += "(" + s.names(s.Group(w.Group).Members) + ")"
		case w.Resource != 0:
			text += " " + s.Resource(w.Resource).Type
		case len(w.Branches) > 0:
			text += "(" + s.told(w.Branches) + ")"
		}
		if w.Evidence.Confidence != graph.Proven {
			text += doubt(w.Evidence)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// awaiters are the tasks that wait for one, and those that hold its handle.
func (s seen) awaiters(name string) string {
	var all []string
	for _, a := range s.AwaitedBy(s.task(name)) {
		text := s.name(a.Task)
		if a.Relation == graph.RelationHandle {
			text += " (handle)"
		}
		all = append(all, text+doubt(a.Evidence))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// holders are those that hold what a task waits for.
func (s seen) holders(name string) string {
	task := s.task(name)
	if len(task.Waits) != 1 {
		return "?"
	}
	r := s.Resource(task.Waits[0].Resource)
	if r == nil {
		return "?"
	}
	var all []string
	for _, h := range r.Holders {
		all = append(all, s.name(h.Task)+doubt(h.Evidence))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// found are the problems of a code: their tasks, and who queues behind.
func (s seen) found(code string) []string {
	var all []string
	for _, p := range s.Problems {
		if p.Code != code {
			continue
		}
		text := s.names(p.Tasks)
		if len(p.Queued) > 0 {
			text += " < " + s.names(p.Queued)
		}
		all = append(all, text+doubt(p.Evidence))
	}
	slices.Sort(all)
	return all
}

// compare compares what a function says of tasks with what should be said.
func compare(t *testing.T, what string, say func(string) string, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got := say(name); got != text {
			t.Errorf("%s of %s\n\tis   %s\n\twant %s", what, name, got, text)
		}
	}
}
