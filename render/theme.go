package render

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// style is what a piece of text is; the theme says how that looks. Colour
// never tells anything that the words beside it do not.
type style uint8

const (
	normal style = iota
	strong       // titles
	ident        // a task's id: what can be typed back
	quiet        // what is there when looked for: places in the source, guides, notes
	bad          // an error
	warn         // a warning, or something that could not be read
	styles
)

// looks are in the terminal's own 16 colours, which its owner chose to be legible.
var looks = [styles]lipgloss.Style{
	strong: lipgloss.NewStyle().Bold(true),
	ident:  lipgloss.NewStyle().Foreground(lipgloss.Cyan),
	quiet:  lipgloss.NewStyle().Faint(true),
	bad:    lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red),
	warn:   lipgloss.NewStyle().Foreground(lipgloss.Yellow),
}

// theme holds for each style what goes before and after its text: rendered
// once, since a view may have a million pieces.
type theme [styles]struct{ before, after string }

func newTheme(color bool) theme {
	var t theme
	if !color {
		return t
	}
	for s := strong; s < styles; s++ {
		t[s].before, t[s].after, _ = strings.Cut(looks[s].Render("x"), "x")
	}
	return t
}

// glyphs are the characters that are not letters; there are no others in a view.
type glyphs struct {
	dot, ellipsis, calls, again, least, down string
	rule                                     string // of a crossing between tasks
	branch, last, pipe, blankGuide           string // of a tree, three columns each
	errorMark, warnMark, infoMark            string // of a problem, one column each
}

var (
	unicodeGlyphs = glyphs{
		dot: "·", ellipsis: "…", calls: "→", again: "↺", least: "≥", down: "↓", rule: "──",
		branch: "├─ ", last: "└─ ", pipe: "│  ", blankGuide: "   ",
		errorMark: "✗", warnMark: "!", infoMark: "i",
	}
	asciiGlyphs = glyphs{
		dot: "-", ellipsis: "...", calls: "->", again: "^", least: ">=", down: "v", rule: "--",
		branch: "|- ", last: "`- ", pipe: "|  ", blankGuide: "   ",
		errorMark: "x", warnMark: "!", infoMark: "i",
	}
)
