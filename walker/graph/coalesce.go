package graph

import (
	"encoding/binary"
	"slices"
)

// coalesce folds siblings whose subtrees are alike into one node: the same
// frames, the same kind of wait on the same kind of thing in the same state,
// known in the same way, and children that are alike, in any order.
func coalesce(s *Snapshot, k *kinds, roots []*Node) []*Node {
	top := &Node{Children: roots}
	// Parents before children; then backwards, so that children are folded first.
	order := []*Node{top}
	for i := 0; i < len(order); i++ {
		order = append(order, order[i].Children...)
	}
	for _, n := range slices.Backward(order) {
		counts := fold(n)
		n.class = k.class(n, counts)
	}
	for _, n := range order {
		n.settle(s)
	}
	return top.Children
}

// fold merges the children that are alike, and returns how many each of those
// that are left was before.
func fold(n *Node) map[int32]int32 {
	if len(n.Children) == 0 {
		return nil
	}
	counts := make(map[int32]int32, 1)
	first := make(map[int32]*Node, 1)
	kept := n.Children[:0]
	for _, kid := range n.Children {
		counts[kid.class] += kid.more + 1
		if f := first[kid.class]; f != nil {
			merge(f, kid)
			continue
		}
		first[kid.class] = kid
		kept = append(kept, kid)
	}
	clear(n.Children[len(kept):])
	n.Children = kept
	return counts
}

// merge makes a stand for b's tasks too, all the way down. Nodes that are
// alike have children of the same classes, each class once.
func merge(a, b *Node) {
	type pair struct{ a, b *Node }
	stack := []pair{{a, b}}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p.a.Task != nil && p.b.Task != nil && compareTaskIDs(p.b.Task.ID, p.a.Task.ID) < 0 {
			p.a.Task, p.a.Link = p.b.Task, p.b.Link // what is shown is the first's
		}
		p.a.Tasks = append(p.a.Tasks, p.b.Tasks...)
		p.a.Groups = append(p.a.Groups, p.b.Groups...)
		if len(p.b.Children) == 0 {
			continue
		}
		byClass := make(map[int32]*Node, len(p.b.Children))
		for _, kid := range p.b.Children {
			byClass[kid.class] = kid
		}
		for _, kid := range p.a.Children {
			stack = append(stack, pair{kid, byClass[kid.class]})
		}
	}
}

// settle orders what a node stands for and lets it show the first.
func (n *Node) settle(s *Snapshot) {
	if n.Link != nil && n.Link.Kind == LinkBranch {
		n.Link.Count = len(n.Tasks)
	}
	if len(n.Tasks) > 1 {
		if !rising(n.Tasks) {
			n.Tasks = uniqueTaskIDs(n.Tasks)
		}
		n.Task = s.Task(n.Tasks[0])
	}
	if len(n.Groups) > 1 {
		n.Groups = sortedUnique(n.Groups)
		n.Group = s.Group(n.Groups[0])
	}
}

// class numbers what a node and its subtree look like.
func (k *kinds) class(n *Node, counts map[int32]int32) int32 {
	b := appendText(append(k.buf[:0], byte(n.Evidence.Confidence)), n.Evidence.How)
	if l := n.Link; l != nil {
		b = binary.AppendVarint(append(b, byte(l.Kind), byte(l.End)), int64(l.Count))
		if l.Kind == LinkBranch {
			b = k.appendWaits(b, []Wait{*l.Wait})
		}
	}
	switch {
	case n.See: // alike only to another reference to the same
		b = append(b, 's')
		for _, id := range n.Tasks {
			b = append(b, id...)
		}
	case n.Group != nil:
		b = k.appendGroup(append(b, 'g'), n.Group)
	case n.Task != nil:
		b = k.appendTask(append(b, 't'), n.Task)
	}
	classes := make([]int32, 0, len(counts))
	for c := range counts {
		classes = append(classes, c)
	}
	slices.Sort(classes)
	for _, c := range classes {
		b = binary.AppendVarint(b, int64(c))
		b = binary.AppendVarint(b, int64(counts[c]))
	}
	k.buf = b
	return k.number(b)
}
