package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/walker/graph"
)

func TestTasksAreOrderedByRuntimeAndNumber(t *testing.T) {
	s := sealed(t, graph.NewBuilder("test"),
		running("py:17f31c2a0"), running("go:10"), running("py:7f31c2a0"), running("go:2"), running("go:1"), running("a"), running("a:"))
	if got, want := ids(s.Tasks), "[a a: go:1 go:2 go:10 py:7f31c2a0 py:17f31c2a0]"; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
	for _, task := range s.Tasks {
		if s.Task(task.ID) != task {
			t.Errorf("%s is not found by its id", task.ID)
		}
	}
	if s.Task("go:3") != nil || s.Resource(1) != nil || s.Group(0) != nil {
		t.Error("found what is not there")
	}
}

// Numbers follow the tasks that mention a thing, not where it lies in memory:
// two captures of one program number alike.
func TestNumbersFollowTheTasks(t *testing.T) {
	b := graph.NewBuilder("test")
	far, near, idle := b.Resource("chan", 0x9000), b.Resource("chan", 0x1000), b.Resource("chan", 0x500)
	s := sealed(t, b,
		waiting("go:2", graph.Wait{Kind: graph.WaitChanReceive, Resource: near.ID}),
		waiting("go:1", graph.Wait{Kind: graph.WaitChanReceive, Resource: far.ID}),
	)
	if far.ID != 1 || near.ID != 2 || idle.ID != 3 {
		t.Errorf("far is %s, near %s, idle %s, want r1, r2 and r3", far.ID, near.ID, idle.ID)
	}
	if s.Task("go:1").Waits[0].Resource != far.ID || s.Resource(2) != near {
		t.Error("the references do not follow the numbers")
	}
}

// Membership and holding may be told from either end.
func TestEitherEndTells(t *testing.T) {
	b := graph.NewBuilder("test")
	g := b.Group("errgroup.Group", 0xc000)
	g.Members = []graph.TaskID{"go:1"}
	lock := held(b, 0x1000, proven, "go:1")
	two := running("go:2")
	two.Groups = []graph.GroupID{g.ID, g.ID}
	two.Holds = []graph.Hold{{Resource: lock.ID}}
	s := sealed(t, b, running("go:1"), two)
	if got := fmt.Sprint(s.Groups[0].Members, s.Task("go:1").Groups, s.Task("go:2").Groups); got != "[go:1 go:2] [g1] [g1]" {
		t.Errorf("members and groups are %s", got)
	}
	if got := fmt.Sprint(len(s.Resources[0].Holders), len(s.Task("go:1").Holds)); got != "2 1" {
		t.Errorf("holders and holds are %s", got)
	}
	// Nobody vouched for the group, nor for the second holder.
	if s.Groups[0].Evidence.Confidence != graph.Inferred || s.Resources[0].Holders[1].Evidence.Confidence != graph.Inferred {
		t.Error("an edge without evidence is not an inferred one")
	}
	if s.Resources[0].Holders[0].Evidence != proven {
		t.Error("the first holder is proven no more")
	}
}

