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

// byNumber finds the item with that id among items ordered by id.
func byNumber[T any, ID ~int32](items []*T, id ID, idOf func(*T) ID) *T {
	if i, ok := numberIndex(items, id, idOf); ok {
		return items[i]
	}
	return nil
}

// numberIndex finds where the item with that id stands: mostly, items[i] has
// id i+1.
func numberIndex[T any, ID ~int32](items []*T, id ID, idOf func(*T) ID) (int32, bool) {
	if i := int(id) - 1; i >= 0 && i < len(items) && idOf(items[i]) == id {
		return int32(i), true
	}
	i, ok := slices.BinarySearchFunc(items, id, func(item *T, id ID) int { return cmp.Compare(idOf(item), id) })
	return int32(i), ok
}
