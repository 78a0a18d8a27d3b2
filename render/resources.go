package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Resources shows each thing that tasks wait on: its state, who has it, and
// who waits for it. Those that are alike are shown once; what most wait for
// comes first.
func Resources(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	waiters := map[graph.ResourceID][]graph.TaskID{}
	var shown []*graph.Resource
	for _, r := range s.Resources {
		tasks := v.waitersOf(r)
		waiters[r.ID] = tasks
		if all := append(slices.Clip(tasks), holding(r)...); len(all) == 0 || v.anyShown(all) {
			shown = append(shown, r)
		}
	}
	looks := func(r *graph.Resource) string { return v.resourceLooks(r, waiters[r.ID]) }
	return things(v, "resource", shown, looks, func(r *graph.Resource) int { return len(waiters[r.ID]) }, func(alike []*graph.Resource) {
		v.resource(alike)
		v.resourceTasks(alike, waiters)
	})
}

// resourceTasks lists who has resources that are alike, and who waits for them.
func (v *view) resourceTasks(alike []*graph.Resource, waiters map[graph.ResourceID][]graph.TaskID) {
	var wait, hold []graph.TaskID
	for _, r := range alike {
		wait = append(wait, waiters[r.ID]...)
		hold = append(hold, holding(r)...)
	}
	hold, wait = eachOnce(hold), eachOnce(wait) // a select waits on many
	switch r := alike[0]; {
	case len(hold) > 0 && isLock(r.Kind):
		v.listed(hold, "", "held by", weakest(r.Holders))
	case len(hold) > 0:
		v.listed(hold, "", "could be served by", weakest(r.Holders))
	case isLock(r.Kind) && !detail(r.Detail).isNot("locked"):
		v.row(v.indent(2), v.say(normal, "holder not known"))
	}
	v.listed(wait, "nobody waits for it", count(len(wait), "waiter"), graph.Evidence{})
}

// eachOnce leaves out what stood in a list before.
func eachOnce(ids []graph.TaskID) []graph.TaskID {
	seen := make(map[graph.TaskID]bool, len(ids))
	return slices.DeleteFunc(ids, func(id graph.TaskID) bool {
		before := seen[id]
		seen[id] = true
		return before
	})
}

// waitersOf returns the tasks that wait on a resource, each once.
func (v *view) waitersOf(r *graph.Resource) []graph.TaskID {
	var tasks []graph.TaskID
	for _, w := range v.s.Waiters(r) {
		if n := len(tasks); n == 0 || tasks[n-1] != w.Task {
			tasks = append(tasks, w.Task)
		}
	}
	return tasks
}

func holding(r *graph.Resource) []graph.TaskID {
	var ids []graph.TaskID
	for _, h := range r.Holders {
		ids = append(ids, h.Task)
	}
	return ids
}

// resourceLooks is the same for resources that are shown as one: numbers,
// names and times of their state do not count.
func (v *view) resourceLooks(r *graph.Resource, waiters []graph.TaskID) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%s\x00%v\x00", r.Kind, r.Type, weakest(r.Holders))
	for _, a := range r.Detail {
		fmt.Fprintf(&b, "%s\x01", a.Key)
		if flag, ok := a.Value.(bool); ok {
			fmt.Fprint(&b, flag)
		}
	}
	d := detail(r.Detail)
	length, _ := d.number("len")
	size, _ := d.number("cap")
	fmt.Fprintf(&b, "\x00%v%v%v\x00", length == 0, length == size, size == 0)
	v.tasksLook(&b, holding(r))
	v.tasksLook(&b, waiters)
	return b.String()
}

// resource shows what resources that are alike are, and the facts of their
// state that all of them share.
func (v *view) resource(alike []*graph.Resource) {
	r := alike[0]
	head := v.heading(len(alike), func(i int) string { return alike[i].ID.String() }, typeName(or(r.Type, r.Kind)), r.Address)
	var facts []string
	if r.Type != "" && r.Kind != "" && !strings.Contains(strings.ToLower(r.Type), r.Kind) {
		facts = append(facts, r.Kind)
	}
	for i, a := range r.Detail {
		same := !slices.ContainsFunc(alike, func(other *graph.Resource) bool {
			return i >= len(other.Detail) || other.Detail[i].Key != a.Key || other.Detail[i].Value != a.Value
		})
		if same {
			facts = append(facts, fact(a))
		}
	}
	v.pair(v.text(), v.text(), head, v.say(normal, strings.Join(facts, ", ")), 4)
}
