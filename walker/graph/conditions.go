package graph

import "strings"

// conditions say what must happen before each task can go on, as a graph of
// nodes each of which needs some of the nodes it points to. The first nodes
// are the tasks, then the groups, then the resources; a wait with branches
// adds a node of its own. A node that needs none can go on.
//
// In conditions that are sure, a guessed edge is none: what it leads to is free.
//
// With the groups and resources as nodes, a group of n members that m tasks
// wait for is n+m edges and not n times m.
type conditions struct {
	s      *Snapshot
	index  *taskIndex
	sure   bool    // proven edges alone
	need   []int32 // of node i: how many of the nodes it points to it needs
	edges  []edge
	firstG int32 // the node of group 0
	firstR int32 // the node of resource 0
}

// free is the node of a wait that something outside of the known tasks may end.
const free int32 = -1

func newConditions(s *Snapshot, index *taskIndex, sure bool) *conditions {
	tasks, groups, resources := len(s.Tasks), len(s.Groups), len(s.Resources)
	c := &conditions{
		s: s, index: index, sure: sure,
		need:   make([]int32, tasks+groups+resources),
		firstG: int32(tasks),
		firstR: int32(tasks + groups),
	}
	for i, g := range s.Groups {
		c.group(c.firstG+int32(i), g)
	}
	for i, r := range s.Resources {
		c.resource(c.firstR+int32(i), r)
	}
	for i, t := range s.Tasks {
		c.task(int32(i), t)
	}
	return c
}

// any makes node need any one of kids; some, so many of them.
func (c *conditions) any(node int32, kids []int32) { c.some(node, kids, min(1, len(kids))) }

func (c *conditions) some(node int32, kids []int32, need int) {
	if need <= 0 {
		return
	}
	for _, k := range kids {
		c.edges = append(c.edges, edge{node, k})
	}
	c.need[node] = int32(need)
}

// task: of several waits, any one may be what lets it go on.
func (c *conditions) task(node int32, t *Task) {
	if !stuck(t) {
		return
	}
	if len(t.Waits) == 1 {
		if kid := c.wait(&t.Waits[0]); kid != free {
			c.edges = append(c.edges, edge{node, kid})
			c.need[node] = 1
		}
		return
	}
	if kids := c.waits(t.Waits, true); kids != nil {
		c.any(node, kids)
	}
}

// stuck reports whether only another task, or something unknown, can make t go on.
func stuck(t *Task) bool {
	if t.Cancel != nil && t.Cancel.Pending {
		return false
	}
	if len(t.Waits) > 0 && t.Waits[0].Kind == WaitTurn {
		return true
	}
	return t.State == StateWaiting || t.State == StateBlocked
}

// group: its waiters go on when all its members have ended; when the group
// says that fewer are left than were found, when that many have.
func (c *conditions) group(node int32, g *Group) {
	if !c.counts(g.Evidence) {
		return
	}
	need := len(g.Members)
	if g.Outstanding >= 0 {
		need = min(need, g.Outstanding)
	}
	c.some(node, c.tasks(g.Members), need)
}

// resource: any holder can let it go. An rwmutex with several is read by each of
// them, and whoever waits for it waits for all: a writer, and a reader behind one.
func (c *conditions) resource(node int32, r *Resource) {
	holders := c.s.owedBy(r)
	for _, h := range holders {
		if !c.counts(h.Evidence) {
			return
		}
	}
	if endsByItself(r) || r.unknownShares() {
		return
	}
	kids := c.holders(holders)
	if r.Kind == "rwmutex" {
		c.some(node, kids, len(kids))
	} else {
		c.any(node, kids)
	}
}

// unknownShares reports that more of a resource is taken than there are holders
// known: somebody else may have a share, and let it go.
func (r *Resource) unknownShares() bool {
	for _, a := range r.Detail {
		n, ok := a.Value.(int64)
		if ok && (a.Key == "held" && n > int64(len(r.Holders)) || strings.HasPrefix(a.Key, "users_not_found") && n > 0) {
			return true
		}
	}
	return false
}

// counts reports whether an edge that is known so is one here.
func (c *conditions) counts(e Evidence) bool { return e.Confidence == Proven || !c.sure }

// endsByItself reports whether a deadline wakes those who wait on r.
func endsByItself(r *Resource) bool {
	for _, a := range r.Detail {
		if a.Key == "deadline_in_ms" || a.Key == "due_in_ms" {
			return true
		}
	}
	return false
}

func (c *conditions) holders(holders []Holder) []int32 {
	ids := make([]TaskID, len(holders))
	for i, h := range holders {
		ids[i] = h.Task
	}
	return c.tasks(ids)
}

// tasks returns the nodes of the tasks; one that is not there is no node.
func (c *conditions) tasks(ids []TaskID) []int32 {
	var nodes []int32
	for _, id := range ids {
		if i, ok := c.index.find(id); ok {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// waits returns the nodes of the waits. Where any one of them suffices and
// one is free, there are none: the whole is free.
func (c *conditions) waits(waits []Wait, anyOne bool) []int32 {
	var nodes []int32
	for i := range waits {
		node := c.wait(&waits[i])
		if node != free {
			nodes = append(nodes, node)
		} else if anyOne {
			return nil
		}
	}
	return nodes
}

// wait returns the node that must go on before w ends, or free: also where that
// node itself needs nothing. Groups and resources were asked before.
func (c *conditions) wait(w *Wait) int32 {
	if len(w.Branches) > 0 {
		return c.branches(w)
	}
	if !c.counts(w.Evidence) {
		return free
	}
	switch w.Kind {
	case WaitSleep, WaitTimer, WaitNetwork, WaitFile, WaitSyscall, WaitStream, WaitSubprocess:
		return free
	}
	switch {
	case w.Task != "":
		if i, ok := c.index.find(w.Task); ok {
			return i
		}
	case w.Group != 0:
		if i, ok := c.s.groupIndex(w.Group); ok && c.need[c.firstG+i] > 0 {
			return c.firstG + i
		}
	case w.Resource != 0:
		if i, ok := c.s.resourceIndex(w.Resource); ok && c.need[c.firstR+i] > 0 {
			return c.firstR + i
		}
	}
	return free
}

func (c *conditions) branches(w *Wait) int32 {
	gather := w.Kind == WaitGather
	kids := c.waits(w.Branches, !gather)
	switch {
	case len(kids) == 0:
		return free
	case len(kids) == 1:
		return kids[0]
	case gather:
		return c.node(kids, len(kids))
	}
	return c.node(kids, 1)
}

func (c *conditions) node(kids []int32, need int) int32 {
	node := int32(len(c.need))
	c.need = append(c.need, 0)
	c.some(node, kids, need)
	return node
}
