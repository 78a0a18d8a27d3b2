package render

import "github.com/dlv-async/dlv-async/walker/graph"

const (
	leastFunction = 16  // columns of a function's name that stay when a line is narrow
	mostLabel     = 16  // columns up to which labels are aligned
	mostPlace     = 64  // columns up to which places are aligned
	mostAligned   = 200 // lines that are looked at to align them
)

// label is how tasks on one line are called: the id of one, the number of many.
func (v *view) label(tasks []graph.TaskID) string {
	if len(tasks) == 1 {
		return string(tasks[0])
	}
	return v.times(len(tasks))
}

// times counts what one line stands for: 1,003x.
func (v *view) times(n int) string { return number(n) + "x" }

// aligned returns how wide the labels and the places of n task lines should
// be for what follows them to stand in columns.
func (v *view) aligned(n int, line func(i int) (*graph.Task, []graph.TaskID)) (labels, places int) {
	for i := range min(n, mostAligned) {
		t, tasks := line(i)
		if t == nil {
			continue
		}
		if w := columns(safe(v.label(tasks), v.ascii)); w <= mostLabel {
			labels = max(labels, w)
		}
		if w := v.where(t, len(tasks) == 1, v.width).width; w <= mostPlace {
			places = max(places, w)
		}
	}
	return labels, places
}

// taskLine prints what tasks are called and where they stand, and tail, which
// is what they do: on one line where that fits, aligned where that fits too.
// It returns the column that the place begins in, for what goes below.
func (v *view) taskLine(t *graph.Task, tasks []graph.TaskID, tail *text, labels, places int, first, rest *text) (column int) {
	head := v.say(ident, v.label(tasks)).pad(labels).add(normal, "  ")
	begin := head.width
	column = max(first.width+begin, rest.width+1)
	head.join(v.where(t, len(tasks) == 1, v.width-first.width-begin))
	if aligned := begin + places; head.width < aligned && first.width+aligned+2+tail.width <= v.width {
		head.pad(aligned)
	}
	v.pair(first, rest, head, tail, column-rest.width)
	return column
}

// where says where a task stands: its name where it has one of its own, the
// function, the line, and what it called there. In less than room columns
// what it called goes, then the inside of the function's name. Of a task that
// stands for many the name is not theirs.
func (v *view) where(t *graph.Task, alone bool, room int) *text {
	line := v.text()
	if name := v.ownName(t); name != "" && alone {
		line.add(strong, name).add(normal, "  ")
	}
	p := placeOf(t)
	if p.frame == nil {
		return line.add(warn, noFrame(t))
	}
	function, at := safe(v.function(p.frame), v.ascii), safe(location(p.frame), v.ascii)
	others := line.width + columns(at)
	if at != "" {
		others += 2
	}
	if columns(function) > room-others {
		function = shorten(function, max(room-others, leastFunction), v.ellipsis)
	}
	line.add(normal, function)
	if at != "" {
		line.add(normal, "  ").add(quiet, at)
	}
	if p.calls != nil {
		called := v.say(quiet, " "+v.calls+" "+v.function(p.calls))
		if line.width+called.width <= room {
			line.join(called)
		}
	}
	return line
}

// ownName is a task's name when its frames do not already say it: a label, an
// asyncio task's name; not the function that it began in.
func (v *view) ownName(t *graph.Task) string {
	if t.Name == "" || t.Name == t.NativeID || t.Name == string(t.ID) {
		return ""
	}
	for _, f := range t.Frames {
		if f.Func == t.Name || v.function(f) == t.Name {
			return ""
		}
	}
	return `"` + t.Name + `"`
}

// does is what the tasks of one line do, as the end of that line.
func (v *view) does(tasks []graph.TaskID) *text {
	s := v.doingAll(tasks)
	line := v.say(normal, s.core+s.more)
	if len(tasks) > 1 {
		line.add(quiet, "  ("+v.ids(tasks, 3)+")")
	}
	return line
}

// trouble says what could not be read of a task.
func trouble(t *graph.Task) string {
	switch len(t.Problems) {
	case 0:
		return ""
	case 1:
		return t.Problems[0].Message
	}
	return t.Problems[0].Message + ", and " + count(len(t.Problems)-1, "more problem")
}
