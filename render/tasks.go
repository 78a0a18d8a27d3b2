package render

import (
	"io"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Tasks shows a table of the tasks, a line each. Cells too wide for the width
// are shortened in the middle; columns that find no room at all are named below.
func Tasks(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	cols, err := v.chosen()
	if err != nil {
		return err
	}
	tasks, err := v.sorted()
	if err != nil {
		return err
	}
	kept, cut := o.shown(len(tasks))
	tasks = tasks[:kept]
	v.header()
	v.shortfalls()
	v.blank()
	left := v.table(cols, tasks)
	if cut > 0 {
		v.row(v.say(quiet, v.ellipsis+" "+count(cut, "more task")+" (--limit)"))
	}
	v.hiddenTasks()
	if len(left) > 0 {
		v.wrap(v.text(), v.indent(2), v.say(quiet, "no room for "+list(left)+" (--columns)"))
	}
	return v.end()
}

// chosen returns the columns to show.
func (v *view) chosen() ([]column, error) {
	if len(v.o.Columns) == 0 {
		return slices.Clone(taskColumns), nil
	}
	var cols []column
	for _, name := range v.o.Columns {
		c, err := findColumn(name)
		if err != nil {
			return nil, err
		}
		c.yield, c.spare = 0, 0
		cols = append(cols, c)
	}
	return cols, nil
}

// sorted returns the tasks in the order asked for.
func (v *view) sorted() ([]*graph.Task, error) {
	tasks := slices.Clone(v.s.Tasks)
	if !v.o.System {
		tasks = slices.DeleteFunc(tasks, func(t *graph.Task) bool { return t.System })
	}
	name, reverse := strings.CutPrefix(v.o.Sort, "-")
	if name == "" {
		return tasks, nil
	}
	c, err := findColumn(name)
	if err != nil {
		return nil, err
	}
	if c.order == nil {
		cells := make(map[*graph.Task]string, len(tasks))
		for _, t := range tasks {
			cells[t] = c.cell(v, t)
		}
		c.order = func(a, b *graph.Task) int { return strings.Compare(cells[a], cells[b]) }
	}
	if name == "id" { // the order that they are in
		if reverse {
			slices.Reverse(tasks)
		}
		return tasks, nil
	}
	slices.SortStableFunc(tasks, func(a, b *graph.Task) int {
		if reverse {
			a, b = b, a
		}
		return c.order(a, b)
	})
	return tasks, nil
}
