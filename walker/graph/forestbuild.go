package graph

import (
	"bytes"
	"cmp"
	"slices"
)

// order walks the places from the roots down.
func (p *plan) order() {
	var edges []edge
	below := func(from, to int32) {
		for item := from; item < to; item++ {
			if p.shown[item] && p.parent[item] != root {
				edges = append(edges, edge{p.parent[item], item})
			}
		}
	}
	n := int32(len(p.parent))
	below(p.nTasks, n)
	below(0, p.nTasks)
	p.kids = newAdjacency(int(n), edges)
	p.at = make([]int32, len(p.parent))
	p.size = make([]int32, len(p.parent))
	roots := p.roots()
	p.preorder = make([]int32, 0, n)
	stack := slices.Clone(roots)
	slices.Reverse(stack)
	for len(stack) > 0 {
		item := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		p.at[item] = int32(len(p.preorder))
		p.preorder = append(p.preorder, item)
		for _, kid := range slices.Backward(p.kids.of(item)) {
			stack = append(stack, kid)
		}
	}
	for _, item := range slices.Backward(p.preorder) {
		p.size[item]++
		if up := p.parent[item]; up != root {
			p.size[up] += p.size[item]
		}
	}
}

// roots returns the items without a place below another, a group where its
// first member would stand.
func (p *plan) roots() []int32 {
	roots := make([]int32, 0, len(p.parent))
	for i := range p.parent {
		if p.shown[i] && p.parent[i] == root {
			roots = append(roots, int32(i))
		}
	}
	key := func(item int32) int32 {
		if item < p.nTasks {
			return item
		}
		for _, id := range p.s.Groups[item-p.nTasks].Members {
			if i := p.task(id); i != root {
				return i
			}
		}
		return item
	}
	slices.SortFunc(roots, func(a, b int32) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a, b)) })
	return roots
}

// build makes the nodes and returns the roots.
func (p *plan) build() []*Node {
	nodes := make([]*Node, len(p.parent))
	var roots []*Node
	made := leaves{plan: p, nodes: map[leaf]*Node{}}
	for _, item := range p.preorder {
		n := made.node(item)
		if n == nil {
			continue
		}
		nodes[item] = n
		if up := p.parent[item]; up == root {
			roots = append(roots, n)
		} else {
			nodes[up].Children = append(nodes[up].Children, n)
		}
	}
	for _, item := range p.preorder {
		if nodes[item] == nil {
			continue
		}
		if item < p.nTasks {
			for _, r := range p.refsOf(item) {
				p.see(nodes[item], item, r.item, r.evidence)
			}
			continue
		}
		g := p.s.Groups[item-p.nTasks]
		for _, id := range g.Members {
			if i := p.task(id); i != root {
				p.see(nodes[item], item, i, g.Evidence)
			}
		}
	}
	return roots
}

func (p *plan) node(item int32, e Evidence) *Node {
	if item >= p.nTasks {
		g := p.s.Groups[item-p.nTasks]
		return &Node{Group: g, Groups: []GroupID{g.ID}, Evidence: e}
	}
	t := p.s.Tasks[item]
	return &Node{Task: t, Tasks: []TaskID{t.ID}, Evidence: e}
}

// see adds below a node a reference to an item that is not placed there.
func (p *plan) see(n *Node, below, item int32, e Evidence) {
	if p.parent[item] == below {
		return
	}
	ref := p.node(item, e)
	ref.See = true
	ref.Closes = p.at[item] <= p.at[below] && p.at[below] < p.at[item]+p.size[item]
	n.Children = append(n.Children, ref)
}

// leaves are the nodes of tasks with nothing below them, where what is alike is
// folded: of those of one parent that are alike one is made, which stands for all. Of a
// million tasks that wait for one thing the others would be made to be folded.
type leaves struct {
	*plan
	nodes  map[leaf]*Node
	last   *Node // the one that was looked at last, below lastUp
	lastUp int32
	found  []byte // the findings that name its tasks
}

type leaf struct{ parent, class int32 }

// node returns the node of an item: a new one, or nil when one that was made
// before stands for it too.
func (l *leaves) node(item int32) *Node {
	e := l.evidenceOf(item)
	if l.kinds == nil || item >= l.nTasks || len(l.refsOf(item)) > 0 || len(l.kids.of(item)) > 0 {
		return l.plan.node(item, e)
	}
	t, up := l.s.Tasks[item], l.parent[item]
	n, found := l.last, l.kinds.foundAt(item)
	if n == nil || l.lastUp != up || n.Evidence != e || !bytes.Equal(l.found, found) || !l.kinds.same(n.Task, t) {
		l.found = found
		key := leaf{up, l.kinds.class(&Node{Task: t, Evidence: e}, nil)}
		if n = l.nodes[key]; n == nil {
			n = l.plan.node(item, e)
			l.nodes[key], l.last, l.lastUp = n, n, up
			return n
		}
		l.last, l.lastUp = n, up
	}
	if len(n.Tasks) == cap(n.Tasks) { // append would copy a long list five times
		n.Tasks = slices.Grow(n.Tasks, len(n.Tasks))
	}
	n.Tasks = append(n.Tasks, t.ID)
	n.more++
	return nil
}
