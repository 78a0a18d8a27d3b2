package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// deadlocks draws the deadlocks of a snapshot, one a line.
func deadlocks(s *graph.Snapshot) []string {
	var lines []string
	for _, p := range s.Problems {
		if p.Code != "deadlock" && p.Code != "self-deadlock" {
			continue
		}
		line := p.Message
		if len(p.Queued) > 0 {
			line += fmt.Sprintf("; behind: %v", p.Queued)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestDeadlocks(t *testing.T) {
	type builder = *graph.Builder
	for name, test := range map[string]struct {
		build func(b builder) []*graph.Task
		want  []string
	}{
		"two locks the wrong way round": {
			func(b builder) []*graph.Task {
				one, two := held(b, 0x1000, proven, "go:41"), held(b, 0x2000, proven, "go:42")
				return []*graph.Task{waiting("go:41", locks(two)), waiting("go:42", locks(one)), waiting("go:43", locks(one)), waiting("go:44", awaits("go:43"))}
			},
			[]string{"go:41 and go:42 wait for each other; behind: [go:43 go:44]"},
		},
		"one holder is a guess": {
			func(b builder) []*graph.Task {
				one, two := held(b, 0x1000, proven, "go:41"), held(b, 0x2000, inferred, "go:42")
				return []*graph.Task{waiting("go:41", locks(two)), waiting("go:42", locks(one))}
			},
			[]string{"go:41 and go:42 probably wait for each other"},
		},
		"a lock that another may hold": {
			func(b builder) []*graph.Task {
				one, two := held(b, 0x1000, proven, "go:41"), held(b, 0x2000, inferred, "go:42", "go:43")
				return []*graph.Task{waiting("go:41", locks(two)), waiting("go:42", locks(one)), running("go:43")}
			},
			nil,
		},
		"a lock, and a channel that only who wants it has": {
			func(b builder) []*graph.Task {
				lock, ch := held(b, 0x1000, inferred, "go:41"), held(b, 0x2000, inferred)
				ch.Detail = []graph.Attr{{Key: graph.DetailOutOfReach, Value: true}}
				b.Reached(ch, graph.Holder{Task: "go:42", Evidence: inferred})
				return []*graph.Task{waiting("go:41", locks(ch)), waiting("go:42", locks(lock)), waiting("go:43", locks(ch))}
			},
			[]string{"go:41 and go:42 probably wait for each other; of all that are stuck only go:42 gets at mutex 0x2000; behind: [go:43]"},
		},
		"a lock, and a channel that who can run may have too": {
			func(b builder) []*graph.Task {
				lock, ch := held(b, 0x1000, inferred, "go:41"), held(b, 0x2000, inferred)
				b.Reached(ch, graph.Holder{Task: "go:42", Evidence: inferred})
				return []*graph.Task{waiting("go:41", locks(ch)), waiting("go:42", locks(lock))}
			},
			nil,
		},
		"a circle of three": {
			func(b builder) []*graph.Task {
				return []*graph.Task{waiting("go:1", awaits("go:2")), waiting("go:2", awaits("go:10")), waiting("go:10", awaits("go:1"))}
			},
			[]string{"3 tasks wait for each other in a circle: go:1, go:2 and go:10"},
		},
		"a circle of seven": {
			func(b builder) []*graph.Task {
				var tasks []*graph.Task
				for i := range 7 {
					tasks = append(tasks, waiting(graph.TaskID(fmt.Sprintf("go:%d", i+1)), awaits(graph.TaskID(fmt.Sprintf("go:%d", (i+1)%7+1)))))
				}
				return tasks
			},
			[]string{"7 tasks wait for each other in a circle: go:1, go:2, go:3, go:4, go:5 and 2 more"},
		},
		"a member waits for its own group": {
			func(b builder) []*graph.Task {
				g := group(b, 0xc000014040, "go:30", "go:31")
				return []*graph.Task{waiting("go:30", on(g)), running("go:31"), waiting("go:1", on(g))}
			},
			[]string{"go:30 waits for errgroup.Group 0xc000014040 that it is itself a member of; behind: [go:1]"},
		},
		"a member that is a guess": {
			func(b builder) []*graph.Task {
				g := group(b, 0xc000014040, "go:30")
				g.Evidence = inferred
				return []*graph.Task{waiting("go:30", on(g))}
			},
			[]string{"go:30 waits for errgroup.Group 0xc000014040 that it is probably itself a member of"},
		},
		"a lock taken twice": {
			func(b builder) []*graph.Task {
				return []*graph.Task{waiting("go:5", locks(held(b, 0x1000, proven, "go:5")))}
			},
			[]string{"go:5 waits for mutex 0x1000 that it holds itself"},
		},
		"a task that awaits itself": {
			func(b builder) []*graph.Task { return []*graph.Task{waiting("go:5", awaits("go:5"))} },
			[]string{"go:5 waits for itself to end"},
		},
		"a group whose count is below its members": { // one of the two is not one
			func(b builder) []*graph.Task {
				g := group(b, 0xc000, "go:1", "go:2")
				g.Outstanding = 1
				return []*graph.Task{waiting("go:1", on(g)), running("go:2")}
			},
			nil,
		},
		"a group that has ended": {
			func(b builder) []*graph.Task {
				g := group(b, 0xc000, "go:1")
				g.Outstanding = 0
				return []*graph.Task{waiting("go:1", on(g))}
			},
			nil,
		},
		"a select with another way out": {
			func(b builder) []*graph.Task {
				quit := b.Resource("chan", 0x1000)
				return []*graph.Task{
					waiting("go:1", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{
						awaits("go:2"), {Kind: graph.WaitChanReceive, Resource: quit.ID},
					}}),
					waiting("go:2", awaits("go:1")),
				}
			},
			nil,
		},
		"a select with no way out": {
			func(b builder) []*graph.Task {
				return []*graph.Task{
					waiting("go:1", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:2"), awaits("go:3")}}),
					waiting("go:2", awaits("go:1")), waiting("go:3", awaits("go:1")),
				}
			},
			[]string{"3 tasks wait for each other in a circle: go:1, go:2 and go:3"},
		},
		"a select whose other way out is blocked by a guess": {
			func(b builder) []*graph.Task {
				lock := held(b, 0x1000, inferred, "go:3")
				return []*graph.Task{
					waiting("go:1", graph.Wait{Kind: graph.WaitSelect, Branches: []graph.Wait{awaits("go:2"), locks(lock)}}),
					waiting("go:2", awaits("go:1")), waiting("go:3", awaits("go:3")),
				}
			},
			[]string{"go:1 and go:2 probably wait for each other", "go:3 waits for itself to end"},
		},
		"a gather needs all": {
			func(b builder) []*graph.Task {
				return []*graph.Task{
					waiting("go:1", graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{awaits("go:2"), awaits("go:3")}}),
					waiting("go:2", awaits("go:1")), running("go:3"),
				}
			},
			[]string{"go:1 and go:2 wait for each other"},
		},
		"a writer behind readers, one of whom waits for it": {
			func(b builder) []*graph.Task {
				r := held(b, 0x1000, proven, "go:2", "go:3")
				r.Kind = "rwmutex"
				return []*graph.Task{
					waiting("go:1", graph.Wait{Kind: graph.WaitRWMutexWrite, Resource: r.ID, Evidence: proven}),
					waiting("go:2", awaits("go:1")), running("go:3"),
				}
			},
			[]string{"go:1 and go:2 wait for each other"},
		},
		"one of them can run": {
			func(b builder) []*graph.Task {
				t := waiting("go:2", awaits("go:1"))
				t.State = graph.StateRunnable
				return []*graph.Task{waiting("go:1", awaits("go:2")), t}
			},
			nil,
		},
		"one of them is being cancelled": {
			func(b builder) []*graph.Task {
				t := waiting("go:2", awaits("go:1"))
				t.Cancel = &graph.Cancellation{Requested: 1, Pending: true}
				return []*graph.Task{waiting("go:1", awaits("go:2")), t}
			},
			nil,
		},
		"one of them sleeps while it holds": {
			func(b builder) []*graph.Task {
				one := held(b, 0x1000, proven, "go:2")
				return []*graph.Task{waiting("go:1", locks(one)), waiting("go:2", graph.Wait{Kind: graph.WaitSleep, Task: "go:1"})}
			},
			nil,
		},
		"a deadline ends it": {
			func(b builder) []*graph.Task {
				one := held(b, 0x1000, proven, "go:2")
				one.Detail = []graph.Attr{{Key: "deadline_in_ms", Value: int64(5)}}
				return []*graph.Task{waiting("go:1", locks(one)), waiting("go:2", awaits("go:1"))}
			},
			nil,
		},
		"a system call may end": {
			func(b builder) []*graph.Task {
				t := waiting("go:2", graph.Wait{Kind: graph.WaitSyscall, Task: "go:1"})
				t.State = graph.StateBlocked
				return []*graph.Task{waiting("go:1", awaits("go:2")), t}
			},
			nil,
		},
		"a channel that nobody is known to serve": {
			func(b builder) []*graph.Task {
				c := b.Resource("chan", 0x1000)
				return []*graph.Task{waiting("go:1", graph.Wait{Kind: graph.WaitChanReceive, Resource: c.ID}), waiting("go:2", awaits("go:1"))}
			},
			nil,
		},
		"two deadlocks, one behind the other": {
			func(b builder) []*graph.Task {
				return []*graph.Task{
					waiting("go:1", graph.Wait{Kind: graph.WaitGather, Branches: []graph.Wait{awaits("go:2"), awaits("go:3")}}),
					waiting("go:2", awaits("go:1")), waiting("go:3", awaits("go:4")), waiting("go:4", awaits("go:3")),
				}
			},
			[]string{"go:1 and go:2 wait for each other", "go:3 and go:4 wait for each other"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := graph.NewBuilder("test")
			got := deadlocks(sealed(t, b, test.build(b)...))
			if !slices.Equal(got, test.want) {
				t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
			}
		})
	}
}

// A deadlock names the locks and groups that the cycle runs through, and rests
// on its weakest edge.
func TestDeadlockNamesWhatItRunsThrough(t *testing.T) {
	b := graph.NewBuilder("test")
	one := held(b, 0x1000, inferred, "go:1")
	g := group(b, 0xc000, "go:2")
	s := sealed(t, b, waiting("go:1", on(g)), waiting("go:2", locks(one)), waiting("go:3", locks(held(b, 0x2000, proven, "go:2"))))
	p := s.Problems[0]
	if fmt.Sprint(p.Tasks, p.Queued, p.Groups, p.Resources) != "[go:1 go:2] [go:3] [g1] [r1]" {
		t.Errorf("it names %v, queued %v, %v and %v", p.Tasks, p.Queued, p.Groups, p.Resources)
	}
	if p.Severity != graph.Error || p.Evidence != inferred {
		t.Errorf("it is a %s known by %+v, want an error known by %+v", p.Severity, p.Evidence, inferred)
	}
}

// A group of many that many wait for is as many edges, not the product.
func TestManyWaitersOnAGroupOfMany(t *testing.T) {
	b := graph.NewBuilder("test")
	const n = 10_000
	g := b.Group("sync.WaitGroup", 0xc000)
	g.Evidence = proven
	for i := range n {
		member := waiting(graph.TaskID(fmt.Sprintf("go:%d", i+1)), awaits(graph.TaskID(fmt.Sprintf("go:%d", n+1))))
		member.Groups = []graph.GroupID{g.ID}
		b.Task(member)
		b.Task(waiting(graph.TaskID(fmt.Sprintf("go:%d", n+i+1)), on(g)))
	}
	s := b.Seal()
	p := s.Problems[0]
	if p.Code != "deadlock" || len(p.Tasks) != n+1 || len(p.Queued) != n-1 {
		t.Fatalf("found %s of %d with %d behind, want a deadlock of %d with %d behind", p.Code, len(p.Tasks), len(p.Queued), n+1, n-1)
	}
	if sets := s.Stacks(graph.ForestOptions{}); len(sets) == 0 {
		t.Error("there are no stacks")
	}
}
