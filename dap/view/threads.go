package view

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Thread is an entry of an editor's list of threads.
type Thread struct {
	Name string
	Task graph.TaskID   // the task, or the first of those that it stands for
	More []graph.TaskID // these tasks, which are like one that is listed; nil: it is the task alone
}

// ThreadOptions say which tasks are listed.
type ThreadOptions struct {
	Limit      int          // more entries than this are not listed one by one
	Current    graph.TaskID // the task that the program stopped in; it comes first
	HideSystem bool         // without the runtime's own tasks
	Labels     []string     // these labels are part of names; "*": all are
}

// Threads lists the tasks, those first that matter most: the one the program
// stopped in, those in a problem, the user's, the runtime's. Beyond the limit
// tasks that are alike have one entry and a second that counts the others;
// what has no entry even so is counted by the last.
func Threads(s *graph.Snapshot, o ThreadOptions) []Thread {
	l := &lister{o: o, p: render.NewPhrases(s), trouble: trouble(s)}
	shown := s.Tasks
	if o.HideSystem {
		shown = slices.DeleteFunc(slices.Clone(shown), func(t *graph.Task) bool { return t.System && t.ID != o.Current })
	}
	if o.Limit <= 0 || len(shown) <= o.Limit {
		ordered := slices.Clone(shown)
		slices.SortStableFunc(ordered, func(a, b *graph.Task) int { return l.rank(a) - l.rank(b) })
		list := make([]Thread, len(ordered))
		for i, t := range ordered {
			list[i] = l.thread(t)
		}
		return list
	}
	return l.coalesced(s)
}

// trouble is the worst problem that each task is in.
func trouble(s *graph.Snapshot) map[graph.TaskID]*graph.Problem {
	worst := map[graph.TaskID]*graph.Problem{}
	note := func(id graph.TaskID, p *graph.Problem) {
		if w := worst[id]; !p.Suppressed && p.Severity > graph.Info && (w == nil || p.Severity > w.Severity) {
			worst[id] = p
		}
	}
	for _, p := range s.Problems {
		for _, id := range p.Tasks {
			note(id, p)
		}
	}
	return worst
}

type lister struct {
	o       ThreadOptions
	p       render.Phrases
	trouble map[graph.TaskID]*graph.Problem
}

// rank is lower for what matters more.
func (l *lister) rank(t *graph.Task) int {
	switch problem := l.trouble[t.ID]; {
	case t.ID == l.o.Current:
		return 0
	case problem != nil && problem.Severity == graph.Error:
		return 1
	case problem != nil:
		return 2
	case t.System:
		return 4
	}
	return 3
}

// coalesced lists the tasks by their logical stacks.
func (l *lister) coalesced(s *graph.Snapshot) []Thread {
	sets := s.Stacks(graph.ForestOptions{System: !l.o.HideSystem, Coalesce: true})
	type ranked struct {
		set  graph.StackSet
		rank int
	}
	order := make([]ranked, len(sets))
	for i, set := range sets {
		order[i] = ranked{set, l.rank(s.Task(set.Tasks[0]))}
		if slices.Contains(set.Tasks, l.o.Current) {
			order[i].rank = 0
		}
	}
	slices.SortStableFunc(order, func(a, b ranked) int { return a.rank - b.rank })
	var list []Thread
	for i, r := range order {
		tasks := r.set.Tasks
		if r.rank == 0 { // the current task stands for those that are like it
			tasks = append([]graph.TaskID{l.o.Current}, slices.DeleteFunc(slices.Clone(tasks), func(id graph.TaskID) bool { return id == l.o.Current })...)
		}
		if len(list)+2 > l.o.Limit-1 {
			n := 0
			var rest []graph.TaskID
			for _, left := range order[i:] {
				n += len(left.set.Tasks)
				rest = append(rest, left.set.Tasks...)
			}
			return append(list, Thread{
				Name: fmt.Sprintf("%s more tasks in %s more stacks are not listed: async config threadLimit", number(n), number(len(order)-i)),
				Task: rest[0], More: rest,
			})
		}
		list = append(list, l.thread(s.Task(tasks[0])))
		if more := tasks[1:]; len(more) == 1 {
			list = append(list, l.thread(s.Task(more[0])))
		} else if len(more) > 1 {
			list = append(list, Thread{Name: fmt.Sprintf("%s more like %s", number(len(more)), tasks[0]), Task: more[0], More: more})
		}
	}
	return list
}

func (l *lister) thread(t *graph.Task) Thread {
	name := string(t.ID)
	if what := Title(l.p, t); what != "" {
		name += " " + what
	}
	for _, key := range l.labels(t) {
		name += " " + l.p.Safe(key+":"+t.Labels[key])
	}
	name += ": " + l.p.Briefly(t)
	if problem := l.trouble[t.ID]; problem != nil {
		name += " ⚠ " + problem.Code
	}
	return Thread{Name: name, Task: t.ID}
}

// labels are the keys of the labels that are part of a task's name.
func (l *lister) labels(t *graph.Task) []string {
	if slices.Equal(l.o.Labels, []string{"*"}) {
		return slices.Sorted(maps.Keys(t.Labels))
	}
	return slices.DeleteFunc(slices.Clone(l.o.Labels), func(key string) bool { return t.Labels[key] == "" })
}

// Title is what a task is called beside its id: its own name, or the function
// that tells most about it.
func Title(p render.Phrases, t *graph.Task) string {
	if name := p.Name(t); name != "" {
		return name
	}
	if f := p.Place(t); f != nil {
		return p.Function(f)
	}
	return ""
}

// number writes n with thousands separators.
func number(n int) string {
	s := strconv.Itoa(n)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
