package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// census counts tasks by what they do.
type census map[string]int

// activity is what a task does, in the fewest words.
func activity(t *graph.Task) string {
	if len(t.Waits) == 0 {
		return stateWord(t.State)
	}
	if w := &t.Waits[0]; w.Kind == graph.WaitRuntime {
		return or(w.Text, string(w.Kind))
	}
	return string(t.Waits[0].Kind)
}

// mostActivities is how many activities a census names.
const mostActivities = 4

// census names what most tasks do, and counts the others: "1,003 chan send,
// 200 network, 4 mutex, 7 other".
func (v *view) census(c census) string {
	names := slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), strings.Compare(a, b))
	})
	var parts []string
	others := 0
	for i, name := range names {
		if i < mostActivities || len(names) == mostActivities+1 {
			parts = append(parts, number(c[name])+" "+name)
		} else {
			others += c[name]
		}
	}
	if others > 0 {
		parts = append(parts, number(others)+" other")
	}
	return strings.Join(parts, ", ")
}

// all counts the tasks that the lists of this view are of.
func (v *view) all() census {
	c := census{}
	for _, t := range v.s.Tasks {
		if v.o.System || !t.System {
			c[activity(t)]++
		}
	}
	return c
}
