package graph_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// spec is a process that never was: what a walker may say, also wrongly.
// Groups and resources are named by their place in it, so that it can be built
// in any order.
type spec struct {
	tasks     []taskSpec
	groups    []groupSpec
	resources []resourceSpec
}

type taskSpec struct {
	id      graph.TaskID
	state   graph.State
	system  bool
	cancel  bool
	frames  []*graph.Frame
	waits   []waitSpec
	groups  []int
	holds   []int
	creator graph.TaskID
	problem bool
}

type waitSpec struct {
	kind            graph.WaitKind
	frame           int32
	task            graph.TaskID
	group, resource int // -1: none
	evidence        graph.Evidence
	branches        []waitSpec
}

type groupSpec struct {
	kind        string
	owner       graph.TaskID
	opener      *graph.Opening
	members     []graph.TaskID
	outstanding int
	evidence    graph.Evidence
}

type resourceSpec struct {
	kind    string
	detail  []graph.Attr
	holders []graph.TaskID
	proven  bool
}

const dangling = 99 // the place of a group or resource that is never built

// states are mostly waiting, or there would be few cycles.
var states = []graph.State{
	graph.StateWaiting, graph.StateWaiting, graph.StateWaiting, graph.StateWaiting, graph.StateWaiting,
	graph.StateWaiting, graph.StateWaiting, graph.StateWaiting, graph.StateBlocked, graph.StateRunnable,
}

var evidences = []graph.Evidence{
	{Confidence: graph.Proven, How: "a field"},
	{Confidence: graph.Inferred, How: "a stack word"},
	{},
}

func specs() *rapid.Generator[*spec] {
	return rapid.Custom(func(t *rapid.T) *spec {
		s := &spec{}
		n := rapid.IntRange(0, 9).Draw(t, "tasks")
		id := rapid.Custom(func(t *rapid.T) graph.TaskID {
			i := rapid.IntRange(1, max(n, 1)).Draw(t, "id")
			if rapid.IntRange(0, 19).Draw(t, "dangles") == 0 {
				i = n + 1
			}
			return graph.TaskID(fmt.Sprintf("go:%d", i))
		})
		maybe := rapid.OneOf(id, rapid.Just(graph.TaskID("")))
		groups := rapid.IntRange(0, 3).Draw(t, "groups")
		resources := rapid.IntRange(0, 4).Draw(t, "resources")
		place := func(n int) *rapid.Generator[int] {
			if n == 0 {
				return rapid.Just(dangling)
			}
			return rapid.Map(rapid.IntRange(0, 20*n), func(i int) int {
				if i == 20*n {
					return dangling
				}
				return i % n
			})
		}
		shared := frames("a", "b", "c", "d")
		for i := range n {
			ts := taskSpec{
				id:     graph.TaskID(fmt.Sprintf("go:%d", i+1)),
				state:  rapid.SampledFrom(states).Draw(t, "state"),
				system: rapid.IntRange(0, 9).Draw(t, "system") == 0,
				cancel: rapid.IntRange(0, 9).Draw(t, "cancel") == 0,
				frames: shared[rapid.SampledFrom([]int{0, 0, 0, 2, 4}).Draw(t, "from"):],
				groups: rapid.SliceOfN(place(groups), 0, 2).Draw(t, "in groups"),
				holds:  rapid.SliceOfN(place(resources), 0, 1).Draw(t, "holds"),
			}
			ts.waits = rapid.SliceOfN(waits(id, place(groups), place(resources), 2), rapid.SampledFrom([]int{1, 1, 1, 1, 0}).Draw(t, "least"), 1+i%6/5).Draw(t, "waits")
			ts.creator = maybe.Draw(t, "creator")
			ts.problem = rapid.IntRange(0, 9).Draw(t, "problem") == 0
			s.tasks = append(s.tasks, ts)
		}
		for range groups {
			g := groupSpec{
				kind:        rapid.SampledFrom([]string{"errgroup.Group", "sync.WaitGroup"}).Draw(t, "kind"),
				owner:       maybe.Draw(t, "owner"),
				members:     rapid.SliceOfN(id, 0, 3).Draw(t, "members"),
				outstanding: rapid.IntRange(-1, 3).Draw(t, "outstanding"),
				evidence:    rapid.SampledFrom(evidences).Draw(t, "evidence"),
			}
			if rapid.Bool().Draw(t, "opened") {
				g.opener = &graph.Opening{Task: id.Draw(t, "opener"), Frame: int32(rapid.IntRange(-1, 4).Draw(t, "frame")), Evidence: g.evidence}
			}
			s.groups = append(s.groups, g)
		}
		for range resources {
			s.resources = append(s.resources, resourceSpec{
				kind:    rapid.SampledFrom([]string{"chan", "mutex", "rwmutex"}).Draw(t, "kind"),
				holders: rapid.SliceOfN(id, 0, 3).Draw(t, "holders"),
				proven:  rapid.Bool().Draw(t, "proven"),
				detail: rapid.SampledFrom([][]graph.Attr{
					nil,
					{{Key: "len", Value: 3}, {Key: "cap", Value: uint8(4)}, {Key: "closed", Value: true}, {Key: "len", Value: "again"}},
					{{Key: "deadline_in_ms", Value: 1500 * time.Millisecond}},
					{{Key: "due", Value: -time.Microsecond}, {Key: "rate", Value: 1.5}},
				}).Draw(t, "detail"),
			})
		}
		return s
	})
}

