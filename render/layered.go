package render

import (
	"cmp"
	"math"
	"slices"
)

// box is a rectangle to be placed; its size is given, its place is found.
type box struct{ x, y, w, h int }

// arc leads from one box to another, by their index.
type arc struct{ from, to int }

const (
	layerGap = 90 // between two layers
	boxGap   = 18 // between two boxes of one layer
	sweeps   = 6  // how often the order within the layers is bettered
)

// layered places boxes in layers from left to right, so that arcs lead to the
// right where there is no cycle, and boxes stand near those that arcs tie them
// to. Boxes without an arc stand below, in rows as wide as the rest. It returns
// the size of all.
//
// It is the method of Sugiyama, Tagawa and Toda ("Methods for visual
// understanding of hierarchical system structures", 1981), without bends.
func layered(boxes []box, arcs []arc) (width, height int) {
	out, in := make([][]int, len(boxes)), make([][]int, len(boxes))
	for _, a := range arcs {
		if a.from != a.to {
			out[a.from] = append(out[a.from], a.to)
			in[a.to] = append(in[a.to], a.from)
		}
	}
	var layers [][]int
	var alone []int
	for i, layer := range ranks(out) {
		if len(out[i])+len(in[i]) == 0 {
			alone = append(alone, i)
			continue
		}
		for len(layers) <= layer {
			layers = append(layers, nil)
		}
		layers[layer] = append(layers[layer], i)
	}
	x := 0
	for _, layer := range layers {
		widest, y := 0, 0
		for _, i := range layer {
			boxes[i].x, boxes[i].y = x, y
			y += boxes[i].h + boxGap
			widest = max(widest, boxes[i].w)
		}
		x += widest + layerGap
	}
	for range sweeps {
		for _, layer := range layers {
			settle(boxes, layer, in, out)
		}
		for _, layer := range slices.Backward(layers) {
			settle(boxes, layer, in, out)
		}
	}
	top := math.MaxInt
	for _, layer := range layers {
		for _, i := range layer {
			top = min(top, boxes[i].y)
		}
	}
	for _, layer := range layers {
		for _, i := range layer {
			boxes[i].y -= top
			width, height = max(width, boxes[i].x+boxes[i].w), max(height, boxes[i].y+boxes[i].h)
		}
	}
	return rows(boxes, alone, width, height)
}

// ranks returns the layer of each node: behind all that lead to it, but for
// what closes a cycle.
func ranks(out [][]int) []int {
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(out))
	var order []int // each node behind all that it leads to
	type call struct{ node, next int }
	back := map[arc]bool{}
	for root := range out {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		for calls := []call{{root, 0}}; len(calls) > 0; {
			c := &calls[len(calls)-1]
			if c.next == len(out[c.node]) {
				state[c.node] = done
				order = append(order, c.node)
				calls = calls[:len(calls)-1]
				continue
			}
			to := out[c.node][c.next]
			c.next++
			switch state[to] {
			case open:
				back[arc{c.node, to}] = true
			case unseen:
				state[to] = open
				calls = append(calls, call{to, 0})
			}
		}
	}
	rank := make([]int, len(out))
	for _, i := range slices.Backward(order) {
		for _, to := range out[i] {
			if !back[arc{i, to}] {
				rank[to] = max(rank[to], rank[i]+1)
			}
		}
	}
	return rank
}

// settle moves the boxes of one layer to where those that they are tied to
// stand, in that order, and apart from each other.
func settle(boxes []box, layer []int, in, out [][]int) {
	wish := make(map[int]int, len(layer))
	for _, i := range layer {
		sum, n := 0, 0
		for _, ties := range [][]int{in[i], out[i]} {
			for _, j := range ties {
				sum += boxes[j].y + boxes[j].h/2
				n++
			}
		}
		wish[i] = sum/max(n, 1) - boxes[i].h/2
	}
	slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(wish[a], wish[b]) })
	total, wished := 0, 0
	for _, i := range layer {
		total += boxes[i].h + boxGap
		wished += wish[i] + boxes[i].h/2
	}
	y := wished/len(layer) - total/2 // the whole around the middle of the wishes
	for n, i := range layer {
		if n == 0 || wish[i] > y {
			y = max(y, min(wish[i], y+layerGap))
		}
		boxes[i].y = y
		y += boxes[i].h + boxGap
	}
}

// rows places boxes below all others.
func rows(boxes []box, alone []int, width, height int) (int, int) {
	const least = 1200
	most := max(width, least)
	x, y, tallest := 0, height, 0
	if height > 0 && len(alone) > 0 {
		y += 2 * boxGap
	}
	for _, i := range alone {
		if x > 0 && x+boxes[i].w > most {
			x, y, tallest = 0, y+tallest+boxGap, 0
		}
		boxes[i].x, boxes[i].y = x, y
		x += boxes[i].w + boxGap
		tallest = max(tallest, boxes[i].h)
		width, height = max(width, boxes[i].x+boxes[i].w), max(height, boxes[i].y+boxes[i].h)
	}
	return width, height
}
