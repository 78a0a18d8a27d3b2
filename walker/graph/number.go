package graph

import "slices"

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

// numbering hands out ids from 1, in the order in which the old ones are met.
type numbering[T any, ID ~int32] struct {
	items []*T // by the old ids
	id    func(*T) *ID
	given []ID // to items[i]; 0: not yet
	order []*T
}

func newNumbering[T any, ID ~int32](items []*T, id func(*T) *ID) *numbering[T, ID] {
	return &numbering[T, ID]{
		items: byID(items, func(item *T) ID { return *id(item) }),
		id:    id,
		given: make([]ID, len(items)),
		order: make([]*T, 0, len(items)),
	}
}

// of returns the new id for an old one; 0, no item, stays 0.
func (n *numbering[T, ID]) of(old ID) ID {
	i, ok := numberIndex(n.items, old, func(item *T) ID { return *n.id(item) })
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
