package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// DOT writes the wait graph for Graphviz: tasks that are alike as one box,
// groups as frames around their members, resources as ellipses; what was
// inferred dashed, tasks that a problem names coloured.
func DOT(w io.Writer, s *graph.Snapshot, o Options) error {
	p := newPicture(newView(w, s, o))
	p.line(`digraph "dlv-async" {`)
	p.line(`  rankdir=LR; fontname="monospace"; fontsize=10;`)
	p.line(`  node [shape=box, style=rounded, fontname="monospace", fontsize=10];`)
	p.line(`  edge [fontname="monospace", fontsize=9];`)
	for i, v := range p.Vertices {
		if v.Group == nil {
			continue
		}
		p.line(`  subgraph cluster_%d {`, i)
		p.line(`    label=%s; style=%s;`, dotString(groupName(v.Group)+p.members(v.Group)), dotLine(v.Group.Evidence))
		p.line(`    n%d [label=%s, shape=box, style=filled, fillcolor=lightgrey];`, i, dotLabel(p.label(v)))
		p.vertices(v.Group.ID, func(i int, v graph.Vertex) { p.dotVertex("    ", i, v) })
		p.line(`  }`)
	}
	p.vertices(0, func(i int, v graph.Vertex) { p.dotVertex("  ", i, v) })
	for _, e := range p.Edges {
		p.line(`  n%d -> n%d [label=%s, style=%s];`, e.From, e.To, dotString(p.edge(e)), dotLine(e.Evidence))
	}
	if words := p.hidden(); words != "" {
		p.line(`  more [label=%s, shape=note, style=""];`, dotString(words))
	}
	p.line(`}`)
	return p.end()
}

// line writes a line whose values are quoted already.
func (p *page) line(format string, values ...any) {
	fmt.Fprintf(p.out, format+"\n", values...)
	p.lines++
}

func (p *picture) dotVertex(indent string, i int, v graph.Vertex) {
	more := ""
	switch {
	case v.Resource != nil:
		more = `, shape=ellipse, style=""`
	case v.Severity == graph.Error:
		more = `, color=red, fontcolor=red, penwidth=2`
	case v.Severity == graph.Warning:
		more = `, color=darkorange, penwidth=2`
	}
	p.line(`%sn%d [label=%s%s];`, indent, i, dotLabel(p.label(v)), more)
}

// dotLine is solid for what is proven, dashed for what is not.
func dotLine(e graph.Evidence) string {
	if e.Confidence == graph.Proven {
		return "solid"
	}
	return "dashed"
}

// dotString quotes text for DOT: https://graphviz.org/doc/info/lang.html. A
// backslash would begin an escape of labels, and is doubled.
func dotString(s string) string { return dotLabel([]string{s}) }

func dotLabel(lines []string) string {
	quoted := make([]string, len(lines))
	for i, s := range lines {
		quoted[i] = dotEscapes.Replace(safe(s, false))
	}
	return `"` + strings.Join(quoted, `\n`) + `"`
}

var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
