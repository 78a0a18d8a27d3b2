package render

import (
	"bufio"
	"container/heap"
	"io"
	"slices"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// folding is which nodes of a forest are drawn when there is room for a few
// lines only. What is not drawn is counted below its parent.
type folding struct {
	v     *view
	shown map[*graph.Node]bool
}

// mostTries is how many nodes too tall for what room is left are tried before
// the folding ends.
const mostTries = 100

// fold picks the nodes to draw in at most so many lines. Up to two thirds of
// them go to cycles, tasks that a problem names and the way to both from the roots;
// the rest to what stands for several tasks, or is nearest to the roots, of these
// to what stands for or holds most tasks.
func (v *view) fold(roots []*graph.Node, lines int) *folding {
	f := &folding{v: v, shown: map[*graph.Node]bool{}}
	weights, leads := v.weigh(roots)
	var urgent, others queue
	order := 0
	push := func(nodes []*graph.Node, parent *graph.Node, depth int) {
		for _, n := range nodes {
			order++
			q := &others
			if leads[n] {
				q = &urgent
			}
			heap.Push(q, candidate{n, parent, depth, rank(n, depth), weights[n], order})
		}
	}
	push(roots, nil, 0)
	hidden := map[*graph.Node]int{nil: len(roots)} // of each node drawn, the children that are not
	used := min(len(roots), 1)                     // there is a line that counts these
	for tries := 0; len(urgent)+len(others) > 0 && tries < mostTries; {
		q := &others
		if len(others) == 0 || len(urgent) > 0 && used < lines*2/3 {
			q = &urgent
		}
		c := heap.Pop(q).(candidate)
		cost := v.height(c.node, c.depth)
		if hidden[c.parent] == 1 {
			cost-- // the line that counts its siblings goes
		}
		if len(c.node.Children) > 0 {
			cost++ // one that counts its children comes
		}
		if used+cost > lines {
			tries++
			continue
		}
		used += cost
		f.shown[c.node] = true
		hidden[c.parent]--
		hidden[c.node] = len(c.node.Children)
		push(c.node.Children, c.node, c.depth+1)
	}
	return f
}

// rank is when a node's turn comes: that of a line for many tasks with the roots,
// wherever it is, and that of a group with who has it.
func rank(n *graph.Node, depth int) int {
	switch {
	case len(n.Tasks) > 1:
		return 0
	case n.Task == nil:
		return max(depth-1, 0)
	}
	return depth
}

// of splits a node's children into those drawn and words for the others.
func (f *folding) of(nodes []*graph.Node) (drawn []*graph.Node, rest string) {
	var hidden []*graph.Node
	for _, n := range nodes {
		if f.shown[n] {
			drawn = append(drawn, n)
		} else {
			hidden = append(hidden, n)
		}
	}
	return drawn, f.v.folded(hidden)
}

// folded counts what is not drawn, by what it does.
func (v *view) folded(hidden []*graph.Node) string {
	total := 0
	c := census{}
	each(hidden, func(n *graph.Node) {
		if tasks := inFull(n); tasks > 0 {
			total += tasks
			c[activity(n.Task)] += tasks
		}
	})
	if total == 0 {
		return ""
	}
	return v.ellipsis + " " + count(total, "more task") + ": " + v.census(c)
}

// withoutReferences drops the references to tasks that stand elsewhere, but
// not those that close a cycle: what a task waits for says as much in words.
func withoutReferences(roots []*graph.Node) {
	each(roots, func(n *graph.Node) {
		n.Children = slices.DeleteFunc(n.Children, func(n *graph.Node) bool {
			return n.See && !n.Closes && n.Task != nil
		})
	})
}

// height is how many lines a node takes at a depth.
func (v *view) height(n *graph.Node, depth int) int {
	scratch := *v
	scratch.out, scratch.lines = bufio.NewWriter(io.Discard), 0
	left := scratch.indent(min(depth, v.mostGuides()) * len(v.blankGuide))
	scratch.node(n, &level{ids: len("go:100000")}, left, left, newReferences(nil))
	return scratch.lines
}

// named are those of the nodes' first tasks that a problem names, but for what is no
// reason to leave out what leads to an error. Tasks that are folded are named by the
// same ones.
func (v *view) named(nodes []*graph.Node) map[graph.TaskID]bool {
	named := map[graph.TaskID]bool{}
	for _, n := range nodes {
		if len(n.Tasks) > 0 {
			named[n.Tasks[0]] = false
		}
	}
	for _, p := range v.s.Problems {
		if p.Severity == graph.Info {
			continue
		}
		for _, id := range p.Tasks {
			if _, asked := named[id]; asked {
				named[id] = true
			}
		}
	}
	return named
}

// weigh counts the tasks in every node and below it, and tells which are, or
// lead to, cycles and tasks that a problem names.
func (v *view) weigh(roots []*graph.Node) (weights map[*graph.Node]int, leads map[*graph.Node]bool) {
	weights, leads = map[*graph.Node]int{}, map[*graph.Node]bool{}
	var all []*graph.Node // every node after its parent
	each(roots, func(n *graph.Node) { all = append(all, n) })
	named := v.named(all)
	for _, n := range slices.Backward(all) {
		weights[n] = inFull(n)
		lead := n.Closes || len(n.Tasks) > 0 && named[n.Tasks[0]]
		for _, child := range n.Children {
			weights[n] += weights[child]
			lead = lead || leads[child]
		}
		if lead {
			leads[n] = true
		}
	}
	return weights, leads
}
