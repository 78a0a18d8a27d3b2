package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// things shows what is not tasks, groups or resources: those that look alike
// once, those that most have to do with first. How many tasks have to do with an
// item weight says.
func things[T any](v *view, noun string, items []T, looks func(T) string, weight func(T) int, show func(alike []T)) error {
	v.header()
	v.shortfalls()
	sets := gather(items, looks)
	slices.SortStableFunc(sets, func(a, b []T) int {
		return cmp.Compare(len(b)*weight(b[0]), len(a)*weight(a[0]))
	})
	kept, cut := v.o.shown(len(sets))
	for _, alike := range sets[:kept] {
		v.blank()
		show(alike)
	}
	if len(sets) == 0 {
		v.blank()
		v.row(v.say(quiet, "no "+noun+"s"+v.ofThese()))
	}
	v.moreThings(cut, noun)
	v.hiddenTasks()
	return v.end()
}

// gather puts together the items that look alike, in the order of the first of each.
func gather[T any](items []T, looks func(T) string) [][]T {
	var sets [][]T
	index := map[string]int{}
	for _, item := range items {
		key := looks(item)
		i, ok := index[key]
		if !ok {
			i = len(sets)
			index[key] = i
			sets = append(sets, nil)
		}
		sets[i] = append(sets[i], item)
	}
	return sets
}

// anyShown reports that one of the tasks is not hidden, or not here at all.
func (v *view) anyShown(tasks []graph.TaskID) bool {
	if v.o.System {
		return true
	}
	return slices.ContainsFunc(tasks, func(id graph.TaskID) bool {
		t := v.s.Task(id)
		return t == nil || !t.System
	})
}

// ofThese says that a list is of what a filter picked.
func (v *view) ofThese() string {
	if v.s.Filtered {
		return " that these tasks have to do with"
	}
	return ""
}

// moreThings counts what a limit cuts off a list.
func (v *view) moreThings(cut int, noun string) {
	if cut > 0 {
		v.blank()
		v.row(v.say(quiet, v.ellipsis+" "+count(cut, "more "+noun)+" (--limit)"))
	}
}

// mostLooked is how many tasks of one thing are looked at to tell whether
// another is alike; beyond, their number alone counts.
const mostLooked = 64

// tasksLook adds what tells lists of tasks apart.
func (v *view) tasksLook(b *strings.Builder, tasks []graph.TaskID) {
	var looks []string
	v.s.EachTask(tasks[:min(len(tasks), mostLooked)], func(t *graph.Task) {
		l := likenessOf(t, false)
		looks = append(looks, fmt.Sprintf("%d\x01%s\x01%s\x01%d\x01%s\x01%d", l.state, l.function, l.file, l.line, l.kind, l.branches))
	})
	slices.Sort(looks)
	fmt.Fprintf(b, "%d\x00%s\x00", len(tasks), strings.Join(looks, "\x02"))
}

// heading names one item by its id, type and address; of several that are alike
// it says how many, and the first ids.
func (v *view) heading(n int, id func(i int) string, noun string, addr uint64) *text {
	if n == 1 {
		return v.say(ident, id(0)).add(normal, "  ").add(strong, named(noun, addr))
	}
	return v.say(strong, v.times(n)+"  "+noun).add(normal, "  ").add(ident, v.names(n, id))
}

// names lists the first few of n names.
func (v *view) names(n int, name func(i int) string) string {
	const most = 3
	var names []string
	for i := range min(n, most) {
		names = append(names, name(i))
	}
	if n > most {
		names = append(names, v.ellipsis)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// listed shows tasks under a title; none, so says.
func (v *view) listed(tasks []graph.TaskID, none, title string, e graph.Evidence) {
	if len(tasks) == 0 {
		v.row(v.indent(2), v.say(quiet, none))
		return
	}
	v.wrap(v.indent(2), v.indent(4), v.say(normal, title).add(quiet, suffix(" (", v.known(e), ")")))
	v.involved(tasks, v.o.Limit)
}
