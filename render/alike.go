package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// doingAll says what tasks that are alike do: what holds for all of them, and
// of what differs how many different ones there are.
func (v *view) doingAll(tasks []graph.TaskID) said {
	if len(tasks) == 1 {
		if t := v.s.Task(tasks[0]); t != nil {
			return v.doing(t)
		}
	}
	if len(tasks) == 0 {
		return v.waitingAll(nil, nil)
	}
	key := manyTasks{&tasks[0], len(tasks)}
	s, ok := v.alike[key]
	if !ok {
		s = v.waitingAll(tasks, func(t *graph.Task) []graph.Wait { return t.Waits })
		v.alike[key] = s
	}
	return s
}

// manyTasks names a list of tasks by where it lies.
type manyTasks struct {
	first *graph.TaskID
	n     int
}

// otherFailures says that tasks that failed in the same way did so with other
// messages than the first.
func (v *view) otherFailures(first *graph.Task, tasks []graph.TaskID) string {
	if first.Error == nil || first.State != graph.StateFailed {
		return ""
	}
	messages := map[string]bool{}
	v.s.EachTask(tasks, func(t *graph.Task) {
		if t.Error != nil {
			messages[t.Error.Message] = true
		}
	})
	if others := len(messages) - 1; others > 0 {
		return ", and " + count(others, "other message")
	}
	return ""
}

// waitingAll says what tasks that are alike wait for, by the first of the
// waits that of gives of each.
func (v *view) waitingAll(tasks []graph.TaskID, of func(*graph.Task) []graph.Wait) said {
	var first *graph.Task
	var its *graph.Wait // of the first
	var on targets
	same, pooled, phased, least, phase := true, true, true, time.Duration(-1), ""
	v.s.EachTask(tasks, func(t *graph.Task) {
		waits := of(t)
		if first == nil {
			if first = t; len(waits) > 0 {
				its, phase = &waits[0], waits[0].Phase
			}
		}
		if len(waits) == 0 {
			same, pooled = same && its == nil, false
			least = 0
			return
		}
		w := &waits[0]
		same = same && its != nil && sameWait(w, its)
		pooled = pooled && its != nil && w.Kind == graph.WaitSemaphore && w.Resource == its.Resource && w.Amount == its.Amount
		if phased = phased && its != nil; phased && w.Phase != phase {
			phase = withoutPeer(phase) // it may be all that differs
			phased = withoutPeer(w.Phase) == phase
		}
		on.add(w)
		if least < 0 || w.Since < least {
			least = w.Since
		}
	})
	switch {
	case first == nil:
		return said{core: stateWord(graph.StateUnknown)}
	case its == nil:
		return said{core: v.idle(first), more: v.otherFailures(first, tasks)}
	case same, pooled && its.Resource != 0:
		w := *its
		if !same {
			w.Branches = nil // what else would end the wait is each one's own
		}
		s := v.wait(first, &w)
		return said{s.core, s.more + since(least)}
	}
	many := v.manyWaits(first, its, on.distinct())
	if phase != "" && phased {
		return said{phase, ": " + many + since(least)}
	}
	if its.Kind == graph.WaitSelect && !v.o.Full {
		many += suffix(": ", v.manyBranches(first, its, tasks, of))
	}
	return said{many, since(least)}
}

// withoutPeer is a phase without whom it is about: a response from 10.0.0.7:80.
func withoutPeer(phase string) string {
	phase, _, _ = strings.Cut(phase, " from ")
	return phase
}

// targets are what waits are on, where that is known.
type targets struct {
	resources []graph.ResourceID
	groups    []graph.GroupID
	tasks     []graph.TaskID
}

func (ts *targets) add(w *graph.Wait) {
	switch {
	case w.Task != "":
		ts.tasks = append(ts.tasks, w.Task)
	case w.Group != 0:
		ts.groups = append(ts.groups, w.Group)
	case w.Resource != 0:
		ts.resources = append(ts.resources, w.Resource)
	}
}

// distinct are the targets, each once.
func (ts *targets) distinct() *targets {
	return &targets{once(ts.resources), once(ts.groups), once(ts.tasks)}
}

func once[T cmp.Ordered](all []T) []T {
	if !slices.IsSorted(all) { // what waits in the order of the tasks often is
		slices.Sort(all)
	}
	return slices.Compact(all)
}

