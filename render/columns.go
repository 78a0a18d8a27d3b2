package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// column is one column of the table of tasks.
type column struct {
	name      string
	title     string
	right     bool // numbers, aligned right
	least     int  // columns it needs to say anything; 0: all that it has
	yield     int  // the higher, the sooner it goes where the table does not fit; 0: never
	spare     int  // columns that others must be able to gain before it is worth its own
	keepsLast bool // the last word of a cell is what to keep when it is shortened
	cell      func(v *view, t *graph.Task) string
	order     func(a, b *graph.Task) int // nil: by cell
}

var taskColumns = []column{
	{name: "id", title: "ID", cell: idCell, order: func(a, b *graph.Task) int { return 0 }},
	{name: "name", title: "NAME", least: 8, yield: 1, cell: (*view).ownName},
	{name: "state", title: "STATE", yield: 3, spare: 26, cell: stateCell},
	{name: "wait", title: "WAITS FOR", least: 23, cell: (*view).waitCell},
	{name: "since", title: "WAITED", right: true, yield: 2, cell: (*view).sinceCell,
		order: func(a, b *graph.Task) int { return cmp.Compare(waited(a), waited(b)) }},
	{name: "at", title: "AT", least: 27, keepsLast: true, cell: (*view).atCell},
	{name: "group", title: "GROUP", least: 24, yield: 4, cell: (*view).groupCell},
	{name: "creator", title: "CREATED BY", least: 24, keepsLast: true, yield: 5, cell: (*view).creatorCell},
}

// TaskColumns are the names of the columns that the view tasks has, for
// Options.Columns and Options.Sort.
func TaskColumns() []string {
	var names []string
	for _, c := range taskColumns {
		names = append(names, c.name)
	}
	return names
}

func findColumn(name string) (column, error) {
	i := slices.IndexFunc(taskColumns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, fmt.Errorf("there is no column %q; there are %s", name, strings.Join(TaskColumns(), ", "))
	}
	return taskColumns[i], nil
}

func idCell(_ *view, t *graph.Task) string { return string(t.ID) }

func stateCell(_ *view, t *graph.Task) string { return stateWord(t.State) }

// waitCell says in parentheses what a task does that does not wait: the
// column of the states may not be there.
func (v *view) waitCell(t *graph.Task) string {
	if len(t.Waits) == 0 {
		return "(" + v.idle(t) + ")"
	}
	return v.wait(t, &t.Waits[0]).bare()
}

func waited(t *graph.Task) time.Duration {
	if len(t.Waits) == 0 {
		return 0
	}
	return t.Waits[0].Since
}

func (v *view) sinceCell(t *graph.Task) string {
	if d := waited(t); d > 0 {
		return v.least + " " + duration(d)
	}
	return ""
}

func (v *view) atCell(t *graph.Task) string {
	p := placeOf(t)
	if p.frame == nil {
		return noFrame(t)
	}
	return joined(v.function(p.frame), location(p.frame))
}

func (v *view) groupCell(t *graph.Task) string {
	if len(t.Groups) == 0 {
		return ""
	}
	g := v.s.Group(t.Groups[0])
	if g == nil {
		return ""
	}
	return groupName(g)
}

func (v *view) creatorCell(t *graph.Task) string {
	c := t.CreatedBy
	if c == nil {
		return ""
	}
	f := c.At
	if c.User != nil {
		f = c.User
	}
	if f == nil {
		return string(c.Task)
	}
	return joined(string(c.Task), joined(v.function(f), location(f)))
}
