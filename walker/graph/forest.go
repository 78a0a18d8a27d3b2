package graph

import "slices"

// Node is one line of the task forest: a task, a group between a task and
// its members, or a reference to a task that is shown elsewhere. In a chain of
// waits ([Snapshot.Why]) Link says what it is.
type Node struct {
	Task     *Task     // the task; of a coalesced node, its first
	Group    *Group    // of a group node, whose children are its members; of a coalesced node, its first
	Tasks    []TaskID  // the tasks this node stands for: one, or those that are alike
	Groups   []GroupID // the groups it stands for, of a group node
	Evidence Evidence  // how the node hangs under its parent; none at a root
	See      bool      // the task is shown in full elsewhere
	Closes   bool      // and that is one of this node's own ancestors: a cycle
	Link     *Link     // of a node of Why; nil at the root of that, and in a forest
	Children []*Node

	class int32 // nodes that are alike have the same
	more  int32 // leaves that were alike, and were not made
}

// ForestOptions say what a forest shows.
type ForestOptions struct {
	System   bool // system tasks too
	Coalesce bool // fold subtrees that are alike into one node
	Places   bool // those too whose tasks began alike, and stand at one place, whatever they called from there
}

// Forest arranges the tasks as who is part of what and who awaits whom, from
// the roots down: an awaiter above those it awaits, a group's owner above the
// group above its members. Every task stands in it once in full: in its
// innermost group, else below the first task that waits for its end, else at
// the root; wherever else it belongs, a reference stands. A group stands once.
// A cycle without a way in gets its first task as its root, so that it is drawn
// too.
//
// A task that alone holds what another wants is no part of that one: it stands
// below it as a reference.
func (s *Snapshot) Forest(o ForestOptions) []*Node {
	p := newPlan(s, o)
	p.cutCycles()
	p.order()
	if !o.Coalesce {
		return p.build()
	}
	p.kinds = newKinds(s)
	p.kinds.places = o.Places
	return coalesce(s, p.kinds, p.build())
}

// plan is where everything stands in a forest. Items are numbered: the tasks
// of the snapshot first, then its groups.
type plan struct {
	s        *Snapshot
	finger   finger
	nTasks   int32
	shown    []bool
	parent   []int32    // of each item; root for none
	evidence []Evidence // of each item; empty while all are roots
	refs     [][]ref    // what stands below a task that is not placed there; empty when nothing does
	preorder []int32
	at       []int32   // where in preorder an item stands
	size     []int32   // how many items its subtree has
	kids     adjacency // groups before tasks
	kinds    *kinds    // what is alike is to be folded; nil: it is not
}

// ref is a task that another waits for or is blocked by.
type ref struct {
	item     int32
	evidence Evidence
}

const root int32 = -1

func newPlan(s *Snapshot, o ForestOptions) *plan {
	n := len(s.Tasks) + len(s.Groups)
	p := &plan{
		s: s, finger: finger{tasks: s.Tasks}, nTasks: int32(len(s.Tasks)),
		shown: make([]bool, n), parent: make([]int32, n),
	}
	for i, t := range s.Tasks {
		p.shown[i] = o.System || !t.System
	}
	for i, g := range s.Groups {
		p.shown[int(p.nTasks)+i] = slices.ContainsFunc(g.Members, func(id TaskID) bool { return p.task(id) != root }) && !p.beside(g)
	}
	for i := range p.parent {
		p.parent[i] = root
	}
	p.placeGroups()
	p.placeTasks()
	return p
}

// beside tells of a group that nobody waits for and whose members all stand in
// others: a tree of it would be nothing but references.
func (p *plan) beside(g *Group) bool {
	return len(p.s.GroupWaiters(g)) == 0 && !slices.ContainsFunc(g.Members, func(id TaskID) bool {
		i := p.task(id)
		if i == root {
			return false
		}
		groups := p.s.Tasks[i].Groups
		return len(groups) > 0 && groups[0] == g.ID
	})
}

