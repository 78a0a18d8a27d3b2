package declared_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	dlvasync "github.com/dlv-async/dlv-async"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/declared"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// fibers are the declarations of the program fibers, after edit.
func fibers(t *testing.T, edit ...string) []declared.Declaration {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testtarget.Root(t), "testdata/go/fibers/fibers.toml"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := declared.Parse("fibers.toml", []byte(strings.NewReplacer(edit...).Replace(string(text))))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What a program's own scheduler has is found in all that Go keeps things in, on
// each Go release: live and in a core it is the same.
func TestFibers(t *testing.T) {
	for _, toolchain := range testtarget.Releases() {
		o := testtarget.Options{Toolchain: toolchain}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			tg := testtarget.Start(t, testtarget.Build(t, "fibers", o))
			options := dlvasync.Options{Runtimes: declared.Runtimes(fibers(t))}
			s, err := dlvasync.Attach(t.Context(), tg.PID, options)
			if err != nil {
				t.Fatal(err)
			}
			checkFibers(t, s)
			if toolchain != "" {
				return
			}
			if s, err = dlvasync.Core(t.Context(), tg.Exe, tg.GCore(t), options); err != nil {
				t.Fatal(err)
			}
			checkFibers(t, s)
		})
	}
}

func checkFibers(t *testing.T, s *graph.Snapshot) {
	t.Helper()
	var ids []string
	for _, task := range s.Tasks {
		if strings.HasPrefix(string(task.ID), "fiber:") {
			ids = append(ids, string(task.ID)+" "+task.Name+" "+task.State.String())
		}
	}
	want := []string{
		"fiber:1 serve waiting", "fiber:2 fetch waiting", "fiber:3 parse waiting", "fiber:4 left waiting", "fiber:5 right waiting",
		"fiber:6 last done", "fiber:8 ring waiting", "fiber:9 boxed waiting", "fiber:10 queued waiting", "fiber:11 second waiting",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("the tasks are\n%s, want\n%s", strings.Join(ids, "\n"), strings.Join(want, "\n"))
	}
	var tree, where bytes.Buffer
	render.Tree(&tree, s, render.Options{Width: 150})
	compute := s.Find("~main.compute")
	if len(compute) != 1 || compute[0].Name != "compute" {
		t.Fatalf("compute is %v", compute)
	}
	render.Where(&where, s, render.Options{Width: 150, Task: compute[0].ID})
	for text, parts := range map[string][]string{
		tree.String(): {
			`fiber:1 +"serve" .*waits for fiber group .*\(2 left\)`, `fiber:2 +"fetch" .*main.future\[string\].*fiber:3 "parse" could`,
			`fiber:3 +"parse" .*waits for go:\d+ "compute"`, `fiber:4 +"left" .*held by fiber:5 "right"`, `fiber:5 +"right" .*held by fiber:4 "left"`,
		},
		where.String(): {`0  main.compute`, `awaited by fiber:3 "parse"`, `awaited by fiber:1 "serve" through fiber group`},
	} {
		for _, part := range parts {
			if !matches(part, text) {
				t.Errorf("%s is missing in\n%s", part, text)
			}
		}
	}
	if i := slices.IndexFunc(s.Problems, func(p *graph.Problem) bool { return p.Code == "deadlock" }); i < 0 || !slices.Equal(s.Problems[i].Tasks, []graph.TaskID{"fiber:4", "fiber:5"}) || s.Problems[i].Evidence.Confidence != graph.Proven {
		t.Errorf("left and right are in no deadlock: %+v", s.Problems)
	}
	for _, p := range s.Problems {
		if p.Code == "unreadable" {
			t.Errorf("unreadable: %s", p.Message)
		}
	}
	if err := graph.Validate(s); err != nil {
		t.Error(err)
	}
}

// A declaration that does not fit costs nobody else, and says in one line what is
// the matter with it. One that leads into the wild comes to an end.
func TestFibersWrong(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "fibers", testtarget.Options{}))
	for _, c := range []struct {
		name    string
		edit    []string
		problem string // empty: none
		tasks   int
	}{
		{"a field that is not there", []string{`id = "id"`, `id = "ident"`}, "the tasks of fiber cannot be shown: the declaration does not fit this program: [[declare.task]] id: main.task has no field ident; it has id, label, state, waiting, parent, in, next, g, free (dlv-async declare check)", 0},
		{"a variable that is not there", []string{"main.sched.rings", "main.scheduler.rings"}, "the tasks of fiber cannot be shown: the declaration does not fit this program: [[declare.task]] roots: variable main.scheduler is not in the program (dlv-async declare check)", 0},
		{"a type that is not there", []string{`"main.lock"`, `"main.locks"`}, "the tasks of fiber cannot be shown: the declaration does not fit this program: [[declare.awaitable]] type: type main.locks is not in the program (dlv-async declare check)", 0},
		{"none of its types", []string{`"main.`, `"other.`, `(*main.`, `(*other.`}, "", 0},
		{"of a module that is not there", []string{`name = "fiber"`, "name = \"fiber\"\nmodule = \"example.com/other\""}, "", 0},
		{"of this module", []string{`name = "fiber"`, "name = \"fiber\"\nmodule = \"example.com/targets\""}, "", 10},
		{"what is taken for a task, and is none", []string{"main.sched.queue[*].(*main.task)", "main.sched.all.array.(main.task)"}, "", 9},
		{"a state that nobody named", []string{`1 = "waiting"`, `7 = "waiting"`}, "", 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := dlvasync.Attach(t.Context(), tg.PID, dlvasync.Options{Runtimes: declared.Runtimes(fibers(t, c.edit...))})
			if err != nil {
				t.Fatal(err)
			}
			tasks := 0
			for _, task := range s.Tasks {
				if strings.HasPrefix(string(task.ID), "fiber:") {
					tasks++
				}
			}
			found := c.problem == ""
			for _, p := range s.Problems {
				found = found || p.Message == c.problem
				if p.Code == "unreadable" && p.Message != c.problem {
					t.Logf("also: %s", p.Message)
				}
			}
			if !found {
				t.Errorf("no problem says %q: %v", c.problem, messages(s))
			}
			if s.Task("go:1") == nil || tasks < c.tasks || c.tasks == 0 && tasks > 0 {
				t.Errorf("%d tasks, want %d and the goroutines", tasks, c.tasks)
			}
		})
	}
}

func messages(s *graph.Snapshot) (all []string) {
	for _, p := range s.Problems {
		all = append(all, p.Message)
	}
	return all
}

// What comes with dlv-async can be read.
func TestShipped(t *testing.T) {
	all, err := declared.Shipped()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d declarations, %v", len(all), err)
	}
	for _, d := range all {
		if d.Module == "" {
			t.Errorf("%s is looked for in every program: it names no module", d.Name)
		}
	}
	if _, err := declared.Parse("example.toml", []byte(declared.Example)); err != nil {
		t.Error(err)
	}
}

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }
