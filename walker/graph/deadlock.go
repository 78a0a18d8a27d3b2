package graph

import (
	"fmt"
	"slices"
)

// findDeadlocks adds a problem for every cycle of tasks none of which can go
// on before another of them does.
//
// First it finds which tasks may go on: those that do not wait, those that wait
// for what something unknown may end, and, from these backwards, those whose
// waits they can end. No task of the rest can ever go on, as far as is known.
// Each of the rest waits for another of the rest, so there is a cycle: the
// strongly connected components are the deadlocks, and what leads to them
// queues behind.
func findDeadlocks(s *Snapshot, index *taskIndex) {
	if s.Filtered {
		return // found when it was whole
	}
	c := newConditions(s, index, false)
	cycles, edges := c.cycles()
	defer findOwed(s, index)
	if len(cycles) == 0 {
		return
	}
	// A cycle is proven when it is one too with the guessed edges left out: also
	// those through which it might be left, were they not blocked as well.
	proven := map[string]bool{}
	sure := newConditions(s, index, true)
	certain, _ := sure.cycles()
	for _, cycle := range certain {
		proven[taskKey(sure.tasksOf(cycle))] = true
	}
	told := map[string]bool{} // by the file that the snapshot was read from
	for _, p := range s.Problems {
		if p.isDeadlock() {
			told[taskKey(p.Tasks)] = true
		}
	}
	queued := c.queued(cycles, edges)
	for i, cycle := range cycles {
		tasks := c.tasksOf(cycle)
		key := taskKey(tasks)
		if !told[key] {
			s.Problems = append(s.Problems, newDeadlock(c, tasks, queued[i], proven[key]))
		}
	}
}

// findOwed adds a problem for every cycle that closes where something is out of
// reach of all tasks that can run, and one that is stuck itself gets at it, unless
// one of its tasks is in a deadlock without that.
func findOwed(s *Snapshot, index *taskIndex) {
	s.relations.owed = map[ResourceID]bool{}
	for _, r := range s.Resources {
		if r.outOfReach() && len(s.Reached(r)) > 0 {
			s.relations.owed[r.ID] = true
		}
	}
	if len(s.relations.owed) == 0 {
		return
	}
	told, keys := map[TaskID]bool{}, map[string]bool{}
	for _, p := range s.Problems {
		if p.isDeadlock() {
			keys[taskKey(p.Tasks)] = true
			for _, id := range p.Tasks {
				told[id] = true
			}
		}
	}
	c := newConditions(s, index, false)
	cycles, edges := c.cycles()
	queued := c.queued(cycles, edges)
	owed := map[ResourceID]bool{}
	for i, cycle := range cycles {
		tasks := c.tasksOf(cycle)
		known := keys[taskKey(tasks)] // as the file says that the snapshot was read from
		if !known && slices.ContainsFunc(tasks, func(id TaskID) bool { return told[id] }) {
			continue
		}
		p := newDeadlock(c, tasks, queued[i], false)
		said := false
		for _, id := range p.Resources {
			owed[id] = s.relations.owed[id]
			if r := s.Resource(id); owed[id] && !said {
				said = true
				p.Message += fmt.Sprintf("; of all that are stuck only %s gets at %s", nameHolders(s.Reached(r)), title(r.Kind, r.Address))
			}
		}
		if !known {
			s.Problems = append(s.Problems, p)
		}
	}
	s.relations.owed = owed
}

// nameHolders lists the first few of several tasks and counts the rest.
func nameHolders(holders []Holder) string {
	ids := make([]TaskID, len(holders))
	for i, h := range holders {
		ids[i] = h.Task
	}
	if len(ids) == 1 {
		return string(ids[0])
	}
	return nameTasks(ids)
}

// cycles returns the cycles among the nodes that can never go on, and the edges
// between those.
func (c *conditions) cycles() ([][]int32, []edge) {
	if len(c.edges) == 0 {
		return nil, nil
	}
	doomed := c.doomed()
	edges := keep(c.edges, func(e edge) bool { return doomed[e.from] && doomed[e.to] })
	next := newAdjacency(len(c.need), edges)
	return components(len(c.need), func(v int32) bool { return doomed[v] }, next.of), edges
}

// tasksOf returns those of the nodes that are tasks, in order.
func (c *conditions) tasksOf(nodes []int32) []TaskID {
	var tasks []int32
	for _, n := range nodes {
		if n < c.firstG {
			tasks = append(tasks, n)
		}
	}
	slices.Sort(tasks)
	ids := make([]TaskID, len(tasks))
	for i, n := range tasks {
		ids[i] = c.s.Tasks[n].ID
	}
	return ids
}

// doomed tells of each node whether it can never go on.
func (c *conditions) doomed() []bool {
	waiters := newAdjacency(len(c.need), backwards(c.edges))
	need := slices.Clone(c.need)
	var next []int32
	for node, n := range need {
		if n == 0 {
			next = append(next, int32(node))
		}
	}
	for len(next) > 0 {
		node := next[len(next)-1]
		next = next[:len(next)-1]
		for _, w := range waiters.of(node) {
			if need[w]--; need[w] == 0 {
				next = append(next, w)
			}
		}
	}
	doomed := make([]bool, len(need))
	for node, n := range need {
		doomed[node] = n > 0
	}
	return doomed
}

// queued returns, for each cycle, the tasks that wait behind it and stand in
// none. One that waits behind several is named with the nearest.
func (c *conditions) queued(cycles [][]int32, edges []edge) [][]TaskID {
	waiters := newAdjacency(len(c.need), backwards(edges))
	const none = -1
	behind := make([]int32, len(c.need))
	for i := range behind {
		behind[i] = none
	}
	var next []int32
	for i, cycle := range cycles {
		for _, node := range cycle {
			behind[node] = int32(i)
			next = append(next, node)
		}
	}
	queued := make([][]TaskID, len(cycles))
	for len(next) > 0 { // breadth first: the nearest cycle comes first
		node := next[0]
		next = next[1:]
		for _, w := range waiters.of(node) {
			if behind[w] != none {
				continue
			}
			behind[w] = behind[node]
			next = append(next, w)
			if w < c.firstG {
				queued[behind[w]] = append(queued[behind[w]], c.s.Tasks[w].ID)
			}
		}
	}
	for _, ids := range queued {
		sortTaskIDs(ids)
	}
	return queued
}

func backwards(edges []edge) []edge {
	turned := make([]edge, len(edges))
	for i, e := range edges {
		turned[i] = edge{e.to, e.from}
	}
	return turned
}
