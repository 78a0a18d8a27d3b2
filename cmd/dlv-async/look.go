package main

import (
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/dlv-async/dlv-async/internal/config"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// look is how the flags want views to be: what is in them and how they are
// written.
type look struct {
	filter   graph.Filter
	filtered bool
	format   string
	redact   bool
	known    *config.Config // what is known, and not to be told
	options  render.Options
	failOn   []string
	flags    *viewFlags // of which current is known only once there is a snapshot
	several  io.Writer  // where the tasks go that an ambiguous TASK means
}

func newLook(a *app, f *viewFlags) (*look, error) {
	filter, filtered, err := f.filter()
	if err != nil {
		return nil, err
	}
	l := &look{filter: filter, filtered: filtered, redact: f.redact, failOn: f.failOn, flags: f, several: a.stderr}
	if !slices.Contains(outputs, f.output) {
		return nil, usagef("--output: %q is none of %s", f.output, strings.Join(outputs, ", "))
	}
	l.format = f.output
	if l.known, err = readConfig(f.config); err != nil {
		return nil, err
	}
	color, err := f.useColor(a.stdout)
	if err != nil {
		return nil, err
	}
	if f.width < 0 || f.limit < 0 {
		return nil, usagef("--width and --limit cannot be negative")
	}
	for _, c := range append(slices.Clone(f.columns), strings.TrimPrefix(f.sort, "-")) {
		if c != "" && !slices.Contains(render.TaskColumns(), c) {
			return nil, usagef("%q is no column of the tasks view; they are %s", c, strings.Join(render.TaskColumns(), ", "))
		}
	}
	for _, code := range f.failOn {
		if !slices.Contains(problemCodes(), code) {
			return nil, usagef("--fail-on: %q is no code of a problem; they are %s", code, strings.Join(problemCodes(), ", "))
		}
	}
	l.options = render.Options{
		Width:   f.columnsOf(a.stdout),
		Color:   color,
		ASCII:   !utf8Locale(),
		Full:    f.full,
		System:  f.system,
		Locals:  f.locals,
		Limit:   f.limit,
		Sort:    f.sort,
		Columns: f.columns,

		Suppressed: f.suppressed,
	}
	return l, nil
}

// readConfig reads the file at path, or the one that holds for this directory.
func readConfig(path string) (*config.Config, error) {
	if path == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, nil // a directory that is gone has no file
		}
		if path, err = config.Find(dir); path == "" || err != nil {
			return nil, err
		}
	}
	return config.Read(path, problemCodes())
}

var outputs = []string{"text", "json", "dot", "mermaid", "svg", "html"}

// useColor is whether to write colours: where a terminal shows them, unless
// told otherwise. See no-color.org.
func (f *viewFlags) useColor(w io.Writer) (bool, error) {
	colors := choices[bool]{
		{"auto", isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"},
		{"always", true},
		{"never", false},
	}
	return colors.value("--color", f.color)
}

// columnsOf is the width to write to: what was asked for, the terminal's, or
// COLUMNS, which a shell may export; else the renderer's own choice.
func (f *viewFlags) columnsOf(w io.Writer) int {
	if f.width > 0 {
		return f.width
	}
	if width := terminalWidth(w); width > 0 {
		return width
	}
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width > 0 {
		return width
	}
	return 0
}

// terminalWidth is the number of columns of a terminal; 0: w is none.
func terminalWidth(w io.Writer) int {
	if file, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			return width
		}
	}
	return 0
}

func isTerminal(v any) bool {
	file, ok := v.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// utf8Locale is whether the user's terminal can show more than ASCII. Without
// any setting it most likely can.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := os.Getenv(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return true
}
