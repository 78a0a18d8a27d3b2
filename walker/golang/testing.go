package golang

import (
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// testingLayout is testing.common, with which a testing.T begins:
// https://github.com/golang/go/blob/go1.26.0/src/testing/testing.go#L633
type testingLayout struct {
	size                 int
	name, runner, signal field
	wall, ext            field // of start, a time.Time
}

func newTestingLayout(ts *resolver) testingLayout {
	t := ts.optional("testing.common")
	return testingLayout{
		size: t.size(), name: t.maybe("name"), runner: t.maybe("runner"), signal: t.maybe("signal"),
		wall: t.maybe("start.now.wall", "start.wall"), ext: t.maybe("start.now.ext", "start.ext"),
	}
}

// test is a testing.T whose test is under way.
type test struct {
	name    string
	signal  uint64        // the channel that its end is told on
	running time.Duration // since it began, or went on after Parallel; 0: not known
}

// testFacts are the tests that were found.
type testFacts struct {
	tests     map[*goroutine]test
	endsTests map[uint64]*goroutine // by the channel that the end of a test is told on
	testsLost map[*goroutine]bool   // it stands still in a test, of which no testing.T could be read
}

// testRunner is what the goroutine of every test runs.
const testRunner = "testing.tRunner"

// runsTests tells of a first function that T.Run starts.
func runsTests(fn string) bool {
	return fn == testRunner || strings.HasPrefix(fn, "testing.(*T).Run.")
}

// readTests finds the testing.T of each test: the function that runs it has it
// until the end, and it says by what function it is run.
func (c *collection) readTests() {
	c.tests, c.endsTests, c.testsLost = map[*goroutine]test{}, map[uint64]*goroutine{}, map[*goroutine]bool{}
	l := &c.lay.testing
	if l.size == 0 || l.name.size != 16 || l.runner.size != 16 || l.signal.size != 8 {
		return
	}
	held := map[*goroutine][]uint64{}
	var addrs []uint64
	for _, g := range c.startedIn(runsTests) {
		held[g] = c.liveWordsIn(g, testRunner)
		addrs = append(addrs, held[g]...)
	}
	found := map[uint64]test{}
	began := c.processBegan()
	c.any(addrs, l.size, func(addr uint64, b []byte) {
		if c.peekString(b[l.runner.off:]) != testRunner { // it may be no testing.T
			return
		}
		t := test{name: c.stringAt(b[l.name.off:]), signal: l.signal.of(b)}
		if wall := l.wall.of(b); wall>>63 == 1 && began > 0 && c.nowExact { // it has a monotonic part
			t.running = max(0, time.Duration(c.now-began-int64(l.ext.of(b))))
		}
		if t.name != "" {
			found[addr] = t
		}
	})
	for g, words := range held {
		live := len(words) > 0
		words = slices.DeleteFunc(words, func(v uint64) bool { return found[v].name == "" })
		slices.Sort(words)
		if words = slices.Compact(words); len(words) == 1 {
			c.tests[g] = found[words[0]]
			c.endsTests[found[words[0]].signal] = g
		}
		c.testsLost[g] = live && len(words) == 0 && parked(g.status)
	}
}

// processBegan is what monotonic times are counted from, in the runtime's
// nanotime; 0: not known.
// https://github.com/golang/go/blob/go1.26.0/src/time/time.go#L1341
func (c *collection) processBegan() int64 {
	addr, _, ok := c.global("time.startNano")
	if !ok {
		return 0
	}
	b, err := c.read(addr, 8)
	if err != nil {
		return 0
	}
	return int64(le.Uint64(b))
}

// testWaits are the waits of T.Run for a test, and of the end of a test for
// those that it started and that run in parallel.
var testWaits = awaitable{
	kinds:   []graph.WaitKind{graph.WaitChanReceive},
	within:  []string{"testing.(*T).Run", testRunner, testRunner + ".func1"},
	present: func(l *layouts) bool { return l.testing.size > 0 },
	collect: func(*collection, []*goroutine) {},
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		if len(g.sudogs) != 1 || w.endsTests[g.sudogs[0].c] == nil {
			return false
		}
		wait.Kind, wait.Task = graph.WaitTask, taskID(w.endsTests[g.sudogs[0].c].id)
		wait.Evidence = proven("g.waiting → sudog.c = testing.T.signal")
		return true
	},
}

// describeTest adds to a task which test it runs.
func (w *walk) describeTest(t *graph.Task, g *goroutine) {
	test, ok := w.tests[g]
	if !ok {
		return
	}
	t.Detail = append(t.Detail, attr("test", test.name))
	if test.running > 0 {
		t.Detail = append(t.Detail, attr("test_running_ms", test.running))
	}
}
