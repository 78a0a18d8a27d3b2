package render

import (
	"bufio"
	"io"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// page is where a view's lines go. It is the one place that writes: lines no
// wider than the width, colours after everything else.
type page struct {
	out   *bufio.Writer
	width int
	ascii bool
	lines int // written so far
	theme theme
	glyphs
}

// view is a page with what is shown on it.
type view struct {
	page
	s     *graph.Snapshot
	o     Options
	terse bool               // says that something was inferred, and not from what
	alike map[manyTasks]said // what was worked out of many; shared by copies of the view
}

func newView(w io.Writer, s *graph.Snapshot, o Options) *view {
	v := &view{
		page: page{
			out: bufio.NewWriterSize(w, 1<<16), width: o.width(), ascii: o.ASCII,
			theme: newTheme(o.Color), glyphs: unicodeGlyphs,
		},
		s: s, o: o, alike: map[manyTasks]said{},
	}
	if o.ASCII {
		v.glyphs = asciiGlyphs
	}
	return v
}

// end flushes, and returns the first error of all the writing.
func (p *page) end() error { return p.out.Flush() }

// text starts a text.
func (p *page) text() *text { return &text{ascii: p.ascii, spans: make([]span, 0, 8)} }

// say starts a text with s.
func (p *page) say(st style, s string) *text { return p.text().add(st, s) }

// indent is a text of n spaces.
func (p *page) indent(n int) *text { return p.text().pad(n) }

// blank writes an empty line, but never at the top.
func (p *page) blank() {
	if p.lines > 0 {
		p.row()
	}
}

// row writes one line. What does not fit is cut off; callers that can be
// too wide use wrap.
func (p *page) row(texts ...*text) {
	left, spaces := p.width, 0
	for _, t := range texts {
		for _, s := range t.spans {
			if columns(s.text) > left {
				s.text = shorten(s.text, left, p.ellipsis)
			}
			left -= columns(s.text)
			words := strings.TrimRight(s.text, " ")
			if words != "" { // spaces at the end of the line are never written
				p.out.WriteString(strings.Repeat(" ", spaces))
				p.out.WriteString(p.theme[s.style].before)
				p.out.WriteString(words)
				p.out.WriteString(p.theme[s.style].after)
				spaces = 0
			}
			spaces += len(s.text) - len(words)
		}
	}
	p.out.WriteByte('\n')
	p.lines++
}

// wrap writes a body behind first, and what does not fit into one line
// behind rest on the following ones, broken between words.
func (p *page) wrap(first, rest, body *text) {
	if first.width+body.width <= p.width {
		p.row(first, body)
		return
	}
	line, prefix := p.text(), first
	for _, w := range body.words() {
		room := p.width - prefix.width
		if line.width > 0 && line.width+w.gap+w.width > room {
			p.row(prefix, line)
			line, prefix = p.text(), rest
			room = p.width - prefix.width
		}
		if line.width > 0 {
			line.pad(line.width + w.gap)
		}
		for _, s := range w.spans {
			line.add(s.style, shorten(s.text, room-line.width, p.ellipsis))
		}
	}
	if line.width > 0 {
		p.row(prefix, line)
	}
}

// pair writes head and tail on one line where both fit; otherwise the tail
// goes below the head, deeper by hang.
func (p *page) pair(first, rest *text, head, tail *text, hang int) {
	if tail.empty() {
		p.wrap(first, p.text().join(rest).pad(rest.width+hang), head)
		return
	}
	if first.width+head.width+2+tail.width <= p.width {
		p.row(first, head.pad(head.width+2), tail)
		return
	}
	below := p.text().join(rest).pad(rest.width + hang)
	p.wrap(first, below, head)
	p.wrap(below, below, tail)
}

// word is what stands between spaces; gap is how many were before it.
type word struct {
	gap, width int
	spans      []span
}

// words splits a text at its spaces.
func (t *text) words() []word {
	var words []word
	gap, open := 0, false
	for _, s := range t.spans {
		for part := range strings.SplitAfterSeq(s.text, " ") {
			body := strings.TrimSuffix(part, " ")
			if body != "" {
				if !open {
					words = append(words, word{gap: gap})
					gap, open = 0, true
				}
				w := &words[len(words)-1]
				w.spans = append(w.spans, span{body, s.style})
				w.width += columns(body)
			}
			if len(body) < len(part) {
				gap, open = gap+1, false
			}
		}
	}
	return words
}
