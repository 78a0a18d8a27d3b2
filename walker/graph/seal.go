package graph

// Seal ends the building: it resolves references (one that dangles becomes an
// unknown resource or is dropped, and a problem, never a lost task), derives
// awaiters, waiters and spawned tasks, finds deadlocks and the like, and fixes an order and
// numbers that do not depend on the order of building. The Builder must not be
// used after.
func (b *Builder) Seal() *Snapshot {
	s := &Snapshot{}
	*s = b.snapshot // a copy: a pointer into the Builder would keep its maps
	index := &taskIndex{}
	*index = b.tasks // likewise
	index.sort()
	s.Tasks = index.finger.tasks
	resolve(s, index)
	if !s.Filtered {
		number(s)
	}
	s.relations = relate(s, index, b.outside)
	findDeadlocks(s, index)
	dropToldLeaks(s)
	findSaturated(s)
	findLockWaits(s)
	findMissingDone(s)
	gatherProblems(s)
	findPileups(s)
	sortProblems(s.Problems)
	share(s)
	settleRuntimes(s)
	return s
}

// settleRuntimes makes each runtime's count at least what stands here, and its
// own counts values that [Attr] may have.
func settleRuntimes(s *Snapshot) {
	for _, r := range s.Runtimes {
		r.Stats = details(r.Stats)
		n := 0
		for _, t := range s.Tasks {
			if t.Runtime == r.ID {
				n++
			}
		}
		r.Tasks = max(r.Tasks, n)
	}
}
