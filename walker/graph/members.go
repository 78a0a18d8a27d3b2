package graph

import "slices"

// members makes Task.Groups and Group.Members say the same: either may be
// given. The groups stand in an order that does not depend on the building.
func (r *resolver) members() {
	type membership struct {
		task  TaskID
		group GroupID
	}
	seen := map[membership]bool{}
	joined := map[GroupID][]TaskID{}
	for _, t := range r.s.Tasks {
		t.Groups = keep(t.Groups, func(id GroupID) bool {
			m := membership{t.ID, id}
			if seen[m] {
				return false
			}
			seen[m] = true
			joined[id] = append(joined[id], t.ID)
			return true
		})
	}
	for _, g := range r.s.Groups {
		for _, id := range g.Members {
			t := r.findTask(id)
			if t == nil || seen[membership{id, g.ID}] {
				continue
			}
			t.Groups = append(t.Groups, g.ID)
		}
		g.Members = uniqueTaskIDs(append(slices.Clone(g.Members), joined[g.ID]...))
		g.Evidence = known(g.Evidence, len(g.Members) > 0)
	}
}

// holders makes Task.Holds and Resource.Holders say the same: either may be
// given. Of two words on one edge the task's counts.
func (r *resolver) holders() {
	type holding struct {
		task     TaskID
		resource ResourceID
	}
	seen := map[holding]bool{}
	held := map[ResourceID][]Holder{}
	for _, t := range r.s.Tasks {
		t.Holds = keep(t.Holds, func(h Hold) bool {
			key := holding{t.ID, h.Resource}
			if seen[key] {
				return false
			}
			seen[key] = true
			return true
		})
		for i := range t.Holds {
			t.Holds[i].Evidence = known(t.Holds[i].Evidence, true)
			id := t.Holds[i].Resource
			held[id] = append(held[id], Holder{t.ID, t.Holds[i].Evidence})
		}
	}
	for _, res := range r.s.Resources {
		if len(res.Holders) == 0 && len(held) == 0 {
			continue
		}
		for _, h := range res.Holders {
			key := holding{h.Task, res.ID}
			if seen[key] {
				continue
			}
			seen[key] = true
			h.Evidence = known(h.Evidence, true)
			held[res.ID] = append(held[res.ID], h)
			if t := r.findTask(h.Task); t != nil {
				t.Holds = append(t.Holds, Hold{res.ID, h.Evidence})
			}
		}
		res.Holders = held[res.ID]
		slices.SortFunc(res.Holders, func(a, b Holder) int { return compareTaskIDs(a.Task, b.Task) })
	}
}
