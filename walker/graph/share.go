package graph

import (
	"hash/maphash"
	"slices"
)

// share makes what is alike one, so that a hundred thousand tasks that stand at
// the same place have one list of frames, the channels that they wait on one
// list of facts, and those started at one place one record of that.
func share(s *Snapshot) {
	stacks := newSharer[*Frame]()
	facts := newSharer[Attr]()
	created := map[creationKey]*Creation{}
	for _, t := range s.Tasks {
		t.Frames = stacks.share(t.Frames)
		c := t.CreatedBy
		if c == nil || len(c.Stack) > 0 || c.By != nil {
			continue
		}
		key := creationKey{c.Task, c.At, c.User}
		if have := created[key]; have != nil {
			t.CreatedBy = have
		} else {
			created[key] = c
		}
	}
	for _, r := range s.Resources {
		r.Detail = facts.share(r.Detail)
	}
}

type creationKey struct {
	task     TaskID
	at, user *Frame
}

// sharer returns the first list it saw in place of any that is equal.
type sharer[T comparable] struct {
	seed  maphash.Seed
	seen  map[uint64][]T // by hash; of lists that collide, the first is shared
	known map[*T][]T     // what is returned for a list, by where that lies
}

func newSharer[T comparable]() *sharer[T] {
	return &sharer[T]{maphash.MakeSeed(), map[uint64][]T{}, map[*T][]T{}}
}

func (s *sharer[T]) share(list []T) []T {
	if len(list) == 0 {
		return nil
	}
	if have, ok := s.known[&list[0]]; ok && len(have) == len(list) {
		return have
	}
	have := s.equal(list)
	if len(s.known) < mostKnown {
		s.known[&list[0]] = have
	}
	return have
}

// mostKnown bounds what a sharer remembers of single lists: where walkers share
// theirs they are few, and where not it is no use.
const mostKnown = 4096

// equal returns the first list that was equal.
func (s *sharer[T]) equal(list []T) []T {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, item := range list {
		maphash.WriteComparable(&h, item)
	}
	have, ok := s.seen[h.Sum64()]
	if !ok {
		s.seen[h.Sum64()] = list
		return list
	}
	if slices.Equal(have, list) {
		return have
	}
	return list
}
