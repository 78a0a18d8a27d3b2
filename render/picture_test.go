package render_test

import (
	"regexp"
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
