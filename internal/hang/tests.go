package hang

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Test is a test that was under way at the moment of a snapshot.
type Test struct {
	Name string // TestTransfer/both_ways; empty: the program itself, in no test
	Task graph.TaskID
	At   *graph.Frame  // where it stands, in the user's code; nil: not known
	From *graph.Frame  // the innermost frame in the file of the test's function; nil: not known
	Runs time.Duration // for how long, at least, not counting what it waited for its turn; 0: not known
}

// testKey tells tests of one process from each other: in Python one thread runs
// many.
type testKey struct {
	task graph.TaskID
	name string
}

func (t Test) key() testKey { return testKey{t.Task, t.Name} }

// Who runs a test, by the name of a function that calls it. The frame within is
// the test's own.
var runners = map[string]bool{
	"testing.tRunner": true, "testing.(*B).runN": true, "testing.runExample": true, "testing.fRunner": true,
	pytestCall: true, "unittest.case.TestCase._callTestMethod": true,
	"unittest.async_case.IsolatedAsyncioTestCase._callTestMethod": true,
}

// pytestCall is what calls a test function in pytest; its variable pyfuncitem
// is the test, with its parameters.
const pytestCall = "_pytest.python.pytest_pyfunc_call"

// Functions of the testing package that a test waits in for its turn.
var turns = map[string]bool{
	"testing.(*T).Parallel": true, "testing.(*testContext).waitParallel": true, "testing.(*testState).waitParallel": true,
}

// testsOf finds the tests that are under way. Where there are none it is the
// program itself, which may hang before or after its tests.
func testsOf(s *graph.Snapshot) []Test {
	parents := map[graph.TaskID]bool{} // whoever started a test
	for _, t := range s.Tasks {
		if _, ok := runnerOf(t); ok && t.CreatedBy != nil {
			parents[t.CreatedBy.Task] = true
		}
	}
	var tests []Test
	for _, t := range s.Tasks {
		i, ok := runnerOf(t)
		if !ok || waitsForTurn(t) || parents[t.ID] && waitsForTests(t) {
			continue
		}
		test := Test{Name: testName(t, i), Task: t.ID, At: standsAt(t), From: inFileOf(t, i), Runs: runs(t)}
		if inner := innerTest(s, t, i); inner != nil {
			test.Task, test.At, test.From = inner.ID, standsAt(inner), inFileOf(inner, len(inner.Frames))
			if name := test.Name; name == "" || !strings.Contains(name, "[") {
				test.Name = functionName(inner.Frames[len(inner.Frames)-1])
			}
		}
		tests = append(tests, test)
	}
	if tests == nil {
		if t := mainTask(s); t != nil {
			tests = append(tests, Test{Task: t.ID, At: standsAt(t)})
		}
	}
	return tests
}

// runnerOf is the index of the innermost frame that runs a test.
func runnerOf(t *graph.Task) (int, bool) {
	for i, f := range t.Frames {
		if runners[f.Func] {
			return i, true
		}
	}
	return 0, false
}

func waitsForTurn(t *graph.Task) bool {
	for _, f := range t.Frames {
		if turns[f.Func] {
			return true
		}
	}
	return false
}

// waitsForTests tells whether the testing package waits in the task, and not
// code of the test: for tests that this one started.
func waitsForTests(t *graph.Task) bool {
	for _, f := range t.Frames {
		switch {
		case f.Module == "testing":
			return true
		case f.Origin == graph.OriginUser || f.Origin == graph.OriginLibrary:
			return false
		}
	}
	return false
}

// testName is what a test is called: what the walker says, else the name of its
// function, which is what its runner calls.
func testName(t *graph.Task, runner int) string {
	for _, a := range t.Detail {
		if name, ok := a.Value.(string); ok && a.Key == "test" {
			return name
		}
	}
	if runner == 0 {
		return ""
	}
	f := t.Frames[runner-1]
	if t.Runtime == "go" {
		_, name, _ := strings.Cut(path.Base(f.Func), ".")
		return name
	}
	name := functionName(f)
	for _, l := range t.Frames[runner].Locals {
		if m := pytestItem.FindStringSubmatch(l.Value); l.Name == "pyfuncitem" && m != nil {
			return path.Base(f.File) + "::" + m[1]
		}
	}
	return name
}

// pytestItem finds the name of a test with its parameters in what is shown of
// it: the first of the words that it can be picked by.
var pytestItem = regexp.MustCompile(`_markers=\{'([^']*\[[^']*\])'`)

// functionName is what pytest calls a test, by its function.
func functionName(f *graph.Frame) string {
	return path.Base(f.File) + "::" + strings.ReplaceAll(strings.TrimPrefix(f.Func, f.Module+"."), ".", "::")
}

// innerTest is the asyncio task of a test whose thread runs an event loop until
// the test is done: the one that began in a function that is called like a test;
// nil: there is none, or not one alone.
func innerTest(s *graph.Snapshot, thread *graph.Task, runner int) *graph.Task {
	if !slices.ContainsFunc(thread.Frames[:runner], func(f *graph.Frame) bool { return f.Module == "asyncio.base_events" }) {
		return nil
	}
	var found *graph.Task
	for _, t := range s.Tasks {
		if t.Runtime != thread.Runtime || t.Kind == "thread" || len(t.Frames) == 0 || t.State != graph.StateWaiting {
			continue
		}
		fn := t.Frames[len(t.Frames)-1].Func
		if strings.HasPrefix(strings.ToLower(fn[strings.LastIndexByte(fn, '.')+1:]), "test") {
			if found != nil {
				return nil
			}
			found = t
		}
	}
	return found
}

// forgetLocals takes the variables out of a snapshot that was taken with them to
// know the tests by: nobody has asked for them.
func forgetLocals(s *graph.Snapshot) {
	for _, t := range s.Tasks {
		for _, f := range t.Frames {
			f.Locals = nil
		}
	}
}

// runs is for how long a test has run, where the walker says so.
func runs(t *graph.Task) time.Duration {
	for _, a := range t.Detail {
		if d, ok := a.Value.(time.Duration); ok && a.Key == "test_running_ms" {
			return d
		}
	}
	return 0
}

// mainTask is the task that a program begins with.
func mainTask(s *graph.Snapshot) *graph.Task {
	if t := s.Task("go:1"); t != nil {
		return t
	}
	for _, t := range s.Tasks {
		if t.Kind == "thread" && t.Name == "MainThread" {
			return t
		}
	}
	return nil
}

// inFileOf is the innermost frame in the file of the function that the test's
// runner, a frame of some index, calls.
func inFileOf(t *graph.Task, runner int) *graph.Frame {
	for i := range runner {
		if f := t.Frames[i]; f.File != "" && f.File == t.Frames[runner-1].File {
			return f
		}
	}
	return nil
}

// standsAt is the innermost frame of the user's own code.
func standsAt(t *graph.Task) *graph.Frame {
	for _, f := range t.Frames {
		if f.Origin == graph.OriginUser && f.Line > 0 {
			return f
		}
	}
	return nil
}
