package graph

import (
	"cmp"
	"slices"
)

// number gives resources and groups their ids: in the order in which the
// tasks mention them, then, for those that no task mentions, in the order in
// which they stand. So a number does not depend on the order of building, nor,
// mostly, on where the target's memory was.
func number(s *Snapshot) {
	resources := newNumbering(s.Resources, func(r *Resource) *ResourceID { return &r.ID })
	groups := newNumbering(s.Groups, func(g *Group) *GroupID { return &g.ID })
	for _, t := range s.Tasks {
		for i, id := range t.Groups {
			t.Groups[i] = groups.of(id)
		}
		eachWait(t.Waits, func(w *Wait) {
			w.Group, w.Resource = groups.of(w.Group), resources.of(w.Resource)
		})
		for i, h := range t.Holds {
			t.Holds[i].Resource = resources.of(h.Resource)
		}
	}
	for _, r := range s.Resources {
		resources.of(r.ID)
	}
	for _, g := range s.Groups {
		groups.of(g.ID)
	}
	eachProblem(s, func(p *Problem) {
		resources.all(p.Resources)
		groups.all(p.Groups)
	})
	s.Resources, s.Groups = resources.finish(), groups.finish()
}

// idIndex is items by the ids that references to them use.
type idIndex[T any, ID ~int32] struct {
	items []*T // in the order of their ids
	id    func(*T) *ID
	dense bool // the ids are those from 1 on, each once, as a Builder gives them: nothing need be looked up
}

func byID[T any, ID ~int32](items []*T, id func(*T) *ID) idIndex[T, ID] {
	n := idIndex[T, ID]{items: make([]*T, len(items)), id: id, dense: true}
	for _, item := range items {
		if i := int(*id(item)) - 1; i >= 0 && i < len(items) && n.items[i] == nil {
			n.items[i] = item
			continue
		}
		n.dense = false
		copy(n.items, items)
		slices.SortStableFunc(n.items, func(a, b *T) int { return cmp.Compare(*id(a), *id(b)) })
		break
	}
	return n
}

// index returns where the item with that id stands.
func (n *idIndex[T, ID]) index(id ID) (int32, bool) {
	if n.dense {
		return int32(id) - 1, id >= 1 && int(id) <= len(n.items)
	}
	return numberIndex(n.items, id, func(item *T) ID { return *n.id(item) })
}

func (n *idIndex[T, ID]) has(id ID) bool {
	_, ok := n.index(id)
	return ok
}

// numbering hands out ids from 1, in the order in which the old ones are met.
type numbering[T any, ID ~int32] struct {
	idIndex[T, ID]      // by the old ids
	given          []ID // to items[i]; 0: not yet
	order          []*T
}

func newNumbering[T any, ID ~int32](items []*T, id func(*T) *ID) *numbering[T, ID] {
	return &numbering[T, ID]{
		idIndex: byID(items, id),
		given:   make([]ID, len(items)),
		order:   make([]*T, 0, len(items)),
	}
}

// of returns the new id for an old one; 0, no item, stays 0.
func (n *numbering[T, ID]) of(old ID) ID {
	i, ok := n.index(old)
	if !ok {
		return 0
	}
	if n.given[i] == 0 {
		n.order = append(n.order, n.items[i])
		n.given[i] = ID(len(n.order))
	}
	return n.given[i]
}

func (n *numbering[T, ID]) all(ids []ID) {
	for i, id := range ids {
		ids[i] = n.of(id)
	}
	slices.Sort(ids)
}

// finish writes the new ids and returns the items in their order.
func (n *numbering[T, ID]) finish() []*T {
	for i, item := range n.order {
		*n.id(item) = ID(i + 1)
	}
	return n.order
}