// A reference that leads nowhere costs a reference, never a task.
func TestWhatDanglesIsAProblem(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Group("errgroup.Group", 0xc000).OpenedAt = &graph.Opening{Task: "go:9", Frame: 2}
	lost := waiting("go:1", awaits("go:9"))
	lost.Groups, lost.Holds = []graph.GroupID{7}, []graph.Hold{{Resource: 8}}
	lost.CreatedBy = &graph.Creation{Task: "go:8"} // has ended: as usual
	s := sealed(t, b, lost, waiting("go:2", graph.Wait{Kind: graph.WaitTask, Task: "go:9", Group: 1, Resource: 1}))
	for _, task := range s.Tasks {
		r := s.Resource(task.Waits[0].Resource)
		if r == nil || r.Kind != "unknown" || r.Detail[0] != (graph.Attr{Key: "missing", Value: "go:9"}) {
			t.Fatalf("%s waits for %+v, want something unknown that names go:9", task.ID, r)
		}
	}
	if got := s.Waiters(s.Resource(1)); len(got) != 2 {
		t.Errorf("the unknown has the waiters %v, want both", got)
	}
	var said []string
	for _, p := range s.Problems {
		said = append(said, fmt.Sprintf("%s: %s %v %v", p.Severity, p.Message, p.Tasks, p.Groups))
	}
	want := []string{
		"warning: frame 2 of go:9, which opened it, was not read [] [g1]",
		"warning: belongs to a group that was not read [go:1] []",
		"warning: holds something that was not read [go:1] []",
		"warning: waits for something that was not read [go:1 go:2] []",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	if len(s.Task("go:1").Problems) != 3 {
		t.Errorf("go:1 has %d problems of its own, want 3", len(s.Task("go:1").Problems))
	}
}

// A walker may give one slice, one frame or one problem to many tasks: Seal
// changes none of what it shares.
func TestWhatAWalkerShares(t *testing.T) {
	b := graph.NewBuilder("test")
	var chans []*graph.Resource
	for i := range 3 {
		chans = append(chans, b.Resource("chan", 0x9000-uint64(i)*0x1000))
	}
	g := b.Group("errgroup.Group", 0xc000)
	b.Group("errgroup.Group", 0x100)
	waits := []graph.Wait{{Kind: graph.WaitSelect, Branches: []graph.Wait{
		{Kind: graph.WaitChanReceive, Resource: chans[2].ID}, {Kind: graph.WaitChanReceive, Resource: chans[0].ID},
	}}}
	groups := []graph.GroupID{g.ID}
	problem := &graph.Problem{Code: "torn", Severity: graph.Warning, Message: "torn", Resources: []graph.ResourceID{chans[2].ID}}
	b.Problem(problem)
	for _, id := range []graph.TaskID{"go:1", "go:2"} {
		b.Task(&graph.Task{ID: id, State: graph.StateWaiting, Waits: waits, Groups: groups, Problems: []*graph.Problem{problem}})
	}
	s := sealed(t, b)
	for _, task := range s.Tasks {
		if got := fmt.Sprint(task.Waits[0].Branches[0].Resource, task.Waits[0].Branches[1].Resource, task.Groups); got != "r1 r2 [g1]" {
			t.Errorf("%s refers to %s, want r1 r2 [g1]", task.ID, got)
		}
	}
	if chans[2].ID != 1 || fmt.Sprint(problem.Resources) != "[r1]" || len(s.Problems) != 1 {
		t.Errorf("the channel is %s, the problem of %v", chans[2].ID, problem.Resources)
	}
	if got := fmt.Sprint(waits[0].Branches[0].Resource, groups); got != "r3 [g1]" {
		t.Errorf("the walker's own slices are now %s", got)
	}
}

func TestDetailIsTyped(t *testing.T) {
	b := graph.NewBuilder("test")
	r := b.Resource("fd", 0x1000)
	for i, v := range []any{int8(-1), int16(2), int32(3), int(4), uint8(5), uint16(6), uint32(7), uint(8), uint64(1 << 63), 2.5, true, "x", time.Second, int64(9)} {
		r.Detail = append(r.Detail, graph.Attr{Key: fmt.Sprint("k", i), Value: v})
	}
	s := sealed(t, b)
	want := []any{int64(-1), int64(2), int64(3), int64(4), int64(5), int64(6), int64(7), int64(8), "9223372036854775808", "2.5", true, "x", time.Second, int64(9)}
	for i, a := range s.Resources[0].Detail {
		if a.Value != want[i] {
			t.Errorf("%s is %T %v, want %T %v", a.Key, a.Value, a.Value, want[i], want[i])
		}
	}
}

func TestRuntimesCountTheirTasks(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go"})
	b.Runtime(&graph.Runtime{ID: "py", Name: "cpython", Tasks: 70}) // most were cut
	s := sealed(t, b, running("go:1"), running("go:2"), running("py:1"))
	if s.Runtimes[0].Tasks != 2 || s.Runtimes[1].Tasks != 70 {
		t.Errorf("the runtimes have %d and %d tasks, want 2 and 70", s.Runtimes[0].Tasks, s.Runtimes[1].Tasks)
	}
}

// One address is one thing; without an address each is its own.
func TestAddressesIdentify(t *testing.T) {
	b := graph.NewBuilder("test")
	if b.Resource("mutex", 0x1000) != b.Resource("chan", 0x1000) || b.Group("a", 0x1000) != b.Group("b", 0x1000) {
		t.Error("one address is two things")
	}
	if first, second := b.Resource("timer", 0), b.Resource("timer", 0); first == second {
		t.Error("two resources without an address are one")
	}
	if first, second := b.Group("a", 0), b.Group("a", 0); first == second {
		t.Error("two groups without an address are one")
	}
	if s := sealed(t, b); len(s.Resources) != 3 || len(s.Groups) != 3 {
		t.Errorf("%d resources and %d groups, want 3 and 3", len(s.Resources), len(s.Groups))
	}
}

func TestSpawned(t *testing.T) {
	child := func(id, by graph.TaskID) *graph.Task {
		task := running(id)
		task.CreatedBy = &graph.Creation{Task: by}
		return task
	}
	s := sealed(t, graph.NewBuilder("test"), running("go:1"), child("go:10", "go:1"), child("go:2", "go:1"), child("go:3", "go:99"))
	if got := fmt.Sprint(s.Spawned(s.Task("go:1"))); got != "[go:2 go:10]" {
		t.Errorf("go:1 spawned %s, want [go:2 go:10]", got)
	}
	if got := s.Spawned(s.Task("go:2")); got != nil {
		t.Errorf("go:2 spawned %v, want none", got)
	}
}

// A fingerprint is the same in the next run, where ids, addresses and counts
// are others, and another where another function is stuck.
func TestFingerprints(t *testing.T) {
	find := func(first int, addr uint64, function string, more int) string {
		b := graph.NewBuilder("test")
		id := func(i int) graph.TaskID { return graph.TaskID(fmt.Sprintf("go:%d", first+i)) }
		one, two := held(b, addr, inferred, id(0)), held(b, addr+64, inferred, id(1))
		tasks := []*graph.Task{
			waiting(id(0), locks(two), frames("lock", function)...), waiting(id(1), locks(one), frames("lock", function)...),
		}
		for i := range more {
			tasks = append(tasks, waiting(id(2+i), locks(one)))
		}
		return sealed(t, b, tasks...).Problems[0].Fingerprint
	}
	same := find(1, 0x1000, "lock", 0)
	if other := find(41, 0x7f0000, "lock", 3); other != same {
		t.Errorf("the next run has the fingerprint %s, want %s", other, same)
	}
	frames := func(name string) string {
		b := graph.NewBuilder("test")
		task := running("go:1", &graph.Frame{Func: name, Origin: graph.OriginUser})
		task.Problems = []*graph.Problem{{Code: "unreadable", Message: "frame 3 at 0x4711 is gone"}}
		return sealed(t, b, task).Problems[0].Fingerprint
	}
	if frames("main.a") == frames("main.b") {
		t.Error("two functions have one fingerprint")
	}
	if strings.ContainsAny(same, " :") || len(same) != 16 {
		t.Errorf("the fingerprint is %q, want 16 hexadecimal digits", same)
	}
}

func TestNames(t *testing.T) {
	for _, state := range []graph.State{graph.StateRunning, graph.StateBlocked, graph.StateCancelled} {
		if got, ok := graph.ParseState(state.String()); !ok || got != state {
			t.Errorf("%s is read as %d", state, got)
		}
	}
	if _, ok := graph.ParseState(""); ok {
		t.Error("nothing is a state")
	}
	for text, want := range map[string]graph.GroupID{"g1": 1, "g2147483647": 2147483647, "g0": 0, "g01": 0, "r1": 0, "g": 0, "g99999999999": 0, "g-1": 0, "g+1": 0} {
		if got, ok := graph.ParseGroupID(text); got != want && ok {
			t.Errorf("%q is read as %d, want %d", text, got, want)
		}
	}
	if got := graph.State(200).String(); got != "" {
		t.Errorf("a state that is none is called %q", got)
	}
}

// What no program does is cut down to what the rest can rely on.
func TestSealBounds(t *testing.T) {
	b := graph.NewBuilder("test")
	b.Group("errgroup.Group", 0xc000).Outstanding = -7
	deep := graph.Wait{Kind: graph.WaitSleep}
	for range 100 {
		deep = graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{deep}}
	}
	s := sealed(t, b, waiting("go:1", deep))
	depth := 0
	for w := s.Tasks[0].Waits; len(w) > 0; w = w[0].Branches {
		depth++
	}
	if depth > 20 || len(s.Problems) != 1 {
		t.Errorf("the branches nest %d deep with %d problems, want them cut, with one", depth, len(s.Problems))
	}
	if s.Groups[0].Outstanding != -1 {
		t.Errorf("the group has %d outstanding, want -1: not known", s.Groups[0].Outstanding)
	}
}
