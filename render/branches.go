package render

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostShared is how many branches selects may have that are compared.
const mostShared = 8

// manyBranches says what the selects of some tasks are of, by the first of the waits that
// of gives of each: what is the same thing for all of them by its name, of the rest
// the kinds and how many; empty where these differ.
func (v *view) manyBranches(first *graph.Task, w *graph.Wait, tasks []graph.TaskID, of func(*graph.Task) []graph.Wait) string {
	n := len(w.Branches)
	if n == 0 || n > mostShared {
		return ""
	}
	var shared [mostShared]bool
	for i := range w.Branches {
		b := &w.Branches[i]
		shared[i] = b.Resource != 0 || b.Group != 0 || b.Task != ""
	}
	alike := true
	v.s.EachTask(tasks, func(t *graph.Task) {
		if !alike {
			return
		}
		waits := of(t)
		if alike = len(waits) > 0 && len(waits[0].Branches) == n; !alike {
			return
		}
		others := waits[0].Branches
		var taken [mostShared]bool
		for i := range w.Branches {
			same := func(o graph.Wait) bool { return sameWait(&w.Branches[i], &o) }
			shared[i] = shared[i] && slices.ContainsFunc(others, same)
			j := 0
			for j < n && (taken[j] || others[j].Kind != w.Branches[i].Kind) {
				j++
			}
			if alike = j < n; !alike {
				return
			}
			taken[j] = true
		}
	})
	if !alike {
		return ""
	}
	var parts []string
	rest := map[graph.WaitKind]int{}
	for i := range w.Branches {
		if shared[i] {
			parts = append(parts, v.wait(first, &w.Branches[i]).bare())
		} else {
			rest[w.Branches[i].Kind]++
		}
	}
	for i := range w.Branches {
		kind := w.Branches[i].Kind
		switch n := rest[kind]; {
		case n == 1:
			parts = append(parts, string(kind))
		case n > 1:
			parts = append(parts, number(n)+" "+string(kind))
		}
		delete(rest, kind)
	}
	return strings.Join(parts, ", ")
}
