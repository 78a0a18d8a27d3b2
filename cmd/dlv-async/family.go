package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// showFamily takes a snapshot of a process and of each of its descendants, one
// after the other, and draws the view that args name of each. One that cannot
// be read, or has no task that is meant, is a line in the output; it is an
// error when that is so of all.
func (a *app) showFamily(ctx context.Context, pid int, args []string, flags *viewFlags, take func(pid int) source) error {
	r, look, err := a.understand(args, flags)
	if err != nil {
		return err
	}
	w := interruptible{ctx, a.stdout}
	var out familyWriter
	switch {
	case look.format == "json":
		out = &familyJSON{w: w, view: r.name}
	case look.format == "text" && r.more == nil:
		out = &familyText{w, look.options.Width}
	default:
		return usagef("a picture is of one process: with --children %s can only be written as json", r.name)
	}
	family, err := dlvext.Family(pid)
	if err != nil {
		return err
	}
	if err := out.begin(); err != nil {
		return err
	}
	shown := 0
	var failed error // the one that says most
	var found []string
	for i, p := range family {
		if look.redact && len(p.Args) > 1 { // what was passed to a program is its data
			p.Args = []string{p.Args[0], graph.Redacted}
		}
		if err := out.title(p, i > 0); err != nil {
			return err
		}
		problem, err := look.member(ctx, take(p.PID), r, out, &found)
		switch {
		case err != nil:
			return err
		case problem == nil:
			shown++
		case failed == nil || errors.As(problem, new(*ambiguousError)):
			failed = problem
		}
	}
	if err := out.end(); err != nil {
		return err
	}
	switch {
	case shown == 0:
		return failed
	case len(found) > 0:
		return &foundError{found}
	}
	return nil
}

// member shows one process. It returns why it could not, and apart from that an
// error of the writing.
func (l *look) member(ctx context.Context, take source, r request, out familyWriter, found *[]string) (problem, err error) {
	s, problem := take(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if problem == nil {
		l.suppress(s)
		*found = l.found(s, *found)
		picked, options, err := l.pick(s, r)
		if err == nil {
			return nil, out.shown(func(w io.Writer) error { return l.write(w, picked, r, options) })
		}
		problem = err
	}
	return problem, out.failed(problem)
}

// familyWriter writes what is shown of several processes: for each its title,
// and then shown or failed.
type familyWriter interface {
	begin() error
	title(p dlvext.Relative, more bool) error
	shown(write func(io.Writer) error) error
	failed(why error) error
	end() error
}

// familyText is a section for each process.
type familyText struct {
	w     io.Writer
	width int // of a title; 0: as long as it is
}

func (t *familyText) begin() error { return nil }
func (t *familyText) end() error   { return nil }

func (t *familyText) title(p dlvext.Relative, more bool) error {
	of, before := "", ""
	if more {
		of, before = fmt.Sprintf(", child of %d", p.Parent), "\n"
	}
	title := fmt.Sprintf("%s== process %d%s: %s\n", before, p.PID, of, oneLine(strings.Join(p.Args, " ")))
	if t.width > 0 {
		return writeLines(t.w, title, t.width)
	}
	_, err := io.WriteString(t.w, title)
	return err
}

func (t *familyText) shown(write func(io.Writer) error) error { return write(t.w) }

func (t *familyText) failed(why error) error {
	_, err := fmt.Fprintln(t.w, "not shown:", oneLine(why.Error()))
	return err
}

// familyJSON is docs/family.schema.json: an object for each process, written as
// they come.
type familyJSON struct {
	w    io.Writer
	view string
}

func (j *familyJSON) begin() error {
	_, err := fmt.Fprintf(j.w, "{\n\"schema\": \"dlv-async/family/1\",\n\"tool\": %s,\n\"view\": %s,\n\"processes\": [", inJSON(tool()), inJSON(j.view))
	return err
}

func (j *familyJSON) title(p dlvext.Relative, more bool) error {
	before := ""
	if more {
		before = ","
	}
	_, err := fmt.Fprintf(j.w, "%s\n{\"pid\": %d, \"parent\": %d, \"command\": %s, ", before, p.PID, p.Parent, inJSON(p.Args))
	return err
}

func (j *familyJSON) shown(write func(io.Writer) error) error {
	if _, err := io.WriteString(j.w, "\"output\": "); err != nil {
		return err
	}
	if err := write(j.w); err != nil {
		return err
	}
	_, err := io.WriteString(j.w, "}")
	return err
}

func (j *familyJSON) failed(why error) error {
	_, err := fmt.Fprintf(j.w, "\"error\": %s}", inJSON(oneLine(why.Error())))
	return err
}

func (j *familyJSON) end() error {
	_, err := io.WriteString(j.w, "\n]\n}\n")
	return err
}

// inJSON is strings in JSON; what is no UTF-8 in them is replaced.
func inJSON(v any) string {
	text, _ := json.Marshal(v) // of strings there is no error
	return string(text)
}
