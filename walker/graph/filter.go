package graph

import (
	"regexp"
	"slices"
)

// Filter picks tasks. The zero Filter picks all; every set field must agree.
type Filter struct {
	Tasks   map[TaskID]bool   // these alone
	States  []State           // in one of these states
	Runtime string            // of this runtime: an id or a name
	Func    *regexp.Regexp    // with a frame whose function matches
	Wait    []WaitKind        // waiting so, or in a branch of the wait
	Groups  []GroupID         // in one of these groups
	Labels  map[string]string // with these labels
	Origin  Origin            // with a frame of this origin that is not hidden
}

// Select returns a snapshot of the tasks that match, with the groups and
// resources these refer to and the problems that name one of them, or none at
// all. References to other tasks stay as ids.
func (s *Snapshot) Select(f Filter) *Snapshot {
	runtimes := map[string]bool{}
	for _, r := range s.Runtimes {
		runtimes[r.ID] = f.Runtime == "" || f.Runtime == r.ID || f.Runtime == r.Name
	}
	picked := *s
	picked.whole, picked.Filtered = s.all(), true
	picked.Tasks, picked.Groups, picked.Resources, picked.Problems = nil, nil, nil, nil
	groups, resources := map[GroupID]bool{}, map[ResourceID]bool{}
	for _, t := range s.Tasks {
		if known, ok := runtimes[t.Runtime]; !f.match(t) || (ok && !known) || (!ok && f.Runtime != "" && f.Runtime != t.Runtime) {
			continue
		}
		picked.Tasks = append(picked.Tasks, t)
		for _, g := range t.Groups {
			groups[g] = true
		}
		for _, h := range t.Holds {
			resources[h.Resource] = true
		}
		eachWait(t.Waits, func(w *Wait) { groups[w.Group], resources[w.Resource] = true, true })
	}
	for _, g := range s.Groups {
		if groups[g.ID] {
			picked.Groups = append(picked.Groups, g)
		}
	}
	for _, r := range s.Resources {
		if resources[r.ID] {
			picked.Resources = append(picked.Resources, r)
		}
	}
	for _, p := range s.Problems {
		here := func(id TaskID) bool { return picked.Task(id) != nil }
		if len(p.Tasks)+len(p.Groups)+len(p.Resources) == 0 || slices.ContainsFunc(p.Tasks, here) ||
			slices.ContainsFunc(p.Queued, here) ||
			(len(p.Tasks) == 0 && (slices.ContainsFunc(p.Groups, func(g GroupID) bool { return groups[g] }) ||
				slices.ContainsFunc(p.Resources, func(r ResourceID) bool { return resources[r] }))) {
			picked.Problems = append(picked.Problems, p)
		}
	}
	return &picked
}

func (f *Filter) match(t *Task) bool {
	if f.Tasks != nil && !f.Tasks[t.ID] {
		return false
	}
	if len(f.States) > 0 && !slices.Contains(f.States, t.State) {
		return false
	}
	if f.Func != nil && !slices.ContainsFunc(t.Frames, func(fr *Frame) bool { return f.Func.MatchString(fr.Func) }) {
		return false
	}
	if len(f.Wait) > 0 && findWait(t.Waits, func(w *Wait) bool { return slices.Contains(f.Wait, w.Kind) }) == nil {
		return false
	}
	if len(f.Groups) > 0 && !slices.ContainsFunc(t.Groups, func(g GroupID) bool { return slices.Contains(f.Groups, g) }) {
		return false
	}
	for k, v := range f.Labels {
		if have, ok := t.Labels[k]; !ok || have != v {
			return false
		}
	}
	return f.Origin == OriginUnknown || slices.ContainsFunc(t.Frames, func(fr *Frame) bool { return !fr.Hidden && fr.Origin == f.Origin })
}
