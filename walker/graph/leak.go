package graph

import "slices"

// codeLeak is a walker's finding that nothing can ever wake some tasks.
const codeLeak = "leak"

// dropToldLeaks drops the findings of leaks that a deadlock explains: all of
// their tasks are in one, or wait behind one. That these can never go on is said
// there, and why.
func dropToldLeaks(s *Snapshot) {
	told := map[TaskID]bool{}
	for _, p := range s.Problems {
		if p != nil && p.Code == codeDeadlock {
			for _, ids := range [][]TaskID{p.Tasks, p.Queued} {
				for _, id := range ids {
					told[id] = true
				}
			}
		}
	}
	if len(told) == 0 {
		return
	}
	s.Problems = slices.DeleteFunc(s.Problems, func(p *Problem) bool {
		return p != nil && p.Code == codeLeak && len(p.Tasks) > 0 &&
			!slices.ContainsFunc(p.Tasks, func(id TaskID) bool { return !told[id] })
	})
}
