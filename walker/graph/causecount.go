package graph

import (
	"math/bits"
	"slices"
)

// reach marks every node with the bits of those that it leads to. It takes 64
// starts at a time, and visits each node and edge a few times at most where
// most of what leads to one leads to many.
func (g *causeGraph) reach(starts []int32) []uint64 {
	marks := make([]uint64, int(g.firstC)+len(g.causes))
	for i, node := range starts {
		marks[node] |= 1 << (i % 64)
	}
	queue, queued := slices.Clone(starts), make([]bool, len(marks))
	for len(queue) > 0 {
		var next []int32
		for _, node := range queue {
			queued[node] = false
			mark := marks[node]
			for _, from := range g.back.of(node) {
				if marks[from]|mark != marks[from] {
					marks[from] |= mark
					if !queued[from] {
						queued[from] = true
						next = append(next, from)
					}
				}
			}
		}
		queue = next
	}
	return marks
}

// count says of the causes that are followed how many of the counted tasks
// hang on each.
func (g *causeGraph) count(counted []bool) {
	for batch := range slices.Chunk(g.picked, 64) {
		starts := make([]int32, len(batch))
		for i, c := range batch {
			starts[i] = c.node
		}
		for i, mark := range g.reach(starts)[:g.firstG] {
			if !counted[i] {
				continue
			}
			for ; mark != 0; mark &= mark - 1 {
				batch[bits.TrailingZeros64(mark)].Waiting++
			}
		}
	}
	for _, c := range g.picked {
		c.Behind = c.Waiting
		for _, i := range c.ends {
			if counted[i] {
				c.Behind--
			}
		}
	}
}

// stuck counts the tasks that hang on an error, by edges backwards.
func (g *causeGraph) stuck(counted []bool, back adjacency, is func(*cause) bool) int {
	marks := make([]bool, int(g.firstC)+len(g.causes))
	var next []int32
	for _, c := range g.causes {
		if c.IsError() && is(c) {
			marks[c.node] = true
			next = append(next, c.node)
		}
	}
	n := 0
	for len(next) > 0 {
		node := next[len(next)-1]
		next = next[:len(next)-1]
		for _, from := range back.of(node) {
			if marks[from] {
				continue
			}
			marks[from] = true
			next = append(next, from)
			if from < g.firstG && counted[from] {
				n++
			}
		}
	}
	return n
}