func waits(id *rapid.Generator[graph.TaskID], group, resource *rapid.Generator[int], depth int) *rapid.Generator[waitSpec] {
	return rapid.Custom(func(t *rapid.T) waitSpec {
		w := waitSpec{
			group: -1, resource: -1,
			frame:    int32(rapid.IntRange(-1, 4).Draw(t, "frame")),
			evidence: rapid.SampledFrom(evidences).Draw(t, "evidence"),
		}
		kinds := []graph.WaitKind{graph.WaitMutex, graph.WaitRWMutexWrite, graph.WaitRWMutexWrite, graph.WaitChanReceive, graph.WaitSleep}
		what := rapid.IntRange(0, 14).Draw(t, "on")
		if depth == 0 {
			what %= 11
		}
		switch {
		case what < 4:
			w.kind, w.task = graph.WaitTask, id.Draw(t, "task")
		case what < 6:
			w.kind, w.group = graph.WaitWaitGroup, group.Draw(t, "group")
		case what < 10:
			w.kind, w.resource = rapid.SampledFrom(kinds).Draw(t, "kind"), resource.Draw(t, "resource")
		case what == 10:
			w.kind, w.task, w.group, w.resource = graph.WaitUnknown, id.Draw(t, "task"), 0, 0 // more than one: wrong
		default:
			w.kind = rapid.SampledFrom([]graph.WaitKind{graph.WaitSelect, graph.WaitGather}).Draw(t, "kind")
			w.branches = rapid.SliceOfN(waits(id, group, resource, depth-1), 1, 3).Draw(t, "branches")
		}
		return w
	})
}

// build adds the tasks, groups and resources of the spec in that order: what
// stands at place i of order is the i-th to be added.
func (s *spec) build(tasks, groups, resources []int) *graph.Builder {
	b := graph.NewBuilder("test")
	b.Runtime(&graph.Runtime{ID: "go", Name: "go", Version: "go1.26.8", Complete: true})
	group := make([]*graph.Group, len(s.groups))
	for _, i := range groups {
		group[i] = b.Group(s.groups[i].kind, 0x1000+uint64(i))
	}
	resource := make([]*graph.Resource, len(s.resources))
	for _, i := range resources {
		resource[i] = b.Resource(s.resources[i].kind, 0x2000+uint64(i))
	}
	groupID := func(i int) graph.GroupID {
		switch {
		case i < 0:
			return 0
		case i >= len(group):
			return dangling
		}
		return group[i].ID
	}
	resourceID := func(i int) graph.ResourceID {
		switch {
		case i < 0:
			return 0
		case i >= len(resource):
			return dangling
		}
		return resource[i].ID
	}
	for i, g := range s.groups {
		group[i].Owner, group[i].OpenedAt, group[i].Members = g.owner, g.opener, g.members
		group[i].Outstanding, group[i].Evidence = g.outstanding, g.evidence
	}
	for i, r := range s.resources {
		resource[i].Detail = append([]graph.Attr(nil), r.detail...)
		for _, id := range r.holders {
			e := evidences[1]
			if r.proven {
				e = evidences[0]
			}
			resource[i].Holders = append(resource[i].Holders, graph.Holder{Task: id, Evidence: e})
		}
	}
	var convert func(ws []waitSpec) []graph.Wait
	convert = func(ws []waitSpec) []graph.Wait {
		var out []graph.Wait
		for _, w := range ws {
			out = append(out, graph.Wait{
				Kind: w.kind, Frame: w.frame, Task: w.task, Group: groupID(w.group), Resource: resourceID(w.resource),
				Branches: convert(w.branches), Evidence: w.evidence,
			})
		}
		return out
	}
	at := frames("spawn")[0]
	for _, i := range tasks {
		ts := s.tasks[i]
		t := &graph.Task{
			ID: ts.id, Runtime: "go", State: ts.state, System: ts.system, Frames: ts.frames, Waits: convert(ts.waits),
			CreatedBy: &graph.Creation{Task: ts.creator, At: at},
		}
		for _, g := range ts.groups {
			t.Groups = append(t.Groups, groupID(g))
		}
		for _, r := range ts.holds {
			t.Holds = append(t.Holds, graph.Hold{Resource: resourceID(r), Evidence: evidences[1]})
		}
		if ts.cancel {
			t.Cancel = &graph.Cancellation{Requested: 1, Pending: true}
		}
		if ts.problem {
			t.Problems = []*graph.Problem{{Code: "unreadable", Severity: graph.Warning, Message: "its stack could not be read"}}
		}
		b.Task(t)
	}
	return b
}

func inOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// seal builds the spec in its own order.
func (s *spec) seal() *graph.Snapshot {
	return s.build(inOrder(len(s.tasks)), inOrder(len(s.groups)), inOrder(len(s.resources))).Seal()
}
