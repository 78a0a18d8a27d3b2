package render

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// Mermaid writes the wait graph as a Mermaid flowchart, as GitHub, GitLab and
// many editors draw it within Markdown. It shows what [DOT] does.
func Mermaid(w io.Writer, s *graph.Snapshot, o Options) error {
	p := newPicture(newView(w, s, o))
	p.line(`flowchart LR`)
	for i, v := range p.Vertices {
		if v.Group == nil {
			continue
		}
		p.line(`  subgraph s%d[%s]`, i, mermaidLabel([]string{groupName(v.Group) + p.members(v.Group)}))
		p.line(`    n%d[[%s]]`, i, mermaidLabel(p.label(v)))
		p.vertices(v.Group.ID, func(i int, v graph.Vertex) { p.mermaidVertex("    ", i, v) })
		p.line(`  end`)
	}
	p.vertices(0, func(i int, v graph.Vertex) { p.mermaidVertex("  ", i, v) })
	for _, e := range p.Edges {
		arrow := "-.->"
		if e.Evidence.Confidence == graph.Proven {
			arrow = "-->"
		}
		p.line(`  n%d %s|%s| n%d`, e.From, arrow, mermaidLabel([]string{p.edge(e)}), e.To)
	}
	if words := p.hidden(); words != "" {
		p.line(`  more>%s]`, mermaidLabel([]string{words}))
	}
	p.line(`  classDef error stroke:#d00,stroke-width:3px`)
	p.line(`  classDef warning stroke:#e80,stroke-width:3px`)
	return p.end()
}

func (p *picture) mermaidVertex(indent string, i int, v graph.Vertex) {
	open, shut, class := "(", ")", ""
	switch {
	case v.Resource != nil:
		open, shut = "([", "])"
	case v.Severity == graph.Error:
		class = ":::error"
	case v.Severity == graph.Warning:
		class = ":::warning"
	}
	p.line(`%sn%d%s%s%s%s`, indent, i, open, mermaidLabel(p.label(v)), shut, class)
}

// mermaidLabel quotes lines of text: https://mermaid.js.org/syntax/flowchart.html.
// All that could mean something to Mermaid, to the Markdown within its labels or to
// a browser is written as the number of the character.
func mermaidLabel(lines []string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, s := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range safe(s, false) {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,:/()+=", r) || r > unicode.MaxLatin1 {
				b.WriteRune(r)
			} else {
				fmt.Fprintf(&b, "#%d;", r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
