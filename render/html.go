package render

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/dlv-async/dlv-async/walker/graph"
)

var (
	//go:embed page.html.tmpl
	htmlText string
	//go:embed page.css
	htmlCSS string
	//go:embed page.js
	htmlJS string

	htmlPage = template.Must(template.New("page").Parse(htmlText))
)

// mostChain bounds the chain of waits that is shown of one box.
const mostChain = 500

// htmlDetail is what is shown of a box that was picked.
type htmlDetail struct {
	ID   int
	Text string
}

// HTML writes the wait graph as one page that needs nothing else: the image of
// [SVG], to be moved, zoomed and searched, beside it the report or what is known
// of what was picked. Its policy lets it load nothing and run its own script alone.
func HTML(w io.Writer, s *graph.Snapshot, o Options) error {
	const columns = 80 // of the text beside the image
	o.Color, o.ASCII, o.Width = false, false, columns
	p := newPicture(newView(io.Discard, s, o))
	var svg bytes.Buffer
	if err := figure.Execute(&svg, p.drawing()); err != nil {
		return err
	}
	report, err := printed(Report, s, o)
	if err != nil {
		return err
	}
	var details []htmlDetail
	for i, v := range p.Vertices {
		text, err := p.detail(v)
		if err != nil {
			return err
		}
		details = append(details, htmlDetail{i, text})
	}
	title := processName(s.Process)
	if s.Process.PID != 0 {
		title += " pid " + plainNumber(s.Process.PID)
	}
	return htmlPage.Execute(w, map[string]any{
		"Title": safe(title, false), "Report": report, "Details": details,
		"Figure": template.HTML(svg.String()), // made by a template of html/template
		"Style":  template.CSS(htmlCSS), "StyleHash": hashSource(htmlCSS), "FigureHash": hashSource(figureCSS),
		"Script": template.JS(htmlJS), "ScriptHash": hashSource(htmlJS),
	})
}

// printed is what a view prints.
func printed(view func(io.Writer, *graph.Snapshot, Options) error, s *graph.Snapshot, o Options) (string, error) {
	var b bytes.Buffer
	err := view(&b, s, o)
	return b.String(), err
}

// detail is the text on what a vertex stands for.
func (p *picture) detail(v graph.Vertex) (string, error) {
	var b bytes.Buffer
	own := newView(&b, p.s, p.o)
	own.o.Limit = mostRows
	switch {
	case v.Group != nil:
		own.group([]*graph.Group{v.Group})
	case v.Resource != nil:
		own.resource([]*graph.Resource{v.Resource})
		own.resourceTasks([]*graph.Resource{v.Resource}, map[graph.ResourceID][]graph.TaskID{v.Resource.ID: own.waitersOf(v.Resource)})
	default:
		if len(v.Tasks) > 1 {
			own.wrap(own.text(), own.text(), own.say(strong, count(len(v.Tasks), "task")+" such as this").add(normal, ": "+own.ids(v.Tasks, 20)))
			own.blank()
		}
		if err := own.end(); err != nil {
			return "", err
		}
		o := own.o
		o.Task = v.Task.ID
		why := func(w io.Writer, s *graph.Snapshot, o Options) error { return whyOf(w, s, o, mostChain) }
		for _, view := range []func(io.Writer, *graph.Snapshot, Options) error{Where, why} {
			text, err := printed(view, p.s, o)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "%s\n", text)
		}
		return b.String(), nil
	}
	err := own.end()
	return b.String(), err
}

// hashSource names a script or style of the page in its policy:
// https://www.w3.org/TR/CSP3/#grammardef-hash-source.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
