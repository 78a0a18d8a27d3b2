package graph

import (
	"cmp"
	"slices"
)

// causeGraph is who waits for whom, as nodes: the tasks, the groups, the
// resources, and behind these the causes. An edge leads from who waits to what
// it waits for.
type causeGraph struct {
	s      *Snapshot
	firstG int32 // the node of group 0
	firstR int32 // the node of resource 0
	firstC int32 // the node of cause 0
	edges  []edge
	sure   []edge    // of edges, those that are proven
	back   adjacency // the edges backwards; made once all stand

	causes  []*cause
	picked  []*cause
	index   map[causeKey]*cause
	explain map[TaskID]*Problem
	waiters []int32 // of resource i: how many waits are on it
	left    []int32 // of group i: how many of its members have not ended
	here    []bool  // of group i: whether the snapshot has one of these
	kinds   *kinds
}

// cause is a cause, and its node.
type cause struct {
	*Cause
	node int32
	ends []int32 // of Tasks, their nodes
}

// causeKey is what ends of chains have in common that are one cause.
type causeKey struct {
	end      End
	problem  *Problem
	resource ResourceID
	frame    int32 // where the task stands
	kind     WaitKind
	text     string
}

func newCauseGraph(s *Snapshot) *causeGraph {
	g := &causeGraph{
		s: s, firstG: int32(len(s.Tasks)), index: map[causeKey]*cause{},
		explain: explanations(s), kinds: &kinds{s: s, numbers: map[string]int32{}, frames: map[*Frame]int32{}, stacks: map[stack][]byte{}},
		waiters: make([]int32, len(s.Resources)), left: make([]int32, len(s.Groups)), here: make([]bool, len(s.Groups)),
	}
	g.firstR = g.firstG + int32(len(s.Groups))
	g.firstC = g.firstR + int32(len(s.Resources))
	for i, group := range s.Groups {
		for _, id := range group.Members {
			t, ok := s.taskIndex(id)
			if ok && endOf(s.Tasks[t]) == EndEnded {
				continue
			}
			g.left[i]++
			if ok {
				g.here[i] = true
				g.edge(g.firstG+int32(i), t, group.Evidence.Confidence == Proven)
			}
		}
	}
	for i, r := range s.Resources {
		for _, h := range s.owedBy(r) {
			if t, ok := s.taskIndex(h.Task); ok {
				g.edge(g.firstR+int32(i), t, h.Evidence.Confidence == Proven)
			}
		}
	}
	for _, t := range s.Tasks {
		eachWait(t.Waits, func(w *Wait) {
			if r, ok := s.resourceIndex(w.Resource); ok {
				g.waiters[r]++
			}
		})
	}
	for i, t := range s.Tasks {
		g.task(int32(i), t)
	}
	return g
}

func (g *causeGraph) edge(from, to int32, sure bool) {
	g.edges = append(g.edges, edge{from, to})
	if sure {
		g.sure = append(g.sure, edge{from, to})
	}
}

// task adds where the waits of a task lead, or what it ends at.
func (g *causeGraph) task(node int32, t *Task) {
	if end := endOf(t); end != 0 {
		g.end(node, t, end, nil)
		return
	}
	if len(t.Waits) == 1 {
		if leads, end := g.wait(node, t, &t.Waits[0]); !leads {
			g.end(node, t, end, &t.Waits[0])
		}
		return
	}
	if leads, end := g.anyOf(node, t, t.Waits); !leads {
		g.end(node, t, end, &t.Waits[0])
	}
}

// wait adds where a wait leads. Where it leads nowhere it adds nothing, and
// returns why.
func (g *causeGraph) wait(node int32, t *Task, w *Wait) (leads bool, end End) {
	if len(w.Branches) > 0 {
		if w.Kind == WaitGather {
			return g.allOf(node, t, w.Branches)
		}
		leads, end := g.anyOf(node, t, w.Branches)
		if !leads && w.fromPeer() {
			end = EndOutside
		}
		return leads, end
	}
	sure := w.Evidence.Confidence == Proven
	if w.Task != "" {
		if to, ok := g.s.taskIndex(w.Task); ok {
			g.edge(node, to, sure)
			return true, 0
		}
		return false, EndMissing
	}
	if i, ok := g.s.groupIndex(w.Group); ok {
		outstanding, left := g.s.Groups[i].Outstanding, g.left[i]
		if left == 0 || outstanding == 0 {
			return false, g.s.endOfWait(w)
		}
		if !g.here[i] {
			return false, EndMissing
		}
		g.edge(node, g.firstG+i, sure)
		if outstanding > int(left) {
			g.end(node, t, EndMembersUnknown, w)
		}
		return true, 0
	}
	if i, ok := g.s.resourceIndex(w.Resource); ok {
		holders := g.s.owedBy(g.s.Resources[i])
		for _, h := range holders {
			if g.s.Task(h.Task) != nil {
				g.edge(node, g.firstR+i, sure)
				return true, 0
			}
		}
		if len(holders) > 0 {
			return false, EndMissing
		}
	}
	return false, g.s.endOfWait(w)
}

