package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

const (
	mostPaths = 8   // shown, when no limit is given
	mostTried = 256 // looked at, to find so many that differ
)

// Where shows the logical backtrace of the task o.Task: its own frames, then
// on in whoever waits for it, along every path. Paths that differ in the tasks
// alone are shown once.
func Where(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	t := s.Task(o.Task)
	if t == nil {
		return fmt.Errorf("there is no task %s; the view tasks lists them", safe(string(o.Task), true))
	}
	if o.Limit <= 0 {
		v.o.Limit = mostPaths
	}
	paths, total := s.Backtrace(t.ID, max(mostTried, v.o.Limit))
	ways := alikePaths(paths)
	kept, _ := v.o.shown(len(ways))
	v.shortfalls()
	v.subject(t)
	v.ways(t, ways[:kept], total, total-len(paths) > 0)
	return v.end()
}

// ways prints a task's own frames, and behind them each way on.
func (v *view) ways(t *graph.Task, ways [][]graph.Path, total int, more bool) {
	own := graph.Path{{Frames: t.Frames}}
	all := []graph.Path{own}
	for _, alike := range ways {
		all = append(all, alike[0])
	}
	l := v.newListing(true, all...)
	l.frames(t.Frames)
	if why := noFrame(t); len(t.Frames) == 0 && why != "" {
		v.row(v.indent(frameGutter), v.say(warn, why))
	}
	first, shown := l.number, 0
	for _, alike := range ways {
		path := alike[0]
		if total > 1 {
			v.wrap(v.indent(1), v.indent(3), v.say(strong, pathTitle(shown, len(alike), total, more)).add(quiet, v.through(alike)))
		}
		shown += len(alike)
		l.number = first
		l.segments(path[min(1, len(path)):], t.ID)
	}
	if cut := total - shown; cut > 0 {
		v.row(v.say(quiet, v.ellipsis+" "+count(cut, "more path")+" (--limit)"))
	}
}

// pathTitle numbers n paths behind those shown before.
func pathTitle(shown, n, total int, more bool) string {
	title := "path " + number(shown+1)
	if n > 1 {
		title = "paths " + number(shown+1) + " to " + number(shown+n)
	}
	title += " of " + number(total)
	if more {
		title += " or more"
	}
	return title
}

// through names the tasks that paths which are alike go on in.
func (v *view) through(alike []graph.Path) string {
	if len(alike) < 2 {
		return ""
	}
	var tasks []graph.TaskID
	for _, path := range alike {
		if len(path) > 1 {
			tasks = append(tasks, path[1].Task)
		}
	}
	return suffix("  (alike, through ", v.ids(tasks, 3), ")")
}

// alikePaths puts paths together that have the same frames and crossings.
func alikePaths(paths []graph.Path) [][]graph.Path {
	var ways [][]graph.Path
	for _, path := range paths {
		i := slices.IndexFunc(ways, func(alike []graph.Path) bool { return samePath(alike[0], path) })
		if i < 0 {
			ways = append(ways, []graph.Path{path})
		} else {
			ways[i] = append(ways[i], path)
		}
	}
	return ways
}

func samePath(a, b graph.Path) bool {
	return slices.EqualFunc(a, b, func(a, b graph.Segment) bool {
		return a.How == b.How && a.Closes == b.Closes && a.Evidence == b.Evidence &&
			slices.EqualFunc(a.Frames, b.Frames, func(a, b *graph.Frame) bool {
				return a == b || a.Func == b.Func && a.File == b.File && a.Line == b.Line
			})
	})
}

// subject says which task a listing is of, what it does, and what else is
// known of it.
func (v *view) subject(t *graph.Task) {
	head := v.say(ident, string(t.ID))
	if name := v.ownName(t); name != "" {
		head.add(normal, "  ").add(strong, name)
	}
	s := v.doing(t)
	does := s.core + s.more
	if len(t.Waits) > 0 && t.State != graph.StateWaiting {
		does = stateWord(t.State) + ": " + does
	}
	v.pair(v.text(), v.text(), head, v.say(normal, does), 2)
	for _, fact := range v.facts(t) {
		v.wrap(v.indent(2), v.indent(4), v.say(quiet, fact))
	}
	for _, p := range t.Problems {
		v.wrap(v.indent(2), v.indent(4), v.say(warn, v.warnMark+" "+p.Message))
	}
}

