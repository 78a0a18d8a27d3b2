package graph

// components finds the strongly connected components of the graph whose nodes
// are 0..n-1 and whose edges next gives, among the nodes that in accepts. It
// returns those that hold a cycle: of several nodes, or of one with an edge to
// itself. Components come in reverse topological order: one that another leads
// to comes first.
//
// The algorithm is Tarjan's ("Depth-first search and linear graph algorithms",
// 1972), with a stack of its own: a chain may be a million tasks long.
func components(n int, in func(int32) bool, next func(int32) []int32) [][]int32 {
	const unseen = 0
	var (
		order   = make([]int32, n) // when a node was met, from 1
		low     = make([]int32, n) // the earliest node met that it leads back to
		onStack = make([]bool, n)
		stack   []int32
		clock   int32
		found   [][]int32
	)
	type call struct {
		node int32
		edge int // the next edge to follow
	}
	var calls []call
	enter := func(v int32) {
		clock++
		order[v], low[v] = clock, clock
		stack = append(stack, v)
		onStack[v] = true
		calls = append(calls, call{node: v})
	}
	for root := range int32(n) {
		if order[root] != unseen || !in(root) {
			continue
		}
		enter(root)
		for len(calls) > 0 {
			c := &calls[len(calls)-1]
			v := c.node
			if edges := next(v); c.edge < len(edges) {
				w := edges[c.edge]
				c.edge++
				switch {
				case !in(w):
				case order[w] == unseen:
					enter(w)
				case onStack[w]:
					low[v] = min(low[v], order[w])
				}
				continue
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				u := calls[len(calls)-1].node
				low[u] = min(low[u], low[v])
			}
			if low[v] != order[v] {
				continue
			}
			var component []int32
			for {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				onStack[w] = false
				component = append(component, w)
				if w == v {
					break
				}
			}
			if len(component) > 1 || hasEdge(next(v), v) {
				found = append(found, component)
			}
		}
	}
	return found
}

func hasEdge(edges []int32, to int32) bool {
	for _, e := range edges {
		if e == to {
			return true
		}
	}
	return false
}
