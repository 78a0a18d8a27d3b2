package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Groups shows each group: how many are left of it, who opened it and where,
// who waits for it, and its members. Those that are alike are shown once; the
// largest come first.
func Groups(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.header()
	v.shortfalls()
	var shown []*graph.Group
	for _, g := range s.Groups {
		if len(g.Members) == 0 || v.anyShown(g.Members) {
			shown = append(shown, g)
		}
	}
	sets := gather(shown, v.groupLooks)
	slices.SortStableFunc(sets, func(a, b []*graph.Group) int {
		return cmp.Compare(len(b)*len(b[0].Members), len(a)*len(a[0].Members))
	})
	kept, cut := o.shown(len(sets))
	for _, alike := range sets[:kept] {
		v.blank()
		v.group(alike)
	}
	if len(sets) == 0 {
		v.blank()
		v.row(v.say(quiet, "no groups"+v.ofThese()))
	}
	v.moreThings(cut, "group")
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

// groupLooks is the same for groups that are shown as one.
func (v *view) groupLooks(g *graph.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%d\x00%d\x00%v\x00%v\x00", g.Kind, g.Outstanding, len(g.Members), g.Evidence, g.Error != nil)
	if o := g.OpenedAt; o != nil && o.At != nil {
		fmt.Fprintf(&b, "%s\x00%s\x00%d\x00%v\x00", o.At.Func, o.At.File, o.At.Line, o.Evidence)
	}
	v.tasksLook(&b, v.s.GroupWaiters(g))
	v.tasksLook(&b, g.Members)
	return b.String()
}

// mostLooked is how many tasks of one thing are looked at to tell whether
// another is alike; beyond, their number alone counts.
const mostLooked = 64

// tasksLook adds what tells lists of tasks apart.
func (v *view) tasksLook(b *strings.Builder, tasks []graph.TaskID) {
	var looks []string
	v.tasks(tasks[:min(len(tasks), mostLooked)], func(t *graph.Task) {
		l := likenessOf(t, false)
		looks = append(looks, fmt.Sprintf("%d\x01%s\x01%s\x01%d\x01%s\x01%d", l.state, l.function, l.file, l.line, l.kind, l.branches))
	})
	slices.Sort(looks)
	fmt.Fprintf(b, "%d\x00%s\x00", len(tasks), strings.Join(looks, "\x02"))
}

// group shows groups that are alike.
func (v *view) group(alike []*graph.Group) {
	g := alike[0]
	head := v.text()
	if len(alike) == 1 {
		head.add(ident, g.ID.String()).add(normal, "  ").add(strong, groupName(g))
	} else {
		head.add(strong, v.times(len(alike))+"  "+typeName(g.Kind)).add(normal, "  ").add(ident, v.names(len(alike), func(i int) string { return alike[i].ID.String() }))
	}
	words := v.say(normal, left(g))
	if len(alike) > 1 && g.Outstanding >= 0 {
		words.add(normal, " in each")
	}
	v.pair(v.text(), v.text(), head, words, 4)
	if o := g.OpenedAt; o != nil {
		line := v.say(normal, "opened")
		if o.At != nil {
			line.add(normal, " at "+v.function(o.At)+" ").add(quiet, location(o.At))
		}
		if len(alike) == 1 {
			line.add(normal, " by ").add(ident, string(o.Task))
		}
		v.wrap(v.indent(4), v.indent(6), line.add(quiet, suffix(" (", v.known(o.Evidence), ")")))
	}
	if g.Owner != "" && len(alike) == 1 && (g.OpenedAt == nil || g.OpenedAt.Task != g.Owner) {
		v.wrap(v.indent(4), v.indent(6), v.say(normal, "owned by ").add(ident, string(g.Owner)))
	}
	if len(g.Detail) > 0 && len(alike) == 1 {
		var facts []string
		for _, a := range g.Detail {
			facts = append(facts, fact(a))
		}
		v.wrap(v.indent(4), v.indent(6), v.say(normal, strings.Join(facts, ", ")))
	}
	if g.Error != nil {
		v.wrap(v.indent(4), v.indent(6), v.say(bad, "failed: "+failure(g.Error)).add(normal, suffix(" (", string(g.Error.Task), ")")))
	}
	for _, p := range g.Problems {
		v.wrap(v.indent(4), v.indent(6), v.say(warn, v.warnMark+" "+p.Message))
	}
	waiters, members := []graph.TaskID{}, []graph.TaskID{}
	for _, g := range alike {
		waiters = append(waiters, v.s.GroupWaiters(g)...)
		members = append(members, g.Members...)
	}
	v.listed(waiters, "nobody waits for it", "waited for by", graph.Evidence{})
	v.listed(members, "no member was found", count(len(members), "member"), g.Evidence)
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
