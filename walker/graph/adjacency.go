package graph

// edge leads from one numbered thing to another.
type edge struct{ from, to int32 }

// adjacency lists, for each of n things, those that edges lead to, in the order
// of the edges. It takes eight bytes a thing or edge, and none where there are
// no edges.
type adjacency struct {
	start []int32 // of thing i: to[start[i]:start[i+1]]
	to    []int32
}

func newAdjacency(n int, edges []edge) adjacency {
	if len(edges) == 0 {
		return adjacency{}
	}
	// First start[i+2] counts the edges of i, then start[i+1] is where the next
	// of them goes; at the end that is where they end.
	start := make([]int32, n+2)
	for _, e := range edges {
		start[e.from+2]++
	}
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	to := make([]int32, len(edges))
	for _, e := range edges {
		to[start[e.from+1]] = e.to
		start[e.from+1]++
	}
	return adjacency{start[:n+1], to}
}

// of returns what edges from i lead to.
func (a adjacency) of(i int32) []int32 {
	if i < 0 || int(i)+1 >= len(a.start) {
		return nil
	}
	return a.to[a.start[i]:a.start[i+1]]
}

// withoutRepeats drops, in place, repetitions that stand side by side.
func (a adjacency) withoutRepeats() adjacency {
	kept := int32(0)
	for i := range len(a.start) - 1 {
		from, to := a.start[i], a.start[i+1]
		a.start[i] = kept
		for j := from; j < to; j++ {
			if kept == a.start[i] || a.to[j] != a.to[kept-1] {
				a.to[kept] = a.to[j]
				kept++
			}
		}
	}
	if len(a.start) > 0 {
		a.start[len(a.start)-1] = kept
		a.to = a.to[:kept]
	}
	return a
}
