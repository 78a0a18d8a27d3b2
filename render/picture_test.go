package render_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// What each line of a picture may be: whatever a target says stays within the
// quotes of a label, and there it means nothing.
var (
	dotText     = `"(?:[^"\\\n]|\\\\|\\"|\\n)*"`
	dotGrammar  = regexp.MustCompile(`^ *(?:digraph "dlv-async" \{|\}|rankdir=LR; fontname="monospace"; fontsize=10;|(?:node|edge) \[[\w=, "]*\];|subgraph cluster_\d+ \{|label=` + dotText + `; style=(?:solid|dashed);|(?:n\d+|more|n\d+ -> n\d+) \[label=` + dotText + `[\w=, "]*\];)$`)
	mermaidText = `"(?:[\pL\pN .,:/()+=]|[^\x00-\xff]|#\d+;|<br/>)*"`
	mermaid     = regexp.MustCompile(`^ *(?:flowchart LR|subgraph s\d+\[` + mermaidText + `\]|end|n\d+(?:\(|\(\[|\[\[)` + mermaidText + `(?:\)|\]\)|\]\])(?::::\w+)?|more>` + mermaidText + `\]|n\d+ -\.?-> ?\|` + mermaidText + `\| n\d+|n\d+ -->\|` + mermaidText + `\| n\d+|classDef \w+ [\w:#,-]+)$`)
)

// evilForPictures are strings that mean something to DOT, Mermaid, Markdown or HTML.
var evilForPictures = append([]string{
	`\`, `"`, `\"`, `"]; evil [label="`, "\\N\\G\\l", `<b onclick="alert(1)">`, "]]\nclick n1 href \"javascript:alert(1)\"",
	"`code` **bold** 1. list", "%%{init: {}}%%", "&quot;&#34;#quot;#34;", "end", ";--> n0", "</script>", "$$x^2$$",
}, hostile...)

func TestPicturesAreQuoted(t *testing.T) {
	for _, sample := range smallSamples() {
		for _, evil := range evilForPictures {
			s := sample.build()
			poison(s, evil)
			for _, o := range []render.Options{{Now: now}, {Now: now, System: true, Full: true, ASCII: true}, {Now: now, Limit: 1}} {
				for _, picture := range []struct {
					name    string
					draw    view
					grammar *regexp.Regexp
				}{{"DOT", render.DOT, dotGrammar}, {"Mermaid", render.Mermaid, mermaid}} {
					for line := range strings.Lines(text(t, picture.draw, s, o)) {
						if line = strings.TrimSuffix(line, "\n"); !picture.grammar.MatchString(line) {
							t.Fatalf("%s, with %q in sample %s: %s", picture.name, evil, sample.name, line)
						}
					}
				}
			}
		}
	}
}

// markup is every element that the images and pages may have, with the
// attributes that stand at it.
var markup = map[string]string{
	"html": "lang xmlns", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "script": "",
	"body": "", "header": "", "h1": "", "input": "id type placeholder", "span": "id", "button": "id type", "main": "",
	"div": "id", "aside": "id", "pre": "id hidden",
	"svg": "xmlns class id viewBox width height", "defs": "", "g": "class id", "path": "d marker-end",
	"marker": "id viewBox refX refY markerWidth markerHeight orient", "polygon": "points fill",
	"rect": "x y width height rx", "text": "x y",
}

// TestNothingFromTheTargetIsMarkup reads images and pages of hostile targets
// as strict XML: their elements and attributes are the program's own, and so
// are the scripts and styles, which the page's policy names.
func TestNothingFromTheTargetIsMarkup(t *testing.T) {
	for _, sample := range smallSamples() {
		for _, evil := range evilForPictures {
			s := sample.build()
			poison(s, evil)
			for name, draw := range map[string]view{"SVG": render.SVG, "HTML": render.HTML} {
				checkMarkup(t, fmt.Sprintf("%s with %q in sample %s", name, evil, sample.name), text(t, draw, s, render.Options{Now: now, System: true}))
			}
		}
	}
}

func checkMarkup(t *testing.T, name, page string) {
	t.Helper()
	policy, inside := "", ""
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s is not well formed: %v", name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local
			attributes, known := markup[inside]
			if !known {
				t.Fatalf("%s has an element %s", name, inside)
			}
			for _, a := range token.Attr {
				if !slices.Contains(strings.Fields(attributes), a.Name.Local) {
					t.Fatalf("%s has %s=%q at an element %s", name, a.Name.Local, a.Value, inside)
				}
				if a.Name.Local == "content" && strings.HasPrefix(a.Value, "default-src 'none'") {
					policy = a.Value
				}
			}
		case xml.CharData:
			if page[1] == '!' && (inside == "script" || inside == "style") && len(strings.TrimSpace(string(token))) > 0 {
				sum := sha256.Sum256(token)
				if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, hash) {
					t.Fatalf("%s has a %s that its policy %q does not name", name, inside, policy)
				}
			}
		case xml.EndElement:
			inside = ""
		}
	}
}

// A picture is as large as there is room for, and says what has none.
func TestPicturesAreBounded(t *testing.T) {
	s := stuckWith(3_000, 0)
	for _, task := range s.Tasks { // no two of them alike
		if len(task.Frames) > 1 {
			f := *task.Frames[1]
			f.Func += string(task.ID)
			task.Frames = []*graph.Frame{&f}
		}
	}
	for _, draw := range []view{render.DOT, render.Mermaid} {
		out := text(t, draw, s, render.Options{Limit: 20, Now: now})
		if n := strings.Count(out, "\n"); n > 100 || !strings.Contains(out, "more tasks not drawn") {
			t.Errorf("%d lines, and what is cut is not said:\n%s", n, out)
		}
	}
}
