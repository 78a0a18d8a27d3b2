package render

import "github.com/dlv-async/dlv-async/walker/graph"

// references knows what has been drawn of a forest so far: of the tasks that
// some node refers to, and of the groups, those above the current node.
type references struct {
	wanted, drawn map[graph.TaskID]bool
	above         map[graph.GroupID]int
}

func newReferences(roots []*graph.Node) *references {
	r := &references{map[graph.TaskID]bool{}, map[graph.TaskID]bool{}, map[graph.GroupID]int{}}
	each(roots, func(n *graph.Node) {
		if n.See && n.Task != nil {
			r.wanted[n.Task.ID] = true
		}
	})
	return r
}

// draw notes that a node is drawn in full.
func (r *references) draw(n *graph.Node) {
	if len(r.wanted) == 0 {
		return
	}
	for _, id := range n.Tasks {
		if r.wanted[id] {
			r.drawn[id] = true
		}
	}
}

// enter notes that a node's children come next, leave that they are done.
func (r *references) enter(n *graph.Node) { r.step(n, 1) }
func (r *references) leave(n *graph.Node) { r.step(n, -1) }

func (r *references) step(n *graph.Node, by int) {
	if n != nil && n.Task == nil {
		for _, id := range n.Groups {
			r.above[id] += by
		}
	}
}

// partOf reports that a task waits for a group that it hangs under itself.
func (r *references) partOf(t *graph.Task) bool {
	return len(t.Waits) > 0 && t.Waits[0].Group != 0 && r.above[t.Waits[0].Group] > 0
}

// reference says where a task or group that is not drawn here stands in full.
func (v *view) reference(n *graph.Node, refs *references) *text {
	line := v.text()
	if n.Closes {
		line.add(warn, v.again+" ")
	} else {
		line.add(quiet, "see ")
	}
	drawn := n.Closes
	if n.Task != nil {
		line.add(ident, string(n.Task.ID))
		drawn = drawn || refs.drawn[n.Task.ID]
	} else {
		line.add(strong, groupName(n.Group))
	}
	switch {
	case n.Closes:
		return line.add(warn, " above: a cycle")
	case n.Task == nil:
		return line
	case drawn:
		return line.add(quiet, " above")
	}
	return line.add(quiet, " below")
}

// each visits the nodes and all below them, without recursion: the depth is
// the target's to choose.
func each(roots []*graph.Node, visit func(*graph.Node)) {
	stack := [][]*graph.Node{roots}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		if len(top) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		stack[len(stack)-1] = top[1:]
		visit(top[0])
		stack = append(stack, top[0].Children)
	}
}

// inFull is how many tasks a node stands for itself: none when it refers to
// one that stands elsewhere.
func inFull(n *graph.Node) int {
	if n.Task == nil || n.See {
		return 0
	}
	return max(len(n.Tasks), 1)
}

// remaining counts the tasks that are left to draw.
func remaining(stack []level) int {
	total := 0
	for i := range stack {
		each(stack[i].nodes[stack[i].next:], func(n *graph.Node) { total += inFull(n) })
	}
	return total
}
