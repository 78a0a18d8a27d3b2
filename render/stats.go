package render

import (
	"io"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostTallies is how many lines each of the lists of Stats has when no limit
// is given.
const mostTallies = 10

// Stats counts the tasks in several ways, and shows what the runtimes count
// themselves.
func Stats(w io.Writer, s *graph.Snapshot, o Options) error {
	v := newView(w, s, o)
	v.header()
	v.shortfalls()
	v.runtimeStats()
	stats := s.Stats(o.System)
	for _, list := range []struct {
		title   string
		tallies []graph.Tally
	}{
		{"States", stats.States}, {"Waits", stats.Waits}, {"Where they stand", stats.Places},
		{"Created at", stats.Creators}, {"Groups", stats.Groups},
	} {
		if len(list.tallies) > 0 {
			v.blank()
			v.row(v.say(strong, list.title))
			v.tallies(list.tallies)
		}
	}
	v.hiddenTasks()
	return v.end()
}

// runtimeStats shows what each runtime counts itself.
func (v *view) runtimeStats() {
	for _, r := range v.s.Runtimes {
		if len(r.Stats) == 0 {
			continue
		}
		v.blank()
		facts := make([]string, len(r.Stats))
		for i, a := range r.Stats {
			facts[i] = fact(a)
		}
		v.wrap(v.text(), v.indent(2), v.say(strong, runtimeName(r)).add(normal, ": "+strings.Join(facts, ", ")))
	}
}

// tallies prints counts below each other, aligned, and counts those cut off.
func (v *view) tallies(list []graph.Tally) {
	limit := v.o.Limit
	if limit == 0 {
		limit = mostTallies
	}
	shown := list[:min(limit, len(list))]
	const least = 7
	width := least
	for _, t := range shown {
		width = max(width, len(number(t.Tasks)))
	}
	for _, t := range shown {
		n := number(t.Tasks)
		first := v.text().pad(width-len(n)).add(strong, n).add(normal, "  ")
		v.wrap(first, v.indent(first.width+2), v.tally(t))
	}
	if rest := list[len(shown):]; len(rest) > 0 {
		tasks := 0
		for _, t := range rest {
			tasks += t.Tasks
		}
		n := number(tasks)
		v.row(v.text().pad(width-len(n)).add(quiet, n+"  in "+number(len(rest))+" more (--limit)"))
	}
}

// tally says what the tasks of one count have in common.
func (v *view) tally(t graph.Tally) *text {
	line := v.text()
	switch {
	case t.Groups > 0:
		line.add(normal, typeName(t.Name))
		if t.Groups > 1 {
			line.add(normal, " ("+number(t.Groups)+" of them)")
		}
		if t.Frame != nil {
			line.add(normal, " opened at "+v.function(t.Frame)+" ").add(quiet, location(t.Frame))
		} else {
			line.add(quiet, " (opener not known)")
		}
	case t.Frame != nil:
		line.add(normal, v.function(t.Frame)+"  ").add(quiet, location(t.Frame))
	default:
		line.add(normal, or(t.Name, "not known"))
	}
	if t.Longest > 0 {
		line.add(quiet, "  ("+string(t.First)+suffix(", ", "longest at least "+duration(t.Longest))+")")
	} else {
		line.add(quiet, "  ("+string(t.First)+")")
	}
	return line
}
