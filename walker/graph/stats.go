package graph

import (
	"cmp"
	"slices"
	"time"
)

// Stats are counts of a snapshot's tasks. Each list has the largest first.
type Stats struct {
	Tasks  int // counted here
	System int // not counted: the runtime's own, where they were not asked for

	States   []Tally // by state
	Waits    []Tally // by the outermost kind of the wait; tasks that do not wait are in none
	Places   []Tally // by where they stand: [Task.Place]
	Creators []Tally // by the place that started them: the user's own, where that is known
	Groups   []Tally // by the kind of the innermost group, and the place that opened it
}

// Tally is how many tasks have something in common.
type Tally struct {
	Name    string        // of a state, a wait, a kind of group; "" where it is not known, or Frame tells
	Frame   *Frame        // the place; nil: none, or not known
	Tasks   int           // how many
	Groups  int           // in how many groups they are
	Longest time.Duration // the longest of them has waited at least so long; 0: not known
	First   TaskID        // the first of them
}

// Stats counts the tasks.
func (s *Snapshot) Stats(system bool) Stats {
	var out Stats
	states, waits := newTallies(), newTallies()
	places, creators, groups := newTallies(), newTallies(), newTallies()
	counted := map[GroupID]bool{}
	for _, t := range s.Tasks {
		if t.System && !system {
			out.System++
			continue
		}
		out.Tasks++
		states.add(t, t.State.String(), nil)
		if len(t.Waits) > 0 {
			waits.add(t, string(t.Waits[0].Kind), nil)
		}
		places.add(t, "", t.standsAt())
		if c := t.CreatedBy; c != nil && c.User != nil {
			creators.add(t, "", c.User)
		} else if c != nil {
			creators.add(t, "", c.At)
		}
		if len(t.Groups) == 0 {
			continue
		}
		if g := s.all().Group(t.Groups[0]); g != nil {
			var opener *Frame
			if g.OpenedAt != nil {
				opener = g.OpenedAt.At
			}
			tally := groups.add(t, g.Kind, opener)
			if !counted[g.ID] {
				counted[g.ID] = true
				tally.Groups++
			}
		}
	}
	out.States, out.Waits = states.sorted(), waits.sorted()
	out.Places, out.Creators, out.Groups = places.sorted(), creators.sorted(), groups.sorted()
	return out
}

// tallies count tasks by a name and a place. Places are one when they are at
// the same line of the same function.
type tallies struct {
	list  []*Tally
	index map[tallyKey]*Tally
}

type tallyKey struct {
	name, function, file string
	line                 int
}

func newTallyKey(name string, at *Frame) tallyKey {
	if at == nil {
		return tallyKey{name: name}
	}
	return tallyKey{name, at.Func, at.File, at.Line}
}

func newTallies() *tallies { return &tallies{index: map[tallyKey]*Tally{}} }

func (ts *tallies) add(t *Task, name string, at *Frame) *Tally {
	key := newTallyKey(name, at)
	tally := ts.index[key]
	if tally == nil {
		tally = &Tally{Name: name, Frame: at, First: t.ID}
		ts.index[key] = tally
		ts.list = append(ts.list, tally)
	}
	tally.Tasks++
	if len(t.Waits) > 0 {
		tally.Longest = max(tally.Longest, t.Waits[0].Since)
	}
	return tally
}

// sorted puts the largest first, and leaves those alike in the order of their first tasks.
func (ts *tallies) sorted() []Tally {
	slices.SortStableFunc(ts.list, func(a, b *Tally) int { return cmp.Compare(b.Tasks, a.Tasks) })
	return toEach(ts.list, func(t *Tally) Tally { return *t })
}
