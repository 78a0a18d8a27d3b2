package render

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// span is a piece of safe text in one style.
type span struct {
	text  string
	style style
}

// text is a run of spans on its way to a page. Make one with [page.text].
type text struct {
	spans []span
	width int // in columns
	ascii bool
}

// add appends s, whatever its bytes are, and returns the text.
func (t *text) add(st style, s string) *text {
	if s == "" {
		return t
	}
	s = safe(s, t.ascii)
	t.spans = append(t.spans, span{s, st})
	t.width += columns(s)
	return t
}

// pad appends spaces up to a width.
func (t *text) pad(width int) *text {
	if n := width - t.width; n > 0 {
		t.add(normal, strings.Repeat(" ", n))
	}
	return t
}

// join appends another text.
func (t *text) join(other *text) *text {
	t.spans = append(t.spans, other.spans...)
	t.width += other.width
	return t
}

func (t *text) empty() bool { return t.width == 0 }

// columns is how many columns of a terminal safe text takes.
func columns(s string) int {
	if plain(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		if !narrow(r) {
			return ansi.StringWidth(s)
		}
		n++
	}
	return n
}

// narrow reports, of the characters that this program writes itself and some
// more, that they take one column each whatever stands beside them.
func narrow(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 0x2500 && r <= 0x257f || r == '…' || r == '·' || r == '→' || r == '≥'
}

// shorten cuts safe text to a width, in the middle: both ends of a function's
// name or an address tell more than its inside.
func shorten(s string, width int, ellipsis string) string {
	if columns(s) <= width {
		return s
	}
	room := width - columns(ellipsis)
	if room < 2 {
		return ansi.Truncate(s, max(width, 0), "")
	}
	left := ansi.Truncate(s, (room+1)/2, "")
	cut := columns(s) - room/2
	right := ansi.TruncateLeft(s, cut, "")
	for columns(right) > room/2 { // half of a wide character is not cut off
		cut++
		right = ansi.TruncateLeft(s, cut, "")
	}
	return left + ellipsis + right
}
