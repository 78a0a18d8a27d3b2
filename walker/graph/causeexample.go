package graph

import "slices"

// example makes a chain that leads to a cause, from one of those that are
// farthest behind it, though of no more than so many tasks.
func (g *causeGraph) example(c *cause, counted []bool) *Node {
	toward := map[int32]int32{} // the next node on the way to the cause
	var last int32 = -1
	var level []int32
	for _, i := range c.ends {
		toward[i] = -1
		level = append(level, i)
		if last < 0 && (counted[i] || c.Waiting == c.Behind) {
			last = i
		}
	}
	if last < 0 && len(level) > 0 {
		last = level[0]
	}
	for depth := 1; depth < maxExample && len(level) > 0; depth++ {
		var next []int32
		visit := func(from, to int32) {
			if _, ok := toward[from]; ok || from >= g.firstC {
				return
			}
			toward[from] = to
			if from < g.firstG {
				next = append(next, from)
			}
		}
		for _, node := range level {
			for _, from := range g.back.of(node) {
				if _, ok := toward[from]; from >= g.firstG && !ok { // through a group or resource
					visit(from, node)
					for _, waiter := range g.back.of(from) {
						visit(waiter, from)
					}
					continue
				}
				visit(from, node)
			}
		}
		slices.Sort(next)
		for _, i := range next {
			if counted[i] {
				last = i
				break
			}
		}
		level = next
	}
	if last < 0 {
		return nil
	}
	return g.chain(c, last, toward)
}

// chain makes the nodes from a task on along the way to a cause.
func (g *causeGraph) chain(c *cause, from int32, toward map[int32]int32) *Node {
	task := func(i int32, e Evidence, l *Link) *Node {
		t := g.s.Tasks[i]
		return &Node{Task: t, Tasks: []TaskID{t.ID}, Evidence: e, Link: l}
	}
	root := task(from, Evidence{}, nil)
	at, node := from, root
	step := func(via, to int32) {
		l, e := g.link(at, via, to)
		kid := task(to, e, l)
		node.Children = []*Node{kid}
		at, node = to, kid
	}
	for toward[at] >= 0 {
		via := toward[at]
		to := via
		if via >= g.firstG {
			to = toward[via]
		}
		step(via, to)
	}
	if c.End != EndCircle {
		node.Children = []*Node{{Task: node.Task, Tasks: node.Tasks, Link: &Link{Kind: LinkEnd, End: c.End, Wait: g.endingWait(c, node.Task), Problem: c.Problem}}}
		return root
	}
	start := at
	for _, hop := range g.around(c, start) {
		step(hop.from, hop.to)
	}
	if node != root && at == start {
		node.See, node.Closes = true, true
		if c.Problem != nil && c.Problem.isDeadlock() {
			node.Link.Problem = c.Problem
		}
	} else { // longer than an example is
		node.Children = []*Node{{Task: node.Task, Tasks: node.Tasks, Link: &Link{Kind: LinkEnd, End: EndCut}}}
	}
	return root
}

// endingWait is the wait of a task that a cause's chain ends at.
func (g *causeGraph) endingWait(c *cause, t *Task) *Wait {
	switch {
	case c.Wait == nil || len(t.Waits) == 0:
		return nil
	case c.Tasks[0] == t.ID:
		return c.Wait
	}
	if w := findWait(t.Waits, func(w *Wait) bool { return w.Kind == c.Wait.Kind && w.Text == c.Wait.Text }); w != nil {
		return w
	}
	return &t.Waits[0]
}

// around is the shortest way from a task of a circle back to itself: each hop
// the node that it goes through, and the task it goes to.
func (g *causeGraph) around(c *cause, start int32) []edge {
	in := map[int32]bool{}
	for _, i := range c.ends {
		in[i] = true
	}
	came := map[int32]edge{} // of a task: the one before it, and through what, backwards from start
	level := []int32{start}
	for len(level) > 0 {
		var next []int32
		for _, to := range level {
			visit := func(from, via int32) {
				if _, ok := came[from]; !ok && in[from] && from < g.firstG {
					came[from] = edge{via, to}
					next = append(next, from)
				}
			}
			for _, from := range g.back.of(to) {
				if from < g.firstG {
					visit(from, to)
					continue
				}
				for _, waiter := range g.back.of(from) {
					visit(waiter, from)
				}
			}
		}
		if hop, ok := came[start]; ok {
			way := []edge{hop}
			for hop.to != start && len(way) < maxExample {
				hop = came[hop.to]
				way = append(way, hop)
			}
			return way
		}
		level = next
	}
	return nil
}

// link is how the waits of a task lead to another, directly or through a group
// or resource.
func (g *causeGraph) link(from, via, to int32) (*Link, Evidence) {
	t, target := g.s.Tasks[from], g.s.Tasks[to]
	switch {
	case via >= g.firstR:
		r := g.s.Resources[via-g.firstR]
		w := findWait(t.Waits, func(w *Wait) bool { return w.Task == "" && w.Group == 0 && w.Resource == r.ID })
		e := w.Evidence
		for _, h := range g.s.owedBy(r) {
			if h.Task == target.ID {
				e = weaker(e, h.Evidence)
				break
			}
		}
		return &Link{Kind: LinkHolder, Wait: w}, e
	case via >= g.firstG:
		group := g.s.Groups[via-g.firstG]
		w := findWait(t.Waits, func(w *Wait) bool { return w.Task == "" && w.Group == group.ID })
		return &Link{Kind: LinkMember, Wait: w}, weaker(w.Evidence, group.Evidence)
	}
	w := findWait(t.Waits, func(w *Wait) bool { return w.Task == target.ID })
	return &Link{Kind: LinkTask, Wait: w}, w.Evidence
}
