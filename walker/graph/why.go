package graph

import "slices"

// LinkKind is what a node of [Snapshot.Why] is to the one above it.
type LinkKind uint8

// The kinds of a link.
const (
	LinkTask   LinkKind = iota + 1 // the task whose end is waited for
	LinkMember                     // a member of the group that is waited for
	LinkHolder                     // a task that has the resource that is waited for
	LinkBranch                     // one of several things that are waited for
	LinkEnd                        // no further: End says why
)

// Link is how a node of [Snapshot.Why] hangs under the one above it.
type Link struct {
	Kind    LinkKind
	Wait    *Wait    // the wait that leads there, of the nearest task above; of a branch, the branch; nil: none
	Branch  int      // of a branch: its place among those of the wait
	End     End      // of an end
	Count   int      // of an end: how many tasks or members it stands for that are not there; of a coalesced branch, how many are alike; 0: none
	Problem *Problem // of a node that closes a cycle: the deadlock that this is; nil: it could be left another way. Of an end: the finding that explains it
}

// whyLimit is how many nodes a chain has where no limit is given.
const whyLimit = 100_000

// WhyOptions say how a chain of waits is made.
type WhyOptions struct {
	Limit    int  // at most about so many nodes; 0: 100,000. What is cut is counted
	Coalesce bool // fold what is alike into one node
}

// Why follows the waits of a task to what it all hangs on: to the task that is
// awaited, the members of a group that are left, the holders of a resource, and
// on from these, to where a chain ends or closes. Where a wait has branches,
// each that is no task is a node ([LinkBranch]) of its own, below which it goes on. A task
// stands there once in full; where it comes again, a reference does.
//
// The root is the task itself, and has no Link. A task node that is no
// reference has children: where the chain ends, one that says so ([LinkEnd]).
// The result is nil where there is no such task.
func (s *Snapshot) Why(id TaskID, o WhyOptions) *Node {
	s = s.all()
	t := s.Task(id)
	if t == nil {
		return nil
	}
	if o.Limit <= 0 {
		o.Limit = whyLimit
	}
	w := &whyWalk{s: s, left: o.Limit, seen: map[TaskID]bool{}, above: map[TaskID]bool{}}
	root := w.node(t, Evidence{}, nil)
	w.walk(root)
	if o.Coalesce {
		coalesce(s, newKinds(s), []*Node{root})
	}
	return root
}

// whyWalk makes the nodes of one chain, depth first, so that a cycle always
// closes at a node above.
type whyWalk struct {
	s         *Snapshot
	left      int // nodes that may still be made
	seen      map[TaskID]bool
	above     map[TaskID]bool // of seen, those between the root and here
	deadlocks map[TaskID]*Problem
	explained map[TaskID]*Problem
}

func (w *whyWalk) node(t *Task, e Evidence, l *Link) *Node {
	w.left--
	return &Node{Task: t, Tasks: []TaskID{t.ID}, Evidence: e, Link: l}
}

// walk visits root and all below it. The depth is the target's to choose: no recursion.
func (w *whyWalk) walk(root *Node) {
	type level struct {
		node *Node
		next int
	}
	w.expand(root, nil)
	stack := []level{{node: root}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next < len(top.node.Children) {
			kid := top.node.Children[top.next]
			top.next++
			w.expand(kid, top.node)
			stack = append(stack, level{node: kid})
			continue
		}
		if n := top.node; n.inFull() {
			delete(w.above, n.Task.ID)
		}
		stack = stack[:len(stack)-1]
	}
}

// inFull reports that the node stands for its task, and refers to no other
// node that does.
func (n *Node) inFull() bool {
	return n.Task != nil && !n.See && (n.Link == nil || n.Link.Kind != LinkBranch && n.Link.Kind != LinkEnd)
}

