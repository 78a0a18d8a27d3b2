package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unsafe"
)

// maxBranchDepth is how deep the branches of a wait may nest. A gather of
// gathers is two deep; more than this is not what a program does.
const maxBranchDepth = 16

// resolver makes every reference of a snapshot one that holds.
type resolver struct {
	s         *Snapshot
	index     *taskIndex // of s.Tasks
	resources idIndex[Resource, ResourceID]
	groups    idIndex[Group, GroupID]
	unknown   map[string]*Resource // what stands for references that dangle
	lastID    ResourceID           // the last id given to one of those
}

// resolve settles the references of s, whose tasks stand in order. Of a
// filtered snapshot, references to what it does not hold stay.
func resolve(s *Snapshot, index *taskIndex) {
	r := &resolver{s: s, index: index, unknown: map[string]*Resource{}}
	r.resources = byID(s.Resources, func(r *Resource) *ResourceID { return &r.ID })
	r.groups = byID(s.Groups, func(g *Group) *GroupID { return &g.ID })
	if !s.Filtered { // so that what follows does not depend on the order of building
		slices.SortStableFunc(s.Resources, compareResources)
		slices.SortStableFunc(s.Groups, compareGroups)
	} else {
		s.Resources, s.Groups = r.resources.items, r.groups.items
	}
	for _, g := range s.Groups {
		r.group(g)
	}
	if s.Filtered || !apart(s.Tasks) {
		r.copyWaits()
	}
	for _, t := range s.Tasks {
		r.task(t)
	}
	for _, res := range s.Resources {
		r.resource(res)
	}
	r.members()
	r.holders()
	r.problems()
}

func compareResources(a, b *Resource) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), cmp.Compare(a.Address, b.Address), strings.Compare(a.Type, b.Type))
}

func compareGroups(a, b *Group) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), cmp.Compare(a.Address, b.Address), compareTaskIDs(a.Owner, b.Owner))
}

func (r *resolver) findTask(id TaskID) *Task {
	if i, ok := r.index.find(id); ok {
		return r.s.Tasks[i]
	}
	return nil
}

// lost reports whether a reference dangles: in a filtered snapshot none does.
func (r *resolver) lost(found bool) bool { return !found && !r.s.Filtered }

// warn makes the problem of a reference that dangles.
func warn(format string, args ...any) *Problem {
	return &Problem{Code: codeUnreadable, Severity: Warning, Message: fmt.Sprintf(format, args...)}
}

// apart tells of tasks that no two of them share their waits: where these lie one
// behind the other in memory, as those of a walker that makes them all at once.
func apart(tasks []*Task) bool {
	end := uintptr(0)
	for _, t := range tasks {
		start := uintptr(unsafe.Pointer(unsafe.SliceData(t.Waits)))
		if len(t.Waits) == 0 {
			continue
		}
		if start < end {
			return false
		}
		end = start + uintptr(len(t.Waits))*unsafe.Sizeof(Wait{})
	}
	return true
}

// copyWaits gives the snapshot waits of its own, in one piece: resolving
// changes them, and a walker may have given one slice to several tasks, or they
// are those of the snapshot that this one was picked from.
func (r *resolver) copyWaits() {
	n := 0
	for _, t := range r.s.Tasks {
		n += len(t.Waits)
	}
	waits := make([]Wait, 0, n)
	for _, t := range r.s.Tasks {
		if len(t.Waits) == 0 {
			t.Waits = nil
			continue
		}
		from := len(waits)
		waits = append(waits, t.Waits...)
		t.Waits = waits[from:len(waits):len(waits)]
	}
}

func (r *resolver) task(t *Task) {
	if t.Runtime == "" {
		t.Runtime, _ = splitTaskID(t.ID)
	}
	t.Detail = details(t.Detail)
	for i := range t.Waits {
		r.wait(t, &t.Waits[i], 0)
	}
	t.Groups = keep(t.Groups, func(id GroupID) bool {
		if r.lost(r.groups.has(id)) {
			t.Problems = append(t.Problems, warn("belongs to a group that was not read"))
			return false
		}
		return true
	})
	t.Holds = keep(t.Holds, func(h Hold) bool {
		if r.lost(r.resources.has(h.Resource)) {
			t.Problems = append(t.Problems, warn("holds something that was not read"))
			return false
		}
		return true
	})
}

