package render

import (
	"io"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// lookedFor is what a snapshot without problems was searched for: for leaks
// only where that could be done; where not, the caveats say so.
func (v *view) lookedFor() string {
	leaks := ""
	if slices.ContainsFunc(v.s.Runtimes, func(r *graph.Runtime) bool { return slices.Contains(r.LookedFor, "leak") }) {
		leaks = "tasks that nothing can wake, "
	}
	return "  (looked for: tasks that wait for each other in a circle, " + leaks +
		"locks that are held too long, pools that are used up, pile-ups, and whatever could not be read)"
}

// Problems shows the findings alone: each with the tasks in it, what they
// want, who has that, who waits behind them, and how all that is known.
func Problems(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.header()
	v.blank()
	v.problems(o.Limit, o.Limit)
	return v.end()
}

// problems prints at most so many problems, with at most so many lines of
// tasks each; 0 is all. Then what this picture does not hold.
func (v *view) problems(most, rows int) {
	list := v.told(v.s.Problems)
	if len(list) == 0 {
		none := "No problems found"
		switch {
		case v.s.Filtered:
			none += " that name these tasks"
		case v.s.Process.Death != nil:
			none = "No other problems found"
		}
		v.wrap(v.text(), v.indent(2), v.say(strong, none).add(quiet, v.lookedFor()))
	} else {
		v.row(v.say(strong, "Problems"), v.say(quiet, "  "+severities(list)))
	}
	if n := len(v.s.Problems) - len(list); n > 0 {
		v.row(v.say(quiet, count(n, "suppressed problem")+" "+be(n)+" not shown (--suppressed)"))
	}
	shown, alike := v.firstOfEach(list)
	var rest []*graph.Problem
	if most > 0 && len(shown) > most {
		for _, p := range shown[most:] {
			rest = append(append(rest, p), alike[p.Fingerprint]...)
		}
		shown = shown[:most]
	}
	var before []*graph.Problem
	for i, p := range shown {
		if i > 0 {
			v.blank()
		}
		v.sentence(p, len(alike[p.Fingerprint]))
		if v.terse && (p.Severity == graph.Info && list[0].Severity != graph.Info || toldOf(p, before)) {
			continue // room is for what is worse, and was not shown
		}
		v.problem(p, rows)
		before = append(append(before, p), alike[p.Fingerprint]...)
	}
	if len(rest) > 0 {
		v.blank()
		v.row(v.say(quiet, v.ellipsis+" "+count(len(rest), "more problem")+": "+severities(rest)+v.fuller()))
	}
	v.caveats()
}

// toldOf tells whether all tasks of a problem were named by those before.
func toldOf(p *graph.Problem, before []*graph.Problem) bool {
	names := func(p *graph.Problem) int { return len(p.Tasks) + len(p.Queued) }
	all := 0
	for _, b := range before {
		all += names(b)
	}
	if len(p.Tasks) == 0 || all < len(p.Tasks) {
		return false
	}
	left := make(map[graph.TaskID]bool, names(p))
	for _, id := range slices.Concat(p.Tasks, p.Queued) {
		left[id] = true
	}
	for _, b := range before {
		for _, id := range slices.Concat(b.Tasks, b.Queued) {
			delete(left, id)
		}
	}
	return len(left) == 0
}

// firstOfEach are, where room is short, the first of those problems that are
// alike, and by their fingerprints the others.
func (v *view) firstOfEach(list []*graph.Problem) (firsts []*graph.Problem, others map[string][]*graph.Problem) {
	if !v.terse {
		return list, nil
	}
	seen, others := map[string]bool{}, map[string][]*graph.Problem{}
	for _, p := range list {
		if key := p.Fingerprint; key == "" || !seen[key] {
			seen[key] = true
			firsts = append(firsts, p)
		} else {
			others[key] = append(others[key], p)
		}
	}
	return firsts, others
}

// told are those of the problems to be shown.
func (v *view) told(list []*graph.Problem) []*graph.Problem {
	if v.o.Suppressed {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(p *graph.Problem) bool { return p.Suppressed })
}

// fuller names what would show all: in the view problems the limit cuts, in
// others the room does.
func (v *view) fuller() string {
	if v.terse {
		return " (problems)"
	}
	return " (--limit)"
}

// severities counts problems by how bad they are.
func severities(list []*graph.Problem) string {
	counts := map[graph.Severity]int{}
	for _, p := range list {
		counts[p.Severity]++
	}
	var parts []string
	for _, s := range []struct {
		severity graph.Severity
		noun     string
	}{{graph.Error, "error"}, {graph.Warning, "warning"}, {graph.Info, "note"}} {
		if n := counts[s.severity]; n > 0 {
			parts = append(parts, count(n, s.noun))
		}
	}
	return strings.Join(parts, ", ")
}

// sentence is what a problem says, and that there are more that say the like.
func (v *view) sentence(p *graph.Problem, more int) {
	mark, st := v.mark(p), v.severity(p)
	words := v.say(st, mark+" "+p.Code+":").add(normal, " ").add(strong, p.Message)
	if p.Evidence.Confidence == graph.Inferred && v.terse {
		words.add(quiet, " (inferred)")
	}
	if more > 0 {
		words.add(quiet, " (and "+number(more)+" more like it: problems)")
	}
	v.wrap(v.text(), v.indent(2), words)
}

// problem is what is below its sentence: who is in it, how it is known.
func (v *view) problem(p *graph.Problem, rows int) {
	if p.Suppressed {
		v.wrap(v.indent(4), v.indent(6), v.say(quiet, "suppressed: "+p.Reason))
	}
	if !v.terse {
		v.evidence(p.Evidence)
		v.wrap(v.indent(4), v.indent(6), v.say(quiet, "dlv-async help "+p.Code+" "+v.dot+" fingerprint "+p.Fingerprint))
	}
	v.involved(p.Tasks, rows)
	if len(p.Tasks) == 0 {
		v.things(p, rows)
	}
	if n := len(p.Queued); n > 0 {
		v.row(v.indent(4), v.say(normal, count(n, "task")+verb(n, " waits", " wait")+" behind "+verb(max(len(p.Tasks), 1), "it", "them")+":"))
		v.involved(p.Queued, rows)
	}
}

// mark is the sign before a problem.
func (v *view) mark(p *graph.Problem) string {
	switch {
	case p == nil || p.Suppressed:
	case p.Severity == graph.Error:
		return v.errorMark
	case p.Severity == graph.Warning:
		return v.warnMark
	}
	return v.infoMark
}

// severity is the style of a problem.
func (v *view) severity(p *graph.Problem) style {
	switch {
	case p == nil || p.Suppressed:
	case p.Severity == graph.Error:
		return bad
	case p.Severity == graph.Warning:
		return warn
	}
	return normal
}

// evidence says how a finding is known.
func (v *view) evidence(e graph.Evidence) {
	if e.Confidence != 0 && e.How != "" {
		v.wrap(v.indent(4), v.indent(6), v.say(quiet, e.Confidence.String()+": "+e.How))
	}
}

// things names the groups and resources of a problem that names no task: where room
// is short those of which the same is said together, in at most so many lines.
func (v *view) things(p *graph.Problem, rows int) {
	type alike struct{ several, note string }
	var first []string
	kinds := map[alike]int{}
	var order []alike
	add := func(name, several, note string) {
		key := alike{several, note}
		if !v.terse {
			key.several = name
		}
		if kinds[key]++; kinds[key] == 1 {
			order, first = append(order, key), append(first, name)
		}
	}
	for _, id := range p.Groups {
		if g := v.s.Group(id); g != nil {
			add(groupName(g), plural(typeName(g.Kind), 2), notes(left(g)))
		}
	}
	for _, id := range p.Resources {
		if r := v.s.Resource(id); r != nil {
			add(thing(r), resourceNoun(r.Kind), notes(count(len(v.s.Waiters(r)), "waiter")))
		}
	}
	shown := order
	if v.terse && rows > 0 && len(order) > rows {
		shown = order[:rows]
	}
	for i, key := range shown {
		words := first[i]
		if n := kinds[key]; n > 1 {
			words = number(n) + " " + key.several + ", as " + words
		}
		v.wrap(v.indent(4), v.indent(6), v.say(normal, words+key.note))
	}
	if n := len(order) - len(shown); n > 0 {
		v.row(v.indent(4), v.say(quiet, v.ellipsis+" "+number(n)+" more"+v.fuller()))
	}
}

// involved prints the tasks of a problem, at most so many lines of them.
// Tasks at one place that wait for one thing share a line; where that is
// still too much, tasks that wait in the same way do, and the most come first.
func (v *view) involved(tasks []graph.TaskID, rows int) {
	groups, few := v.coalesce(tasks, true, max(rows, mostRows))
	if !few {
		groups, _ = v.coalesce(tasks, false, len(tasks))
	}
	here := 0
	for _, alike := range groups {
		here += len(alike)
	}
	shown := groups
	if rows > 0 && len(groups) > rows {
		slices.SortStableFunc(groups, func(a, b []graph.TaskID) int { return len(b) - len(a) })
		shown = groups[:rows]
	}
	labels, places := v.aligned(len(shown), func(i int) (*graph.Task, []graph.TaskID) {
		return v.s.Task(shown[i][0]), shown[i]
	})
	left := v.indent(4)
	for _, alike := range shown {
		v.taskLine(v.s.Task(alike[0]), alike, v.does(alike), labels, places, left, left)
	}
	n := 0
	for _, alike := range groups[len(shown):] {
		n += len(alike)
	}
	if n > 0 {
		v.row(left, v.say(quiet, v.ellipsis+" "+count(n, "more task")+v.fuller()))
	}
	if n := len(tasks) - here; n > 0 {
		v.row(left, v.say(quiet, count(n, "task")+" "+be(n)+" not among those looked at"))
	}
}
