package render

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever the graph is, no two boxes overlap, none stands outside of the
// picture, and without cycles every arc leads to the right.
func TestLayered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 25).Draw(t, "boxes")
		acyclic := rapid.Bool().Draw(t, "acyclic")
		boxes := make([]box, n)
		for i := range boxes {
			boxes[i] = box{w: rapid.IntRange(1, 400).Draw(t, "w"), h: rapid.IntRange(1, 90).Draw(t, "h")}
		}
		var arcs []arc
		for range rapid.IntRange(0, 2*n).Draw(t, "arcs") {
			a := arc{rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")}
			if acyclic && a.from >= a.to {
				continue
			}
			arcs = append(arcs, a)
		}
		width, height := layered(boxes, arcs)
		for i, a := range boxes {
			if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
				t.Fatalf("box %d at %+v is outside of %d by %d", i, a, width, height)
			}
			for j, b := range boxes[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Fatalf("boxes %d and %d overlap: %+v %+v", j, i, b, a)
				}
			}
		}
		for _, a := range arcs {
			if acyclic && boxes[a.from].x+boxes[a.from].w >= boxes[a.to].x {
				t.Fatalf("an arc leads from %+v to %+v", boxes[a.from], boxes[a.to])
			}
		}
	})
}