// keep returns a copy of those items that ok accepts.
func keep[T any](items []T, ok func(T) bool) []T {
	var kept []T
	for _, item := range items {
		if ok(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

func (r *resolver) wait(t *Task, w *Wait, depth int) {
	if n := int32(len(t.Frames)); w.Frame < 0 || w.Frame >= max(n, 1) {
		t.Problems = append(t.Problems, warn("waits in frame %d of %d", w.Frame, n))
		w.Frame = 0
	}
	r.target(t, w)
	w.Evidence = known(w.Evidence, w.Task != "" || w.Group != 0 || w.Resource != 0)
	if len(w.Branches) == 0 {
		w.Branches = nil
		return
	}
	if depth == maxBranchDepth {
		t.Problems = append(t.Problems, warn("the branches of its wait nest deeper than %d; the deeper ones are not shown", maxBranchDepth))
		w.Branches = nil
		return
	}
	w.Branches = slices.Clone(w.Branches)
	for i := range w.Branches {
		r.wait(t, &w.Branches[i], depth+1)
	}
}

// target leaves the wait at most one target, and one that exists.
func (r *resolver) target(t *Task, w *Wait) {
	var lost string
	switch {
	case w.Task != "":
		w.Group, w.Resource = 0, 0
		if r.lost(r.findTask(w.Task) != nil) {
			lost, w.Task = string(w.Task), ""
		}
	case w.Group != 0:
		w.Resource = 0
		if r.lost(r.groups.has(w.Group)) {
			lost, w.Group = w.Group.String(), 0
		}
	case w.Resource != 0:
		if r.lost(r.resources.has(w.Resource)) {
			lost = w.Resource.String()
		}
	}
	if lost != "" {
		t.Problems = append(t.Problems, warn("waits for something that was not read"))
		w.Resource = r.unknownResource(lost).ID
	}
}

// kindUnknown is the kind of a resource that stands for something that is not there.
const kindUnknown = "unknown"

// unknownResource stands for whatever a reference that dangles was to.
func (r *resolver) unknownResource(missing string) *Resource {
	if res := r.unknown[missing]; res != nil {
		return res
	}
	for r.lastID++; r.resources.has(r.lastID); r.lastID++ {
	}
	res := &Resource{ID: r.lastID, Kind: kindUnknown}
	if strings.Contains(missing, ":") { // a task's id tells people something, a number that Seal will change does not
		res.Detail = []Attr{{"missing", missing}}
	}
	r.unknown[missing] = res
	r.s.Resources = append(r.s.Resources, res)
	return res
}

func (r *resolver) group(g *Group) {
	g.Detail = details(g.Detail)
	if r.lost(g.Owner == "" || r.findTask(g.Owner) != nil) {
		g.Problems = append(g.Problems, warn("its owner %s was not read", g.Owner))
		g.Owner, g.OwnedBy = "", Evidence{}
	}
	if o := g.OpenedAt; o != nil {
		opening := *o
		g.OpenedAt = &opening
		opener := r.findTask(o.Task)
		switch {
		case opener != nil && o.Frame >= 0 && int(o.Frame) < len(opener.Frames):
			g.OpenedAt.At = opener.Frames[o.Frame]
		case r.lost(false) || opener != nil || o.Frame < 0 || o.Task == "":
			g.Problems = append(g.Problems, warn("frame %d of %s, which opened it, was not read", o.Frame, o.Task))
			g.OpenedAt = nil
		}
	}
	if g.OpenedAt != nil {
		g.OpenedAt.Evidence = known(g.OpenedAt.Evidence, true)
		if g.Owner == "" {
			g.Owner = g.OpenedAt.Task
		}
	}
	g.Outstanding = max(g.Outstanding, -1)
	g.Members = uniqueTaskIDs(keep(g.Members, func(id TaskID) bool {
		if r.lost(r.findTask(id) != nil) {
			p := warn("its member %s is not among the tasks; it may have ended", id)
			p.Severity = Info
			g.Problems = append(g.Problems, p)
			return false
		}
		return true
	}))
}

func (r *resolver) resource(res *Resource) {
	res.Holders = keep(res.Holders, func(h Holder) bool {
		if h.Task == "" {
			return false
		}
		if r.lost(r.findTask(h.Task) != nil) {
			p := warn("%s holds a %s, but is not among the tasks", h.Task, res.Kind)
			p.Resources = []ResourceID{res.ID}
			r.s.Problems = append(r.s.Problems, p)
			return false
		}
		return true
	})
	res.Detail = details(res.Detail)
}

// known makes an edge that nobody vouches for an inferred one.
func known(e Evidence, edge bool) Evidence {
	if edge && e.Confidence != Proven {
		e.Confidence = Inferred
	}
	return e
}

// problems drops from given problems the groups and resources that are not there.
func (r *resolver) problems() {
	eachProblem(r.s, func(p *Problem) {
		if p.Severity < Info || p.Severity > Error {
			p.Severity = Warning
		}
		p.Code = cmp.Or(p.Code, codeUnreadable)
		p.Groups = keep(p.Groups, func(id GroupID) bool { return r.groups.has(id) || r.s.Filtered })
		p.Resources = keep(p.Resources, func(id ResourceID) bool { return r.resources.has(id) || r.s.Filtered })
		p.Tasks, p.Queued = uniqueTaskIDs(p.Tasks), uniqueTaskIDs(p.Queued)
	})
}