func (ts *targets) count() int { return len(ts.resources) + len(ts.groups) + len(ts.tasks) }

// manyWaits says what tasks wait for that wait in one way for different things.
func (v *view) manyWaits(first *graph.Task, w *graph.Wait, on *targets) string {
	different := number(on.count()) + " different "
	switch {
	case w.Task != "" && w.Kind == graph.WaitExecutor:
		return "wait for " + different + "executor jobs"
	case w.Task != "" && w.Kind == graph.WaitThread:
		return "wait for " + different + "threads"
	case w.Task != "":
		return "wait for " + different + "tasks"
	case w.Group != 0:
		kind := "group"
		if g := v.s.Group(w.Group); g != nil {
			kind = typeName(g.Kind)
		}
		return "wait for " + different + plural(kind, 2)
	}
	core := string(w.Kind)
	switch w.Kind {
	case graph.WaitNetwork, graph.WaitFile, graph.WaitStream:
		core = joined(joined(core, operation(first, w)), v.sameRemote(on.resources))
	case graph.WaitSelect:
		return core + " of " + number(len(w.Branches))
	case graph.WaitMutex, graph.WaitRWMutexRead, graph.WaitRWMutexWrite, graph.WaitSemaphore, graph.WaitLock:
		core = "wants a " + core
	case graph.WaitSleep, graph.WaitTimer:
		return core
	}
	if r := v.s.Resource(w.Resource); r != nil && on.count() > 1 {
		core += ", " + different + resourceNoun(r.Kind)
	}
	return core
}

// sameRemote is the far end of the connections, when it is one and the same.
func (v *view) sameRemote(connections []graph.ResourceID) string {
	remote := ""
	for _, id := range connections {
		r := v.s.Resource(id)
		if r == nil {
			return ""
		}
		end := detail(r.Detail).text("remote")
		if end == "" || remote != "" && end != remote {
			return ""
		}
		remote = end
	}
	return remote
}

// resourceNoun is what people call several of a kind of resource.
func resourceNoun(kind string) string {
	switch kind {
	case "chan":
		return "channels"
	case "fd":
		return "connections"
	case "mutex", "rwmutex", "process":
		return kind + "es"
	}
	return kind + "s"
}

// sameWait reports that two waits are for the same thing in the same way.
func sameWait(a, b *graph.Wait) bool {
	return a.Kind == b.Kind && a.Text == b.Text && a.Resource == b.Resource && a.Group == b.Group && a.Task == b.Task &&
		slices.EqualFunc(a.Branches, b.Branches, func(a, b graph.Wait) bool { return sameWait(&a, &b) })
}

// coalesce puts together the tasks that stand at one place and wait in one
// way, and with sameThing for one thing, in the order in which the first of
// each comes. Those that the snapshot does not have are left out. It gives up, and
// says so, when that makes more lines than most.
func (v *view) coalesce(tasks []graph.TaskID, sameThing bool, most int) (out [][]graph.TaskID, few bool) {
	index := map[likeness]int{}
	var last likeness // mostly the next one's too
	at := 0           // where those stand
	v.s.EachTask(tasks, func(t *graph.Task) {
		if len(out) > most {
			return
		}
		if key := likenessOf(t, sameThing); len(out) == 0 || key != last {
			i, ok := index[key]
			if !ok {
				i = len(out)
				index[key] = i
				out = append(out, nil)
			}
			last, at = key, i
		}
		out[at] = append(out[at], t.ID)
	})
	return out, len(out) <= most
}

// target is what a wait is on; the zero target is not known.
type target struct {
	resource graph.ResourceID
	group    graph.GroupID
	task     graph.TaskID
}

// likeness is the same for tasks that one line can stand for.
type likeness struct {
	state          graph.State
	function, file string
	line           int
	kind           graph.WaitKind
	branches       int
	thing          target
}

func likenessOf(t *graph.Task, sameThing bool) likeness {
	l := likeness{state: t.State}
	if f := placeOf(t).frame; f != nil {
		l.function, l.file, l.line = f.Func, f.File, f.Line
	}
	if len(t.Waits) > 0 {
		w := &t.Waits[0]
		l.kind, l.branches = w.Kind, len(w.Branches)
		if sameThing {
			l.thing = target{w.Resource, w.Group, w.Task}
		}
	}
	return l
}
