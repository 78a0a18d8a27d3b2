package graph

// relations are the edges seen from the other end: who waits for a task, a
// group, a resource, and whom a task started. They are kept as indexes into
// the snapshot's lists, a few bytes each, and made into edges only when asked
// for: a group of n members with m waiters has n times m of those.
type relations struct {
	toTask     adjacency // tasks that wait for task i to end
	toGroup    adjacency // tasks that wait for group i
	toResource adjacency // tasks that wait on resource i
	spawned    adjacency // tasks that task i started
	outside    outside
}

func relate(s *Snapshot, index map[TaskID]int32, out outside) *relations {
	// The edges come ordered by task: two of one task to one thing end up side by side.
	var toTask, toGroup, toResource, spawned []edge
	for i, t := range s.Tasks {
		eachWait(t.Waits, func(w *Wait) {
			switch {
			case w.Task != "":
				if to, ok := index[w.Task]; ok {
					toTask = append(toTask, edge{to, int32(i)})
				}
			case w.Group != 0:
				if to, ok := s.groupIndex(w.Group); ok {
					toGroup = append(toGroup, edge{to, int32(i)})
				}
			case w.Resource != 0:
				if to, ok := s.resourceIndex(w.Resource); ok {
					toResource = append(toResource, edge{to, int32(i)})
				}
			}
		})
		if t.CreatedBy != nil && t.CreatedBy.Task != "" {
			if creator, ok := index[t.CreatedBy.Task]; ok {
				spawned = append(spawned, edge{creator, int32(i)})
			}
		}
	}
	return &relations{
		toTask:     newAdjacency(len(s.Tasks), toTask).withoutRepeats(),
		toGroup:    newAdjacency(len(s.Groups), toGroup).withoutRepeats(),
		toResource: newAdjacency(len(s.Resources), toResource).withoutRepeats(),
		spawned:    newAdjacency(len(s.Tasks), spawned),
		outside:    out,
	}
}
