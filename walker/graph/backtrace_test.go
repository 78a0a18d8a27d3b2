package graph_test

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// told draws a path: each segment's way in, task and functions.
func told(p graph.Path) string {
	var parts []string
	for _, seg := range p {
		words := []string{seg.How.String(), string(seg.Task)}
		for _, via := range []string{seg.Group.String(), seg.Resource.String()} {
			if via != "" {
				words = append(words, "via", via)
			}
		}
		for _, f := range seg.Frames {
			words = append(words, strings.TrimPrefix(f.Func, "main."))
		}
		if seg.Evidence.Confidence == graph.Inferred {
			words = append(words, "(inferred)")
		}
		if seg.Closes {
			words = append(words, "closes")
		}
		if seg.Cut {
			words = append(words, "cut")
		}
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, " | ")
}

func checkPaths(t *testing.T, s *graph.Snapshot, id graph.TaskID, want ...string) {
	t.Helper()
	paths, total := s.Backtrace(id, 10)
	var got []string
	for _, p := range paths {
		got = append(got, told(p))
	}
	if !slices.Equal(got, want) || total != len(want) {
		t.Errorf("the paths of %s, %d, are\n\t%s\nwant\n\t%s", id, total, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// A child's backtrace goes on where its group was opened, wherever the owner
// stands by now: its present frame is not part of it.
func TestScopeGoesOnWhereTheGroupWasOpened(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:2")
	g.OpenedAt = &graph.Opening{Task: "go:1", Frame: 1, Evidence: inferred}
	s := sealed(t, b,
		running("go:1", frames("parent3", "parent2", "parent1")...),
		&graph.Task{ID: "go:2", State: graph.StateRunnable, Frames: frames("child2", "child1")},
	)
	checkPaths(t, s, "go:2", "self go:2 child2 child1 | scope go:1 via g1 parent2 parent1 (inferred)")
}

// The scope comes before whoever waits, and goes on as its owner does.
func TestScopesNest(t *testing.T) {
	b := graph.NewBuilder("test")
	outer := group(b, 0xc000, "go:2")
	outer.OpenedAt = &graph.Opening{Task: "go:1", Frame: 1, Evidence: proven}
	inner := group(b, 0xd000, "go:3")
	inner.OpenedAt = &graph.Opening{Task: "go:2", Frame: 0, Evidence: proven}
	s := sealed(t, b,
		waiting("go:1", on(outer), frames("wait", "main")...),
		waiting("go:2", on(inner), frames("handle", "serve")...),
		running("go:3", frames("query")...),
		waiting("go:4", on(inner), frames("watch")...),
	)
	checkPaths(t, s, "go:3", "self go:3 query | scope go:2 via g2 handle serve | scope go:1 via g1 main")
}

// Without an opener, everybody who waits is a way on, from the frame that waits.
func TestJoinFollowsEachAwaiter(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:3")
	g.Evidence = inferred
	outer := awaits("go:3")
	outer.Frame = 1
	s := sealed(t, b,
		waiting("go:1", outer, frames("park", "wait", "main")...),
		waiting("go:2", on(g), frames("waitall")...),
		running("go:3", frames("work")...),
	)
	checkPaths(t, s, "go:3",
		"self go:3 work | join go:1 wait main",
		"self go:3 work | join go:2 via g1 waitall (inferred)")
}

// One who waits twice is one way; one who merely could wait is none.
func TestJoinCountsATaskOnce(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:3")
	b.Handle("go:2", "go:3", proven)
	s := sealed(t, b,
		waiting("go:1", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:3"), on(g), awaits("go:3")}}, frames("main")...),
		waiting("go:2", graph.Wait{Kind: graph.WaitSleep}),
		running("go:3", frames("work")...),
	)
	checkPaths(t, s, "go:3", "self go:3 work | join go:1 main")
	var relations []string
	for _, a := range s.AwaitedBy(s.Task("go:3")) {
		relations = append(relations, fmt.Sprintf("%s %s", a.Task, a.Relation))
	}
	if want := []string{"go:1 await", "go:1 await", "go:2 handle"}; !slices.Equal(relations, want) {
		t.Errorf("go:3 is awaited by %v, want %v", relations, want)
	}
}

// Where paths are cut, there is word of it, whichever way they go.
func TestBacktraceSaysThatThereAreMore(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:3")
	s := sealed(t, b, waiting("go:1", awaits("go:3")), waiting("go:2", on(g)), running("go:3"))
	if paths, total := s.Backtrace("go:3", 1); len(paths) != 1 || total != 2 {
		t.Errorf("%d paths of %d, want 1 of 2", len(paths), total)
	}
	if paths, total := s.Backtrace("go:3", 0); len(paths) != 0 || total < 1 {
		t.Errorf("%d paths of %d, want none of some", len(paths), total)
	}
	if paths, total := s.Backtrace("go:9", 5); len(paths) != 0 || total != 0 {
		t.Errorf("a task that is not there has %d paths of %d", len(paths), total)
	}
}

// Two tasks that were started at one place, but from elsewhere, keep that apart.
func TestCreationKeepsItsStack(t *testing.T) {
	at := frames("spawn")[0]
	child := func(id graph.TaskID, stack ...*graph.Frame) *graph.Task {
		task := running(id)
		task.CreatedBy = &graph.Creation{Task: "go:1", At: at, Stack: stack}
		return task
	}
	s := sealed(t, graph.NewBuilder("test"), child("go:2", frames("left")...), child("go:3", frames("right")...))
	checkPaths(t, s, "go:2", "self go:2 | creation go:1 spawn left")
	checkPaths(t, s, "go:3", "self go:3 | creation go:1 spawn right")
}

// Who waits for a lock that one task alone has goes on as that task, but never
// for certain; with two holders nobody knows which.
func TestHandOffIsAGuess(t *testing.T) {
	b := graph.NewBuilder("test")
	one := held(b, 0x1000, proven, "go:1")
	two := held(b, 0x2000, proven, "go:2", "go:3")
	s := sealed(t, b,
		running("go:1", frames("holder")...), running("go:2"), running("go:3"),
		waiting("go:4", locks(one), frames("lock", "handle")...),
		waiting("go:5", locks(two), frames("lock")...),
	)
	checkPaths(t, s, "go:1", "self go:1 holder | hand-off go:4 via r1 lock handle (inferred)")
	checkPaths(t, s, "go:2", "self go:2")
}

// The place of creation is recorded and certain; that the creator is still in
// that call is a guess, made only where one of its frames could be it.
func TestCreation(t *testing.T) {
	at := &graph.Frame{Func: "main.serve", Line: 99}
	created := func(by graph.TaskID, stack ...*graph.Frame) *graph.Task {
		return &graph.Task{ID: "go:9", State: graph.StateRunning, CreatedBy: &graph.Creation{Task: by, At: at, Stack: stack}}
	}
	for name, test := range map[string]struct {
		creator *graph.Task
		stack   []*graph.Frame
		want    string
	}{
		"ended":         {running("go:1"), nil, "self go:9 | creation go:7 serve"},
		"still there":   {running("go:7", frames("accept", "serve", "main")...), nil, "self go:9 | creation go:7 serve | creation go:7 main (inferred)"},
		"moved on":      {running("go:7", frames("accept", "main")...), nil, "self go:9 | creation go:7 serve"},
		"twice":         {running("go:7", frames("serve", "serve", "main")...), nil, "self go:9 | creation go:7 serve"},
		"more recorded": {running("go:7", frames("serve", "main")...), frames("listen"), "self go:9 | creation go:7 serve listen"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sealed(t, graph.NewBuilder("test"), test.creator, created("go:7", test.stack...))
			checkPaths(t, s, "go:9", test.want)
		})
	}
}

// A creator that is still in that call goes on as its own backtrace does.
func TestCreationGoesOnAsTheCreator(t *testing.T) {
	b := graph.NewBuilder("test")
	g := group(b, 0xc000, "go:2")
	g.OpenedAt = &graph.Opening{Task: "go:1", Frame: 0, Evidence: proven}
	child := running("go:3", frames("work")...)
	child.CreatedBy = &graph.Creation{Task: "go:2", At: &graph.Frame{Func: "main.handle"}}
	s := sealed(t, b, running("go:1", frames("main")...), running("go:2", frames("read", "handle", "serve")...), child)
	checkPaths(t, s, "go:3", "self go:3 work | creation go:2 handle | creation go:2 serve (inferred) | scope go:1 via g1 main")
}

func TestCycleClosesThePath(t *testing.T) {
	s := sealed(t, graph.NewBuilder("test"),
		waiting("go:1", awaits("go:2"), frames("a")...),
		waiting("go:2", awaits("go:3"), frames("b")...),
		waiting("go:3", awaits("go:2"), frames("c")...),
	)
	checkPaths(t, s, "go:2",
		"self go:2 b | join go:1 a",
		"self go:2 b | join go:3 c | join go:2 closes")
	checkPaths(t, s, "go:1", "self go:1 a")
}

// Ways multiply: ten steps of two are a thousand paths, of which only those
// asked for are walked.
func TestBacktraceIsBounded(t *testing.T) {
	b := graph.NewBuilder("test")
	const steps = 40
	for i := range steps {
		for _, side := range []int{0, 1} {
			id := graph.TaskID(fmt.Sprintf("go:%d", 2*i+side+1))
			next := graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{
				awaits(graph.TaskID(fmt.Sprintf("go:%d", 2*i+3))), awaits(graph.TaskID(fmt.Sprintf("go:%d", 2*i+4))),
			}}
			b.Task(waiting(id, next))
		}
	}
	b.Task(running(graph.TaskID(fmt.Sprintf("go:%d", 2*steps+1))))
	b.Task(running(graph.TaskID(fmt.Sprintf("go:%d", 2*steps+2))))
	paths, total := b.Seal().Backtrace(graph.TaskID(fmt.Sprintf("go:%d", 2*steps+1)), 3)
	if len(paths) != 3 || total < 10 {
		t.Errorf("%d paths of %d, want 3 of many", len(paths), total)
	}
}

// A chain of twenty thousand tasks is nothing that a stack of a quarter of a
// megabyte could not take: nothing recurses along it, and no path is endless.
func TestLongChains(t *testing.T) {
	const n = 20_000
	defer debug.SetMaxStack(debug.SetMaxStack(256 << 10))
	s := chain(n)
	paths, total := s.Backtrace(graph.TaskID(fmt.Sprintf("go:%d", n)), 2)
	if len(paths) != 1 || total != 1 {
		t.Fatalf("%d paths of %d, want one", len(paths), total)
	}
	if last := paths[0][len(paths[0])-1]; len(paths[0]) >= n || !last.Cut {
		t.Errorf("the path has %d segments and ends with %+v, want it cut", len(paths[0]), last)
	}
	roots := s.Forest(graph.ForestOptions{Coalesce: true})
	depth := 0
	for at := roots; len(at) == 1; at = at[0].Children {
		depth++
	}
	if depth != n {
		t.Errorf("the forest is %d deep, want %d", depth, n)
	}
	if sets := s.Stacks(graph.ForestOptions{}); len(sets) != n {
		t.Errorf("%d stacks, want %d: no two of them are the same", len(sets), n)
	}
}