// expand makes the children of a node, or a reference of it.
func (w *whyWalk) expand(n, parent *Node) {
	t := n.Task
	switch {
	case n.Link != nil && n.Link.Kind == LinkEnd:
		return
	case n.Link != nil && n.Link.Kind == LinkBranch:
		w.follow(n, n.Link.Wait)
		return
	case w.seen[t.ID]:
		n.See, n.Closes = true, w.above[t.ID]
		if n.Closes {
			n.Link.Problem = w.deadlock(t.ID, parent.Task.ID)
		}
		return
	}
	w.seen[t.ID], w.above[t.ID] = true, true
	switch end := endOf(t); {
	case end != 0:
		w.end(n, end, nil, 0)
	case len(t.Waits) == 1:
		w.follow(n, &t.Waits[0])
	default:
		w.branches(n, t.Waits)
	}
}

// follow makes the children of n that a wait leads to.
func (w *whyWalk) follow(n *Node, wait *Wait) {
	if len(wait.Branches) > 0 && !(wait.fromPeer() && !w.s.owed(wait)) {
		w.branches(n, wait.Branches)
		return
	}
	before := len(n.Children)
	switch g, r := w.s.Group(wait.Group), w.s.Resource(wait.Resource); {
	case wait.Task != "":
		w.lead(n, wait, LinkTask, []Holder{{wait.Task, wait.Evidence}})
	case g != nil:
		w.members(n, wait, g)
	case r != nil:
		w.lead(n, wait, LinkHolder, w.s.owedBy(r))
	}
	if len(n.Children) == before {
		w.end(n, w.s.endOfWait(wait), wait, 0)
	}
}

func (w *whyWalk) branches(n *Node, waits []Wait) {
	for i := range waits {
		if w.left <= 0 {
			w.end(n, EndCut, nil, len(waits)-i)
			return
		}
		if waits[i].Task != "" && w.s.Task(waits[i].Task) != nil { // it needs no node of its own
			w.follow(n, &waits[i])
			continue
		}
		kid := w.node(n.Task, Evidence{}, &Link{Kind: LinkBranch, Wait: &waits[i], Branch: i})
		n.Children = append(n.Children, kid)
	}
}

// members leads to the members of a group that have not ended, and says how
// many more the group counts.
func (w *whyWalk) members(n *Node, wait *Wait, g *Group) {
	if g.Outstanding == 0 {
		return
	}
	var left []Holder
	for _, id := range g.Members {
		if t := w.s.Task(id); t == nil || endOf(t) != EndEnded {
			left = append(left, Holder{id, weaker(wait.Evidence, g.Evidence)})
		}
	}
	w.lead(n, wait, LinkMember, left)
	if unknown := g.Outstanding - len(left); unknown > 0 {
		w.end(n, EndMembersUnknown, wait, unknown)
	}
}

// lead makes a child of each of the tasks.
func (w *whyWalk) lead(n *Node, wait *Wait, kind LinkKind, to []Holder) {
	missing := 0
	for i, h := range to {
		if w.left <= 0 {
			w.end(n, EndCut, wait, len(to)-i)
			break
		}
		t := w.s.Task(h.Task)
		if t == nil {
			missing++
			continue
		}
		n.Children = append(n.Children, w.node(t, weaker(wait.Evidence, h.Evidence), &Link{Kind: kind, Wait: wait}))
	}
	if missing > 0 {
		w.end(n, EndMissing, wait, missing)
	}
}

func (w *whyWalk) end(n *Node, end End, wait *Wait, count int) {
	if w.explained == nil {
		w.explained = explanations(w.s)
	}
	l := &Link{Kind: LinkEnd, End: end, Wait: wait, Count: count}
	if end != EndCut {
		l.Problem = w.explained[n.Task.ID]
	}
	n.Children = append(n.Children, w.node(n.Task, Evidence{}, l))
}

// deadlock returns the deadlock that both tasks are in the cycle of, or nil.
func (w *whyWalk) deadlock(a, b TaskID) *Problem {
	if w.deadlocks == nil {
		w.deadlocks = map[TaskID]*Problem{}
		for _, p := range w.s.Problems {
			if p.isDeadlock() {
				for _, id := range p.Tasks {
					w.deadlocks[id] = p
				}
			}
		}
	}
	if p := w.deadlocks[a]; p != nil && slices.Contains(p.Tasks, b) {
		return p
	}
	return nil
}