// hopeful are the ends of a wait, the one that needs least to happen first.
var hopeful = [...]End{EndFree, EndRuns, EndCancelling, EndEnded, EndTimer, EndOutside, EndMissing,
	EndHolderUnknown, EndMembersUnknown, EndUnknown, EndCut, EndNever}

func hope(e End) int { return slices.Index(hopeful[:], e) }

// anyOf is wait of things any one of which would do: the nearest end counts.
func (g *causeGraph) anyOf(node int32, t *Task, waits []Wait) (leads bool, end End) {
	for i := range waits {
		l, e := g.wait(node, t, &waits[i])
		leads = leads || l
		if !l && (end == 0 || hope(e) < hope(end)) {
			end = e
		}
	}
	return leads, cmp.Or(end, EndUnknown)
}

// allOf is wait of things that are all needed: each that leads nowhere is an
// end, and where none leads, the whole is.
func (g *causeGraph) allOf(node int32, t *Task, waits []Wait) (leads bool, end End) {
	var ends []*Wait
	var whys []End
	for i := range waits {
		l, e := g.wait(node, t, &waits[i])
		leads = leads || l
		if !l {
			ends, whys = append(ends, &waits[i]), append(whys, e)
			if end == 0 || hope(e) > hope(end) {
				end = e
			}
		}
	}
	if leads {
		for i, w := range ends {
			g.end(node, t, whys[i], w)
		}
	}
	return leads, cmp.Or(end, EndUnknown)
}

// end adds that a chain ends at a task.
func (g *causeGraph) end(node int32, t *Task, end End, w *Wait) {
	key := causeKey{end: end, problem: g.explain[t.ID]}
	if key.problem != nil {
		key.end = 0
	} else {
		if w != nil {
			key.kind, key.text = w.Kind, w.Text
			if r, ok := g.s.resourceIndex(w.Resource); ok && end == EndHolderUnknown && g.waiters[r] > 1 {
				key = causeKey{end: end, resource: w.Resource}
			}
		}
		if f := t.standsAt(); f != nil && key.resource == 0 {
			key.frame = g.kinds.frame(f)
		}
	}
	c := g.index[key]
	if c == nil {
		c = g.newCause(Cause{End: end, Problem: key.problem, Wait: w})
		g.index[key] = c
	}
	if last := len(c.Tasks) - 1; last < 0 || c.Tasks[last] != t.ID {
		c.add(g, node)
	}
}

// add adds a task at the end of the chains.
func (c *cause) add(g *causeGraph, node int32) {
	c.Tasks = append(c.Tasks, g.s.Tasks[node].ID)
	c.ends = append(c.ends, node)
	g.edge(node, c.node, true)
}

func (g *causeGraph) newCause(c Cause) *cause {
	added := &cause{Cause: &c, node: g.firstC + int32(len(g.causes))}
	g.causes = append(g.causes, added)
	return added
}

// circles adds the deadlocks, and the other circles that lead out nowhere.
func (g *causeGraph) circles() {
	for _, p := range g.s.Problems {
		if !p.isDeadlock() {
			continue
		}
		c := g.newCause(Cause{End: EndCircle, Problem: p})
		for _, id := range p.Tasks {
			if t, ok := g.s.taskIndex(id); ok {
				c.add(g, t)
			}
		}
	}
	n := int(g.firstC) + len(g.causes)
	next := newAdjacency(n, g.edges)
	of := make([]int32, n) // the circle that a node is in, from 1
	found := components(n, func(int32) bool { return true }, next.of)
	for i, nodes := range found {
		for _, node := range nodes {
			of[node] = int32(i) + 1
		}
	}
	for i, nodes := range found {
		out := slices.ContainsFunc(nodes, func(node int32) bool {
			return slices.ContainsFunc(next.of(node), func(to int32) bool { return of[to] != int32(i)+1 })
		})
		if out {
			continue
		}
		c := g.newCause(Cause{End: EndCircle})
		slices.Sort(nodes)
		for _, node := range nodes {
			if node < g.firstG {
				t := g.s.Tasks[node]
				if p := g.explain[t.ID]; p != nil && c.Problem == nil {
					c.Problem = p
				}
				c.add(g, node)
			}
		}
	}
	g.back = newAdjacency(int(g.firstC)+len(g.causes), backwards(g.edges))
}

// pick chooses the causes that are followed: what problems explain before the
// others, and of these the largest.
func (g *causeGraph) pick() {
	g.picked = slices.Clone(g.causes)
	if len(g.picked) <= maxCauses {
		return
	}
	slices.SortStableFunc(g.picked, func(a, b *cause) int {
		return cmp.Or(-compareBool(a.Problem != nil, b.Problem != nil), cmp.Compare(len(b.Tasks), len(a.Tasks)))
	})
	g.picked = g.picked[:maxCauses]
}
