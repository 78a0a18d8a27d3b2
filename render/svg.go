package render

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// drawing is a picture with everything at its place, for the templates.
type drawing struct {
	Width, Height int
	Boxes         []drawnBox
	Arcs          []drawnArc
	More          string // what is not drawn
	CSS           template.CSS
}

type drawnBox struct {
	ID                  int
	X, Y, Width, Height int
	Class               string // task, group, resource; error, warning
	Lines               []drawnLine
}

type drawnLine struct {
	X, Y int
	Text string
}

type drawnArc struct {
	X1, Y1, X2, Y2, TextX, TextY int    // its ends, and where its text stands
	CX1, CY1, CX2, CY2           int    // the points that it bends towards
	Class                        string // proven, inferred
	Text                         string
}

// ViewWidth and ViewHeight are the size with the margins.
func (d drawing) ViewWidth() int  { return d.Width + 40 }
func (d drawing) ViewHeight() int { return d.Height + 40 }

// Of the text, in pixels: that of the font that figure.css names.
const (
	columnTenths = 74 // of one column
	lineHeight   = 15
	inset        = 8
)

//go:embed figure.css
var figureCSS string

//go:embed figure.svg.tmpl
var figureText string

// figure is the template of an SVG image; the contexts of html/template see to it
// that nothing in it is more than text.
var figure = template.Must(template.New("figure").Parse(figureText))

// SVG writes the wait graph as an image of its own: it shows what [DOT] does,
// with groups as boxes from which dotted lines lead to their members.
func SVG(w io.Writer, s *graph.Snapshot, o Options) error {
	d := newPicture(newView(w, s, o)).drawing()
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
		return err
	}
	return figure.Execute(w, d)
}

// drawing places the picture's vertices and edges.
func (p *picture) drawing() drawing {
	d := drawing{More: p.hidden(), CSS: template.CSS(figureCSS)}
	edges := p.Edges
	for i, v := range p.Vertices {
		if v.Group != nil {
			p.vertices(v.Group.ID, func(member int, _ graph.Vertex) {
				edges = append(edges, graph.Edge{From: i, To: member, Kind: graph.EdgeMember, Evidence: v.Group.Evidence})
			})
		}
	}
	boxes, arcs := make([]box, len(p.Vertices)), make([]arc, len(edges))
	labels := make([][]string, len(p.Vertices))
	for i, v := range p.Vertices {
		labels[i] = p.label(v)
		boxes[i] = box{w: 2 * inset, h: 2*inset + lineHeight*len(labels[i])}
		for _, line := range labels[i] {
			boxes[i].w = max(boxes[i].w, 2*inset+columnTenths*columns(line)/10)
		}
	}
	for i, e := range edges {
		arcs[i] = arc{e.From, e.To}
	}
	d.Width, d.Height = layered(boxes, arcs)
	for i, v := range p.Vertices {
		b := drawnBox{ID: i, X: boxes[i].x, Y: boxes[i].y, Width: boxes[i].w, Height: boxes[i].h, Class: classOf(v)}
		for n, line := range labels[i] {
			b.Lines = append(b.Lines, drawnLine{b.X + inset, b.Y + inset + lineHeight*(n+1) - 4, line})
		}
		d.Boxes = append(d.Boxes, b)
	}
	for _, e := range edges {
		d.Arcs = append(d.Arcs, p.arc(e, boxes[e.From], boxes[e.To]))
	}
	return d
}

// arc leads from the right side of one box to the left side of another.
func (p *picture) arc(e graph.Edge, from, to box) drawnArc {
	a := drawnArc{
		X1: from.x + from.w, Y1: from.y + from.h/2, X2: to.x, Y2: to.y + to.h/2,
		Class: "inferred", Text: p.edge(e),
	}
	if e.Evidence.Confidence == graph.Proven {
		a.Class = "proven"
	}
	if e.Kind == graph.EdgeMember {
		a.Class += " member"
		a.Text = ""
	}
	bend := max((a.X2-a.X1)/2, layerGap/2)
	a.CX1, a.CY1, a.CX2, a.CY2 = a.X1+bend, a.Y1, a.X2-bend, a.Y2
	a.TextX, a.TextY = (a.X1+a.X2)/2, (a.Y1+a.Y2)/2-3
	if a.X2 <= a.X1 { // back, around below
		a.CY1, a.CY2 = max(a.Y1, a.Y2)+layerGap, max(a.Y1, a.Y2)+layerGap
		a.TextY = (a.Y1+a.Y2)/8 + (a.CY1+a.CY2)*3/8 - 3
	}
	return a
}

func classOf(v graph.Vertex) string {
	switch {
	case v.Group != nil:
		return "group"
	case v.Resource != nil:
		return "resource"
	case v.Severity == graph.Error:
		return "task error"
	case v.Severity == graph.Warning:
		return "task warning"
	}
	return "task"
}
