package graph

import "fmt"

const codeMissingDone = "missing-done"

// findMissingDone adds a problem for each group that counts more members than
// were found, where that is no guess: nobody who waits for it can ever be woken, as
// another finding says. So nobody who can still run is going to call Done.
func findMissingDone(s *Snapshot) {
	if s.Filtered {
		return
	}
	stuck := map[TaskID]*Problem{}
	for _, p := range s.Problems {
		if p != nil && (p.Code == "leak" || p.Code == codeAsleep) {
			for _, id := range p.Tasks {
				stuck[id] = p
			}
		}
	}
	if len(stuck) == 0 {
		return
	}
	var found []*Problem
	for i, g := range s.Groups {
		left := g.Outstanding - len(g.Members)
		if g.Kind != "sync.WaitGroup" && g.Kind != "errgroup.Group" || left <= 0 {
			continue
		}
		var waiting []TaskID
		for _, j := range s.relations.toGroup.of(int32(i)) {
			waiting = append(waiting, s.Tasks[j].ID)
		}
		waiting = uniqueTaskIDs(waiting)
		because := allStuck(waiting, stuck)
		if because == nil {
			continue
		}
		p := &Problem{
			Code: codeMissingDone, Severity: Warning, Tasks: waiting, Groups: []GroupID{g.ID},
			Evidence: weaker(Evidence{Inferred, "its counter, its members, and the finding " + because.Code}, because.Evidence),
			Message: fmt.Sprintf("%s counts %d that have yet to call Done, and nobody who can still run is one of the %d that were not found: they ended without it, or one Add is too many",
				title(g.Kind, g.Address), g.Outstanding, left),
		}
		p.About = g.Kind + standing(s, p.Tasks)
		g.Problems = keep(g.Problems, func(old *Problem) bool { return old == nil || old.Code != "members-unknown" })
		found = append(found, p)
	}
	addAlike(s, found)
}

// allStuck is the finding that none of the tasks can ever go on; nil: there is none.
func allStuck(ids []TaskID, stuck map[TaskID]*Problem) (because *Problem) {
	for _, id := range ids {
		if because = stuck[id]; because == nil {
			return nil
		}
	}
	return because
}
