package graph

import (
	"cmp"
	"slices"
)

// Task returns the task with that id, or nil.
func (s *Snapshot) Task(id TaskID) *Task {
	if i, ok := s.taskIndex(id); ok {
		return s.Tasks[i]
	}
	return nil
}

// EachTask visits the tasks with those ids, of those that the snapshot has. It is
// quick where the ids come in the order of the tasks, as in most lists they do.
func (s *Snapshot) EachTask(ids []TaskID, visit func(*Task)) {
	f := finger{tasks: s.Tasks}
	for _, id := range ids {
		if i, ok := f.find(id); ok {
			visit(s.Tasks[i])
		}
	}
}

// Group returns the group with that id, or nil.
func (s *Snapshot) Group(id GroupID) *Group {
	if i, ok := s.groupIndex(id); ok {
		return s.Groups[i]
	}
	return nil
}

// Resource returns the resource with that id, or nil.
func (s *Snapshot) Resource(id ResourceID) *Resource {
	if i, ok := s.resourceIndex(id); ok {
		return s.Resources[i]
	}
	return nil
}

// taskIndex searches the ordered tasks: a map from id would cost each task
// forty bytes.
func (s *Snapshot) taskIndex(id TaskID) (int32, bool) {
	i, ok := slices.BinarySearchFunc(s.Tasks, id, func(t *Task, id TaskID) int { return compareTaskIDs(t.ID, id) })
	return int32(i), ok
}

// finger finds tasks by id, and looks first behind the one that it found last.
type finger struct {
	tasks []*Task
	at    int
}

func (f *finger) find(id TaskID) (int32, bool) {
	from, to := 0, len(f.tasks)
	for i := f.at; i < min(f.at+2, to); i++ { // nearly always it is one of these
		if f.tasks[i].ID == id {
			f.at = i + 1
			return int32(i), true
		}
	}
	if f.at < to && compareTaskIDs(f.tasks[f.at].ID, id) < 0 {
		step := 1
		for from = f.at + 1; from+step < to && compareTaskIDs(f.tasks[from+step].ID, id) < 0; step *= 2 {
			from += step
		}
		to = min(from+step+1, to)
	} else {
		to = min(f.at, to)
	}
	i, ok := slices.BinarySearchFunc(f.tasks[from:to], id, func(t *Task, id TaskID) int { return compareTaskIDs(t.ID, id) })
	f.at = from + i
	if ok {
		f.at++
	}
	return int32(from + i), ok
}

func (s *Snapshot) groupIndex(id GroupID) (int32, bool) {
	return numberIndex(s.Groups, id, func(g *Group) GroupID { return g.ID })
}

func (s *Snapshot) resourceIndex(id ResourceID) (int32, bool) {
	return numberIndex(s.Resources, id, func(r *Resource) ResourceID { return r.ID })
}

// all returns the snapshot that s was picked from, or s.
func (s *Snapshot) all() *Snapshot {
	if s.whole != nil {
		return s.whole
	}
	return s
}

// Whole returns the snapshot that s was picked from with [Snapshot.Select], or
// s: what the tasks of s refer to stands there.
func (s *Snapshot) Whole() *Snapshot { return s.all() }

// numberIndex finds where the item with that id stands: mostly, items[i] has
// id i+1.
func numberIndex[T any, ID ~int32](items []*T, id ID, idOf func(*T) ID) (int32, bool) {
	if i := int(id) - 1; i >= 0 && i < len(items) && idOf(items[i]) == id {
		return int32(i), true
	}
	i, ok := slices.BinarySearchFunc(items, id, func(item *T, id ID) int { return cmp.Compare(idOf(item), id) })
	return int32(i), ok
}
