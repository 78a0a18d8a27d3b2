package graph

import "slices"

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
	owed       map[ResourceID]bool // what is out of reach and part of a deadlock: its [Snapshot.Reached] have to act

	// wide are the kinds of the waits of tasks that wait in many places at
	// once: to look through them all for each place takes quadratic time.
	wide map[wideWait][]WaitKind
}

// wideWait is one of the many waits of task i.
type wideWait struct {
	task     int32
	resource ResourceID
}

// wideFrom is how many waits are many.
const wideFrom = 32

// widen notes the waits of a task if they are many.
func (r *relations) widen(i int32, waits []Wait) {
	n := 0
	eachWait(waits, func(*Wait) { n++ })
	if n < wideFrom {
		return
	}
	eachWait(waits, func(w *Wait) {
		k := wideWait{i, w.Resource}
		if w.Resource != 0 && !slices.Contains(r.wide[k], w.Kind) {
			r.wide[k] = append(r.wide[k], w.Kind)
		}
	})
}

func relate(s *Snapshot, index *taskIndex, out outside) *relations {
	// The edges come ordered by task: two of one task to one thing end up side by side.
	var toTask, toGroup []edge
	toResource, spawned := make([]edge, 0, len(s.Tasks)), make([]edge, 0, len(s.Tasks))
	r := &relations{outside: out, wide: map[wideWait][]WaitKind{}}
	var last *Creation // those started by one task mostly follow each other
	var creator int32
	for i, t := range s.Tasks {
		r.widen(int32(i), t.Waits)
		eachWait(t.Waits, func(w *Wait) {
			switch {
			case w.Task != "":
				if to, ok := index.find(w.Task); ok {
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
		if t.CreatedBy != last {
			last, creator = t.CreatedBy, -1
			if last != nil && last.Task != "" {
				if at, ok := index.find(last.Task); ok {
					creator = at
				}
			}
		}
		if last != nil && creator >= 0 {
			spawned = append(spawned, edge{creator, int32(i)})
		}
	}
	r.toTask = newAdjacency(len(s.Tasks), toTask).withoutRepeats()
	r.toGroup = newAdjacency(len(s.Groups), toGroup).withoutRepeats()
	r.toResource = newAdjacency(len(s.Resources), toResource).withoutRepeats()
	r.spawned = newAdjacency(len(s.Tasks), spawned)
	return r
}
