package render

import "github.com/dlv-async/dlv-async/walker/graph"

// candidate is a node that could be drawn next: its parent is.
type candidate struct {
	node, parent *graph.Node
	depth, rank  int
	weight       int // tasks in it and below
	order        int // among all
}

// queue is a heap of candidates ([container/heap]), the one to draw first on top.
type queue []candidate

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	switch {
	case a.rank != b.rank:
		return a.rank < b.rank
	case a.weight != b.weight:
		return a.weight > b.weight
	}
	return a.order < b.order
}

func (q *queue) Push(x any) { *q = append(*q, x.(candidate)) }

func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