// facts are what else is known of a task, a sentence each.
func (v *view) facts(t *graph.Task) []string {
	var facts []string
	for _, h := range t.Holds {
		r := v.s.Resource(h.Resource)
		if r == nil {
			continue
		}
		wanted := ""
		if n := len(v.s.Waiters(r)); n > 0 {
			wanted = ", which " + count(n, "task") + verb(n, " wants", " want")
		}
		facts = append(facts, "holds "+thing(r)+suffix(" (", v.known(h.Evidence), ")")+wanted)
	}
	for _, a := range v.s.AwaitedBy(t) {
		if a.Relation == graph.RelationHandle {
			facts = append(facts, "handle held by "+string(a.Task)+", which "+v.elsewhere(a.Task))
		}
	}
	if t.Thread != 0 {
		facts = append(facts, "on thread "+plainNumber(int(t.Thread)))
	}
	for _, key := range slices.Sorted(maps.Keys(t.Labels)) {
		facts = append(facts, "label "+key+"="+t.Labels[key])
	}
	if c := t.Cancel; c != nil {
		facts = append(facts, cancellation(c)...)
	}
	if t.Result != "" {
		facts = append(facts, "returned a value of type "+typeName(t.Result))
	}
	if e := t.Error; e != nil {
		if t.State != graph.StateFailed {
			facts = append(facts, taskError(e))
		}
		for _, r := range e.Chain {
			facts = append(facts, v.reason(r))
		}
	}
	for _, a := range t.Detail {
		facts = append(facts, fact(a))
	}
	return facts
}

// reason says what an error has behind it or in it.
func (v *view) reason(r graph.Reason) string {
	what := failure(&graph.Failure{Type: r.Type, Message: r.Message})
	if r.At != nil {
		what += " at " + joined(v.function(r.At), location(r.At))
	}
	switch r.Relation {
	case graph.ReasonCause:
		return "caused by " + what
	case graph.ReasonContext:
		return "raised while " + what + " was handled"
	case graph.ReasonMember:
		return "one of it is " + what
	}
	return string(r.Relation) + ": " + what
}

// elsewhere says what a task does that has a handle of another and does not
// wait for that.
func (v *view) elsewhere(id graph.TaskID) string {
	t := v.s.Task(id)
	if t == nil {
		return "is not among the tasks here"
	}
	if len(t.Waits) == 0 {
		return "is " + v.idle(t)
	}
	said := v.wait(t, &t.Waits[0])
	if strings.HasPrefix(said.core, "sleeps") {
		return said.core
	}
	return "waits for " + said.bare()
}

// cancellation says what a task was told, and what is to be said of the cancel
// scopes around it. Of most there is nothing: each nursery has one.
func cancellation(c *graph.Cancellation) (facts []string) {
	switch requests := count(max(c.Requested, 1), "cancellation") + " requested"; {
	case c.Pending:
		facts = append(facts, requests+", not delivered yet"+suffix(": ", c.Message))
	case c.Requested > 0:
		facts = append(facts, requests+suffix(": ", c.Message))
	case c.Message != "" || len(c.Scopes) == 0:
		facts = append(facts, "cancelled"+suffix(": ", c.Message))
	}
	for _, s := range c.Scopes {
		var traits []string
		if s.Shield {
			traits = append(traits, "is shielded")
		}
		if s.Deadline != 0 {
			traits = append(traits, strings.TrimPrefix(timesOut(s.Deadline), ", "))
		}
		if s.Cancelled {
			traits = append(traits, "was cancelled"+suffix(" (", s.Reason, ")"))
		}
		if len(traits) > 0 {
			facts = append(facts, "in a cancel scope that "+strings.Join(traits, ", "))
		}
	}
	return facts
}

// taskError says which error a task has. A panic is one of its own sort.
func taskError(e *graph.Failure) string {
	if e.Type == "panic" {
		return failure(e)
	}
	return "error " + failure(e)
}
