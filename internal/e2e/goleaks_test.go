package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// leakTest is one of the Go runtime's tests of its profile of leaks: a program
// and the goroutines that it leaks, "function(... [wait reason]".
type leakTest struct {
	name  string
	flaky bool // not every run leaks them
	leaks []*regexp.Regexp
}

// leakTests reads them from the test's own source.
func leakTests(t *testing.T, toolchain string) (simple, goker []leakTest) {
	t.Helper()
	file := filepath.Join(testtarget.GoRoot(t, toolchain), "src", "runtime", "goroutineleakprofile_test.go")
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 {
			return true
		}
		list, ok := a.Rhs[0].(*ast.CompositeLit)
		if !ok {
			return true
		}
		into := &simple
		if name, ok := a.Lhs[0].(*ast.Ident); ok && name.Name == "gokerTestCases" {
			into = &goker
		}
		for _, e := range list.Elts {
			call, ok := e.(*ast.CallExpr)
			if !ok {
				continue
			}
			var words []string
			for _, arg := range call.Args {
				if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					s, _ := strconv.Unquote(lit.Value)
					words = append(words, s)
				}
			}
			one := leakTest{name: words[0], flaky: call.Fun.(*ast.Ident).Name == "makeFlakyTest"}
			for _, leak := range words[1:] {
				one.leaks = append(one.leaks, regexp.MustCompile(leak))
			}
			*into = append(*into, one)
		}
		return true
	})
	return simple, goker
}

// quickLeaks are those that run in quick tests: one for each kind of wait, and
// some of the bugs.
var quickLeaks = []string{
	"NilRecv", "ChanSend", "Select", "MutexHeap", "RWMutexLock", "Cond", "Mixed", "NoLeakGlobal", "NoCloseRange", "DaisyChain",
	"Cockroach7504", "Moby7559",
}

// TestGoLeaks has the programs that the Go runtime tests its profile of leaks
// with looked at from outside, while each is about to write what the profile
// found. What the profile found in that very run, and what the test expects, is
// found, and nothing that the test does not expect.
func TestGoLeaks(t *testing.T) {
	t.Parallel()
	toolchains := []string{"go1.27.1"}
	if testtarget.Full() {
		toolchains = []string{"go1.26.8", "go1.27.1"}
	}
	for _, toolchain := range toolchains {
		o := testtarget.Options{Toolchain: toolchain, Env: []string{"GOEXPERIMENT=goroutineleakprofile"}}
		if toolchain != "go1.26.8" {
			o.Env = nil
		}
		simple, goker := leakTests(t, toolchain)
		for program, tests := range map[string][]leakTest{"testgoroutineleakprofile": simple, "testgoroutineleakprofile/goker": goker} {
			exe := testtarget.BuildRuntimeTest(t, program, o)
			for _, test := range tests {
				if testtarget.Full() || slices.Contains(quickLeaks, test.name) {
					t.Run(toolchain+"/"+test.name, func(t *testing.T) { testLeaks(t, exe, test) })
				}
			}
		}
	}
}

var leakedHead = regexp.MustCompile(`(?m)^goroutine (\d+) .*\[.*\(leaked\)`)

func testLeaks(t *testing.T, exe string, test leakTest) {
	env := []string{"GODEBUG=asyncpreemptoff=1"}
	if !test.flaky {
		env = append(env, "GOMAXPROCS=1")
	}
	tg := testtarget.StartWriting(t, env, exe, test.name)
	looks := map[string]*graph.Snapshot{"attach": wholeAttach(t, tg)}
	if testtarget.Full() && slices.Contains(quickLeaks, test.name) {
		looks["gcore"] = gcore(t, tg)
	}
	profile := map[graph.TaskID]bool{}
	for _, m := range leakedHead.FindAllStringSubmatch(tg.Output(t), -1) {
		profile[graph.TaskID("go:"+m[1])] = true
	}
	for name, s := range looks {
		for _, r := range s.Runtimes {
			for _, n := range r.Notes {
				t.Errorf("%s: %s", name, n)
			}
		}
		mine := map[graph.TaskID]bool{}
		for _, p := range s.Problems {
			switch {
			case p.Code == "leak" && strings.HasSuffix(p.Message, "as the runtime found"):
				t.Errorf("%s: only the runtime found: %s", name, p.Message)
			case p.Code == "leak" || p.Code == "deadlock" || p.Code == "self-deadlock":
				for _, id := range slices.Concat(p.Tasks, p.Queued) {
					mine[id] = true
				}
			}
		}
		for id := range profile {
			if !mine[id] {
				t.Errorf("%s: the profile has %s, and it is not found", name, describeLeak(s, id))
			}
		}
		for id := range mine {
			one := describeLeak(s, id)
			switch expected := slices.ContainsFunc(test.leaks, func(r *regexp.Regexp) bool { return r.MatchString(one) }); {
			case !expected:
				t.Errorf("%s: %s is no leak", name, one)
			case !profile[id]:
				t.Logf("%s: the profile missed %s", name, one)
			}
		}
		if test.flaky {
			continue
		}
		for _, leak := range test.leaks {
			found := false
			for id := range mine {
				found = found || leak.MatchString(describeLeak(s, id))
			}
			if !found {
				t.Errorf("%s: %s is not found", name, leak)
			}
		}
	}
}

// describeLeak is a goroutine as the runtime's test writes it.
func describeLeak(s *graph.Snapshot, id graph.TaskID) string {
	t := s.Task(id)
	if t == nil {
		return string(id)
	}
	first := ""
	for _, f := range t.Frames {
		if f.Func != "runtime.goexit" {
			first = f.Func
		}
	}
	return strings.TrimPrefix(first, "main.") + "(...) [" + t.Waits[0].Text + "]"
}

// wholeAttach attaches and takes the heap too.
func wholeAttach(t *testing.T, tg *testtarget.Target) *graph.Snapshot {
	t.Helper()
	s, err := snapshot.Attach(t.Context(), tg.PID, snapshot.Options{Heap: true, MaxStop: patience})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
