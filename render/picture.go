package render

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// mostLine is how many columns a line of a label has.
const mostLine = 60

// picture is the wait graph with its words: what [DOT] and [Mermaid] write in
// their languages.
type picture struct {
	*view
	graph.Picture
}

func newPicture(v *view) *picture {
	v.terse = true
	return &picture{v, v.s.Picture(graph.PictureOptions{System: v.o.System, Limit: v.o.Limit})}
}

// vertices visits the vertices that stand in a group, or, of 0, in none.
func (p *picture) vertices(in graph.GroupID, visit func(i int, v graph.Vertex)) {
	for i, v := range p.Vertices {
		if v.Group == nil && v.In == in {
			visit(i, v)
		}
	}
}

// label is what stands in a vertex, a line each, safe to show anywhere but
// not yet quoted for any language.
func (p *picture) label(v graph.Vertex) []string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, shorten(safe(s, p.ascii), mostLine, p.ellipsis))
		}
	}
	switch {
	case v.Task != nil:
		if len(v.Tasks) > 1 {
			add(p.times(len(v.Tasks)) + "  (" + p.ids(v.Tasks, 3) + ")")
		} else {
			add(joined(string(v.Task.ID), p.ownName(v.Task)))
		}
		if f := placeOf(v.Task).frame; f != nil {
			add(joined(p.function(f), location(f)))
		}
		add(p.doingAll(v.Tasks).core)
	case v.Group != nil:
		add(groupName(v.Group))
		add(left(v.Group))
	case v.Resource != nil:
		add(thing(v.Resource))
		var facts []string
		for _, a := range v.Resource.Detail {
			facts = append(facts, fact(a))
		}
		add(strings.Join(facts, ", "))
	}
	return lines
}

// members is how a group's members are known, where that is a guess.
func (p *picture) members(g *graph.Group) string {
	return suffix(" (members ", p.known(g.Evidence), ")")
}

// edge is what stands at an edge.
func (p *picture) edge(e graph.Edge) string {
	switch e.Kind {
	case graph.EdgeHolder:
		if isLock(p.Vertices[e.From].Resource.Kind) {
			return "held by"
		}
		return "could be served by"
	case graph.EdgeMember:
		return "member"
	}
	return safe(string(e.Wait), p.ascii)
}

// hidden says how many tasks are not drawn; "" when all are.
func (p *picture) hidden() string {
	if p.Hidden == 0 {
		return ""
	}
	return count(p.Hidden, "more task") + " not drawn (--limit)"
}
