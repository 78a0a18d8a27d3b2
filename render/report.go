package render

import (
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// What a report makes room for.
const (
	screen       = 60 // lines in all that it aims at
	leastTree    = 20 // lines of tasks, however many problems there are
	mostProblems = 4
	mostRows     = 5  // lines of tasks in one problem
	mostRequests = 4  // lines of requests that are being served
	mostFrames   = 12 // of the task that the process died in
)

// Report is the one screen that is shown when nothing else was asked for:
// what is looked at, what is wrong with it, and who waits for whom, with what
// is alike and what is deep folded and counted.
func Report(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.terse = !o.Full
	v.header()
	v.lastWords()
	v.blank()
	v.problems(mostProblems, mostRows)
	v.blank()
	if v.requests(mostRequests) {
		v.blank()
	}
	v.wrap(v.text(), v.indent(2), v.say(strong, "Tasks").add(quiet, suffix("  ", v.census(v.all()))))
	roots := s.Forest(graph.ForestOptions{System: o.System, Coalesce: true, Places: !o.Full})
	withoutReferences(roots)
	lines := max(screen-v.lines-1, leastTree)
	if o.Limit > 0 {
		lines = o.Limit
	}
	if len(roots) == 0 {
		v.row(v.say(quiet, "none"))
	}
	v.forest(roots, v.fold(roots, lines))
	v.hiddenTasks()
	return v.end()
}

// lastWords is the stack of the task that the process died in.
func (v *view) lastWords() {
	d := v.s.Process.Death
	if d == nil {
		return
	}
	t := v.s.Task(d.Task)
	if t == nil {
		return
	}
	v.blank()
	v.row(v.say(strong, "Died in"))
	v.subject(t)
	frames := v.visible(t.Frames)
	shown := frames[:min(len(frames), mostFrames)]
	v.newListing(true, graph.Path{{Frames: shown}}).frames(shown)
	if n := len(frames) - len(shown); n > 0 {
		v.row(v.indent(frameGutter), v.say(quiet, v.ellipsis+" "+count(n, "more frame")+" (where "+string(t.ID)+")"))
	}
}