// task returns the item of a task that is shown, or root.
func (p *plan) task(id TaskID) int32 {
	if i, ok := p.finger.find(id); ok && p.shown[i] {
		return i
	}
	return root
}

// group returns the item of a group that is shown, or root.
func (p *plan) group(id GroupID) int32 {
	if i, ok := p.s.groupIndex(id); ok && p.shown[p.nTasks+i] {
		return p.nTasks + i
	}
	return root
}

// placeGroups puts each group below its owner, for now: where that is not
// shown, placeTasks puts it below the first task that waits for it.
func (p *plan) placeGroups() {
	for i, g := range p.s.Groups {
		item := p.nTasks + int32(i)
		owner := p.task(g.Owner)
		e := g.OwnedBy
		if g.OpenedAt != nil {
			e = g.OpenedAt.Evidence
			if owner == root {
				owner = p.task(g.OpenedAt.Task)
			}
		}
		if p.shown[item] && owner != root {
			p.place(item, owner, e)
		}
	}
}

func (p *plan) placeTasks() {
	for i, t := range p.s.Tasks {
		if !p.shown[i] {
			continue
		}
		if len(t.Groups) > 0 {
			if g := p.group(t.Groups[0]); g != root {
				p.place(int32(i), g, p.s.Groups[g-p.nTasks].Evidence)
			}
		}
	}
	for i, t := range p.s.Tasks {
		if !p.shown[i] {
			continue
		}
		from := int32(i)
		eachWait(t.Waits, func(w *Wait) {
			switch {
			case w.Task != "":
				p.below(from, p.task(w.Task), w.Evidence)
			case w.Group != 0:
				p.below(from, p.group(w.Group), w.Evidence)
			case w.Resource != 0:
				if r := p.s.Resource(w.Resource); r != nil && len(r.Holders) == 1 {
					p.refer(from, p.task(r.Holders[0].Task), weaker(w.Evidence, r.Holders[0].Evidence))
				}
			}
		})
	}
}

// below places an item that task from waits for there, unless it has a place.
func (p *plan) below(from, item int32, e Evidence) {
	if item == root {
		return
	}
	if p.parent[item] == root && item != from {
		p.place(item, from, e)
	} else if p.parent[item] == from && p.evidence[item].Confidence == 0 {
		p.evidence[item] = e
	}
	if item < p.nTasks { // a group stands once: the waits of the others name it
		p.refer(from, item, e)
	}
}

// place puts an item below another.
func (p *plan) place(item, parent int32, e Evidence) {
	if p.evidence == nil {
		p.evidence = make([]Evidence, len(p.parent))
	}
	p.parent[item], p.evidence[item] = parent, e
}

func (p *plan) evidenceOf(item int32) Evidence {
	if p.evidence == nil {
		return Evidence{}
	}
	return p.evidence[item]
}

// refsOf are what stands below a task and is placed elsewhere.
func (p *plan) refsOf(task int32) []ref {
	if p.refs == nil {
		return nil
	}
	return p.refs[task]
}

func (p *plan) refer(from, item int32, e Evidence) {
	if item == root || slices.ContainsFunc(p.refsOf(from), func(r ref) bool { return r.item == item }) {
		return
	}
	if p.refs == nil {
		p.refs = make([][]ref, p.nTasks)
	}
	p.refs[from] = append(p.refs[from], ref{item, e})
}

// cutCycles makes the first task of each cycle of places a root.
func (p *plan) cutCycles() {
	const unseen = 0
	walk := make([]int32, len(p.parent)) // in which walk an item was met
	for i := range p.parent {
		number := int32(i) + 1
		item := int32(i)
		for item != root && walk[item] == unseen {
			walk[item] = number
			item = p.parent[item]
		}
		if item == root || walk[item] != number {
			continue
		}
		first := item // on a cycle; tasks have lower numbers than groups
		for at := p.parent[item]; at != item; at = p.parent[at] {
			first = min(first, at)
		}
		p.place(first, root, Evidence{})
	}
}
