package render

import (
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Stacks shows the logical stacks, those of the most tasks first.
func Stacks(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.terse = !o.Full
	v.header()
	v.shortfalls()
	sets := s.Stacks(graph.ForestOptions{System: o.System, Coalesce: true})
	kept, cut := o.shown(len(sets))
	for _, set := range sets[:kept] {
		v.blank()
		v.stack(set)
	}
	if len(sets) > 0 {
		v.blank()
	}
	if cut > 0 {
		tasks := 0
		for _, set := range sets[kept:] {
			tasks += len(set.Tasks)
		}
		v.row(v.say(quiet, v.ellipsis+" "+number(cut)+" more "+plural("stack", cut)+" of "+count(tasks, "task")+" (--limit)"))
	}
	v.hiddenTasks()
	return v.end()
}

// stack prints one stack with the tasks that have it.
func (v *view) stack(set graph.StackSet) {
	head := v.text()
	if len(set.Tasks) > 1 {
		head.add(strong, v.label(set.Tasks)).add(normal, "  ")
	}
	head.add(ident, v.ids(set.Tasks, 4))
	s := v.doingAll(set.Tasks)
	v.pair(v.text(), v.text(), head, v.say(normal, s.core+s.more), 2)
	if len(set.Path) == 0 {
		return
	}
	l := v.newListing(false, set.Path)
	l.frames(set.Path[0].Frames)
	l.same = set.Same - 1
	l.segments(set.Path[1:], set.Tasks[0])
	if set.More > 0 {
		v.row(v.indent(3), v.say(quiet, v.ellipsis+" and "+count(set.More, "more way")+" on (where "+string(set.Tasks[0])+")"))
	}
}
