package graph

import (
	"cmp"
	"math"
	"slices"
)

// AwaitedBy returns who cannot go on before t ends or acts: those that wait
// for it, those that wait for a group it is in, those that wait on a resource
// it holds; then those that merely hold a handle to it. Each awaiter stands
// there once for each way.
func (s *Snapshot) AwaitedBy(t *Task) []Awaiter {
	list, _ := s.awaitedBy(t, math.MaxInt)
	return list
}

// awaitedBy returns at most limit awaiters of t, and how many there are.
func (s *Snapshot) awaitedBy(t *Task, limit int) (list []Awaiter, total int) {
	s = s.all()
	for _, way := range s.waysTo(t) {
		total += len(way.waiters)
		for _, j := range way.waiters[:min(len(way.waiters), limit-len(list))] {
			a, _ := s.awaiter(j, t, way)
			list = append(list, a)
		}
	}
	more := s.relations.outside.awaiters[t.ID]
	if len(more) == 0 {
		return list, total
	}
	list = append(list, more...)
	slices.SortStableFunc(list, func(a, b Awaiter) int {
		return cmp.Or(
			cmp.Compare(a.Relation, b.Relation),
			cmp.Compare(wayOf(t, a), wayOf(t, b)),
			compareTaskIDs(a.Task, b.Task),
		)
	})
	return list[:min(len(list), limit)], total + len(more)
}

// wayTo is one way in which others wait for a task: directly, through a group
// it is in, or through a resource it holds.
type wayTo struct {
	group    GroupID
	resource ResourceID
	evidence Evidence // of the membership or the holding
	waiters  []int32  // in order
}

// waysTo returns the ways in which others wait for t: directly, through its
// groups, through what it holds, in that order.
func (s *Snapshot) waysTo(t *Task) []wayTo {
	i, ok := s.taskIndex(t.ID)
	if !ok {
		return nil
	}
	var ways []wayTo
	if direct := s.relations.toTask.of(i); len(direct) > 0 {
		ways = append(ways, wayTo{evidence: Evidence{Confidence: Proven}, waiters: direct})
	}
	for _, id := range t.Groups {
		if g, ok := s.groupIndex(id); ok && len(s.relations.toGroup.of(g)) > 0 {
			ways = append(ways, wayTo{group: id, evidence: s.Groups[g].Evidence, waiters: s.relations.toGroup.of(g)})
		}
	}
	for _, h := range t.Holds {
		if r, ok := s.resourceIndex(h.Resource); ok && len(s.relations.toResource.of(r)) > 0 {
			ways = append(ways, wayTo{resource: h.Resource, evidence: h.Evidence, waiters: s.relations.toResource.of(r)})
		}
	}
	return ways
}

// awaiter returns task j as one that waits for t in that way, and its wait.
func (s *Snapshot) awaiter(j int32, t *Task, way wayTo) (Awaiter, *Wait) {
	w := findWait(s.Tasks[j].Waits, func(w *Wait) bool {
		switch {
		case way.group != 0:
			return w.Group == way.group
		case way.resource != 0:
			return w.Resource == way.resource
		}
		return w.Task == t.ID
	})
	return Awaiter{
		Task: s.Tasks[j].ID, Group: way.group, Resource: way.resource,
		Relation: RelationAwait, Evidence: weaker(w.Evidence, way.evidence),
	}, w
}

// wayOf orders the ways to t: directly, through its groups, through what it holds.
func wayOf(t *Task, a Awaiter) int {
	switch {
	case a.Group != 0:
		return 1 + slices.Index(t.Groups, a.Group)
	case a.Resource != 0:
		return 1 + len(t.Groups) + slices.IndexFunc(t.Holds, func(h Hold) bool { return h.Resource == a.Resource })
	}
	return 0
}

// Spawned returns the tasks that t started and that still are, in order.
func (s *Snapshot) Spawned(t *Task) []TaskID {
	s = s.all()
	i, ok := s.taskIndex(t.ID)
	if !ok {
		return nil
	}
	ids := s.idsOf(s.relations.spawned.of(i))
	if more := s.relations.outside.spawned[t.ID]; len(more) > 0 {
		ids = uniqueTaskIDs(append(ids, more...))
	}
	return ids
}

// Reached are tasks that can get at a resource: see [Builder.Reached].
func (s *Snapshot) Reached(r *Resource) []Holder { return s.all().relations.outside.reached[r] }

func (r *Resource) outOfReach() bool {
	return len(r.Holders) == 0 && slices.Contains(r.Detail, Attr{DetailOutOfReach, true})
}

// owedBy are the tasks that have to act before who waits on a resource goes on:
// its holders, and where that closes a circle, of what is out of reach of all who
// can run those who get at it.
func (s *Snapshot) owedBy(r *Resource) []Holder {
	if whole := s.all(); whole.relations != nil && whole.relations.owed[r.ID] {
		return s.Reached(r)
	}
	return r.Holders
}

// Waiters returns the tasks that wait on r, also in one branch of many, in order.
func (s *Snapshot) Waiters(r *Resource) []Waiter {
	s = s.all()
	i, ok := s.resourceIndex(r.ID)
	if !ok {
		return nil
	}
	var list []Waiter
	for _, j := range s.relations.toResource.of(i) {
		for _, kind := range s.kindsOn(j, r.ID) {
			list = append(list, Waiter{s.Tasks[j].ID, kind})
		}
	}
	if more := s.relations.outside.waiters[r.ID]; len(more) > 0 {
		list = append(list, more...)
		slices.SortStableFunc(list, func(a, b Waiter) int { return compareTaskIDs(a.Task, b.Task) })
	}
	return list
}

// kindsOn returns the ways in which task j waits on r, each once.
func (s *Snapshot) kindsOn(j int32, r ResourceID) []WaitKind {
	if kinds, ok := s.relations.wide[wideWait{j, r}]; ok {
		return kinds
	}
	var kinds []WaitKind
	eachWait(s.Tasks[j].Waits, func(w *Wait) {
		if w.Resource == r && !slices.Contains(kinds, w.Kind) {
			kinds = append(kinds, w.Kind)
		}
	})
	return kinds
}

// GroupWaiters returns the tasks that wait for g, in order.
func (s *Snapshot) GroupWaiters(g *Group) []TaskID {
	s = s.all()
	i, ok := s.groupIndex(g.ID)
	if !ok {
		return nil
	}
	return s.idsOf(s.relations.toGroup.of(i))
}

// idsOf returns the ids of the tasks at the indexes.
func (s *Snapshot) idsOf(indexes []int32) []TaskID {
	return toEach(indexes, func(i int32) TaskID { return s.Tasks[i].ID })
}
