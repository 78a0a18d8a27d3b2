package render

import (
	"fmt"
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostChanged is how many lines each part of a diff has when no limit is given.
const mostChanged = 10

// Diff shows what changed from one snapshot to a later one: problems found and
// resolved, tasks that are new, gone, moved and stuck, and the places where
// their number changed.
func Diff(w io.Writer, d *graph.Diff, o Options) error {
	if o.Limit == 0 {
		o.Limit = mostChanged
	}
	v := newView(w, d.To, o)
	v.terse = !o.Full
	was := newView(w, d.From, o) // for the words; v writes
	was.terse = v.terse
	v.compared(d, was)
	v.changedProblems("New problems", d.Found)
	v.changedProblems("Problems that are gone", d.Resolved)
	var stuck, idle []graph.Stuck
	for _, s := range d.Stuck {
		if s.Idle {
			idle = append(idle, s)
		} else {
			stuck = append(stuck, s)
		}
	}
	v.changed(v, d.New, "new", "")
	v.changed(was, d.Gone, "gone", "")
	v.moved(was, d.Moved)
	v.changed(v, stuckTasks(stuck), "stuck", "  at the same place, waiting for the same, in both"+sureStuck(stuck))
	v.changed(v, stuckTasks(idle), "idle", "  in both, waiting for the time or for what is outside"+sureStuck(idle))
	if d.Same > 0 {
		v.blank()
		v.row(v.say(quiet, count(d.Same, "other task")+" "+be(d.Same)+" as before, and "+verb(d.Same, "does", "do")+" not wait"))
	}
	v.places(d.Places)
	return v.end()
}

// compared says which two are looked at.
func (v *view) compared(d *graph.Diff, was *view) {
	name := func(v *view) string {
		p := v.s.Process
		pid := ""
		if p.PID != 0 {
			pid = " pid " + plainNumber(p.PID)
		}
		return processName(p) + pid
	}
	line := v.say(strong, name(was))
	if !d.SameProcess || name(was) != name(v) {
		line.add(normal, " "+v.calls+" ").add(strong, name(v))
	}
	line.add(quiet, " "+v.dot+" ").add(normal, was.taskCount()+" "+v.calls+" "+v.taskCount())
	switch {
	case d.Elapsed > 0:
		line.add(quiet, " "+v.dot+" ").add(normal, duration(d.Elapsed)+" apart")
	case d.Elapsed < 0:
		line.add(quiet, " "+v.dot+" ").add(warn, "the second is "+duration(-d.Elapsed)+" older than the first")
	}
	v.wrap(v.text(), v.indent(2), line)
	if !d.SameProcess {
		v.wrap(v.text(), v.indent(2), v.say(warn, "these are two processes: no task of one is one of the other, and places alone are compared"))
	}
}

// changedProblems prints problems, a sentence each.
func (v *view) changedProblems(title string, list []*graph.Problem) {
	if list = v.told(list); len(list) == 0 {
		return
	}
	v.blank()
	v.row(v.say(strong, title), v.say(quiet, "  "+severities(list)))
	kept, cut := v.o.shown(len(list))
	for _, p := range list[:kept] {
		v.wrap(v.indent(2), v.indent(4), v.say(normal, p.Code+": "+p.Message))
	}
	if cut > 0 {
		v.row(v.indent(2), v.say(quiet, v.ellipsis+" "+count(cut, "more problem")+" (--limit)"))
	}
}

// changed prints tasks of one of the two snapshots, that of, under a title.
func (v *view) changed(of *view, tasks []graph.TaskID, title, more string) {
	if len(tasks) == 0 {
		return
	}
	v.blank()
	v.wrap(v.text(), v.indent(2), v.say(strong, number(len(tasks))+" "+title).add(quiet, more))
	scratch := *of
	scratch.page = v.page
	scratch.terse = false // it names --limit
	scratch.involved(tasks, v.o.Limit)
	v.page = scratch.page
}

func stuckTasks(list []graph.Stuck) []graph.TaskID {
	var ids []graph.TaskID
	for _, s := range list {
		ids = append(ids, s.Task)
	}
	return ids
}

// sureStuck says how many of the stuck tasks are known not to have moved.
func sureStuck(list []graph.Stuck) string {
	sure := 0
	for _, s := range list {
		if s.Evidence.Confidence == graph.Proven {
			sure++
		}
	}
	switch sure {
	case len(list):
		return " (proven: for longer than the time in between)"
	case 0:
		return " (inferred: they may have moved in between)"
	}
	return fmt.Sprintf(" (%s proven: for longer than the time in between)", number(sure))
}

// moved prints tasks that stand elsewhere now: where they were and where they are.
func (v *view) moved(was *view, tasks []graph.TaskID) {
	if len(tasks) == 0 {
		return
	}
	v.blank()
	v.row(v.say(strong, number(len(tasks))+" moved"))
	type pair struct{ from, to likeness }
	index := map[pair]int{}
	var sets [][]graph.TaskID
	for _, id := range tasks {
		key := pair{likenessOf(was.s.Task(id), false), likenessOf(v.s.Task(id), false)}
		i, ok := index[key]
		if !ok {
			i = len(sets)
			index[key] = i
			sets = append(sets, nil)
		}
		sets[i] = append(sets[i], id)
	}
	kept, cut := v.o.shown(len(sets))
	for _, alike := range sets[:kept] {
		left := v.indent(4)
		column := v.taskLine(was.s.Task(alike[0]), alike, was.doingText(alike), 0, 0, left, left)
		t := v.s.Task(alike[0])
		below := v.indent(column)
		head := v.say(quiet, v.calls+" ").join(v.where(t, len(alike) == 1, v.width-column-2))
		v.pair(below, below, head, v.does(alike), 2)
	}
	if cut > 0 {
		n := 0
		for _, alike := range sets[kept:] {
			n += len(alike)
		}
		v.row(v.indent(4), v.say(quiet, v.ellipsis+" "+count(n, "more task")+" (--limit)"))
	}
}

// doingText is what tasks do, without their names.
func (v *view) doingText(tasks []graph.TaskID) *text {
	s := v.doingAll(tasks)
	return v.say(normal, s.core+s.more)
}

// places prints where the number of tasks changed.
func (v *view) places(list []graph.Place) {
	if len(list) == 0 {
		return
	}
	v.blank()
	v.row(v.say(strong, "Tasks by place"))
	kept, cut := v.o.shown(len(list))
	width := 0
	words := func(p graph.Place) string {
		sign := "+"
		if p.To < p.From {
			sign = ""
		}
		return number(p.From) + " " + v.calls + " " + number(p.To) + "  (" + sign + number(p.To-p.From) + ")"
	}
	for _, p := range list[:kept] {
		width = max(width, columns(words(p)))
	}
	for _, p := range list[:kept] {
		line := v.text()
		if p.At != nil {
			line.add(normal, v.function(p.At)+"  ").add(quiet, location(p.At))
		} else {
			line.add(normal, "place not known")
		}
		line.add(normal, suffix("  ", string(p.Wait)))
		v.wrap(v.indent(4).add(strong, words(p)).pad(4+width+2), v.indent(6), line)
	}
	if cut > 0 {
		v.row(v.indent(4), v.say(quiet, v.ellipsis+" "+count(cut, "more place")+" (--limit)"))
	}
}
