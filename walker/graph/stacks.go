package graph

import (
	"cmp"
	"slices"
)

// StackSet is tasks whose logical stacks are the same.
type StackSet struct {
	Tasks []TaskID // at least one, in order
	Path  Path     // the first path of the first task
	More  int      // further paths of that task; a lower bound
	Same  int      // so many of the path's first segments go through the same tasks for all
}

// maxStackSegments is how far outwards two logical stacks are compared, and
// how much of them is kept. Stacks that are longer are not taken to be alike.
const maxStackSegments = 32

// Stacks coalesces the tasks by their logical stack and wait, most frequent first.
func (s *Snapshot) Stacks(o ForestOptions) []StackSet {
	k := newKinds(s.all())
	byStack := map[int32]int{}
	var sets []StackSet
	for _, t := range s.Tasks {
		if t.System && !o.System {
			continue
		}
		paths, total := s.backtrace(t.ID, 1, maxStackSegments)
		if len(paths) == 0 {
			continue
		}
		b := k.appendTask(k.buf[:0], t)
		for _, segment := range paths[0][1:] {
			b = append(b, byte(segment.How))
			if segment.Closes {
				b = append(b, 'c')
			}
			b = k.appendFrames(b, segment.Frames)
			if segment.Cut {
				b = appendText(b, string(t.ID))
			}
		}
		k.buf = b
		n := k.number(b)
		i, ok := byStack[n]
		if !ok {
			i = len(sets)
			byStack[n] = i
			sets = append(sets, StackSet{Path: paths[0], More: total - 1, Same: len(paths[0])})
		}
		sets[i].Same = min(sets[i].Same, 1+sameTasks(sets[i].Path[1:], paths[0][1:]))
		sets[i].Tasks = append(sets[i].Tasks, t.ID)
	}
	slices.SortStableFunc(sets, func(a, b StackSet) int { return cmp.Compare(len(b.Tasks), len(a.Tasks)) })
	return sets
}

// sameTasks is how many segments two paths begin with that are of the same tasks.
func sameTasks(a, b Path) int {
	n := 0
	for n < min(len(a), len(b)) && a[n].Task == b[n].Task {
		n++
	}
	return n
}
