package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// show takes a snapshot and draws the view that args name. What can be
// refused is refused before the target is touched.
func (a *app) show(ctx context.Context, args []string, flags *viewFlags, take source) error {
	r, look, err := a.understand(args, flags)
	if err != nil {
		return err
	}
	s, err := take(ctx)
	if err != nil {
		return err
	}
	for _, line := range look.suppress(s) {
		fmt.Fprintln(a.stderr, "dlv-async:", oneLine(line))
	}
	if err := look.draw(interruptible{ctx, a.stdout}, s, r); err != nil {
		return err
	}
	if len(args) == 0 && a.interactive(flags) {
		return a.prompt(ctx, take, s, flags)
	}
	return look.verdict(s)
}

// understand parses a view and its flags.
func (a *app) understand(args []string, flags *viewFlags) (request, *look, error) {
	if len(args) == 1 && args[0] == "where" && flags.current != "" {
		args = []string{"where", "current"}
	}
	r, err := parseView(args, flags.output)
	if err != nil {
		return r, nil, err
	}
	look, err := newLook(a, flags)
	if err != nil {
		return r, nil, err
	}
	r.draw, err = r.in(look.format)
	return r, look, err
}

// interruptible is a writer that fails once its context has ended: a view of
// a million tasks can be cut short.
type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (i interruptible) Write(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.w.Write(p)
}

// draw writes a view of a snapshot: of the tasks that the filters pick, or of
// one of these and whatever it leads to.
func (l *look) draw(w io.Writer, s *graph.Snapshot, r request) error {
	s, options, err := l.pick(s, r)
	if err != nil {
		return err
	}
	return l.write(w, s, r, options)
}

// suppress marks what is known of a snapshot, and returns what its reader is
// to know of that.
func (l *look) suppress(s *graph.Snapshot) []string { return l.known.Apply(s, time.Now()) }

// pick finds what a view is to show of a snapshot.
func (l *look) pick(s *graph.Snapshot, r request) (*graph.Snapshot, render.Options, error) {
	if l.redact { // at a prompt it may come late, and holds from then on
		s.Redact()
	}
	l.suppress(s)
	picked := s
	if l.filtered {
		picked = s.Select(l.filter)
	}
	options := l.options
	if r.ofTask && (r.task != "" || !r.orOfAll) {
		t, err := l.find(picked, r.task)
		if err != nil {
			return nil, options, err
		}
		options.Task = t.ID
	} else {
		s = picked
	}
	return s, options, nil
}

// write writes what was picked.
func (l *look) write(w io.Writer, s *graph.Snapshot, r request, options render.Options) error {
	if err := r.draw(w, s, options); err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}

// find returns the one task that the user's words mean. Of several it lists
// the stacks, coalesced, to pick from.
func (l *look) find(s *graph.Snapshot, words string) (*graph.Task, error) {
	tasks := s.Find(words)
	if t := s.Task(l.flags.current); words == "current" && t != nil {
		tasks = []*graph.Task{t}
	}
	switch len(tasks) {
	case 0:
		return nil, fmt.Errorf("no task is %q; the tasks view lists them all", words)
	case 1:
		return tasks[0], nil
	}
	picked := map[graph.TaskID]bool{}
	for _, t := range tasks {
		picked[t.ID] = true
	}
	options := l.options
	options.System = true
	if err := render.Stacks(l.several, s.Select(graph.Filter{Tasks: picked}), options); err != nil {
		return nil, err
	}
	return nil, &ambiguousError{words, len(tasks)}
}

// verdict is a foundError when a snapshot has a problem of --fail-on.
func (l *look) verdict(s *graph.Snapshot) error {
	if found := l.found(s, nil); len(found) > 0 {
		return &foundError{found}
	}
	return nil
}

// found adds the codes of --fail-on that a snapshot has a problem of.
func (l *look) found(s *graph.Snapshot, found []string) []string {
	note := func(problems []*graph.Problem) {
		for _, p := range problems {
			if !p.Suppressed && slices.Contains(l.failOn, p.Code) && !slices.Contains(found, p.Code) {
				found = append(found, p.Code)
			}
		}
	}
	note(s.Problems)
	for _, t := range s.Tasks {
		note(t.Problems)
	}
	for _, g := range s.Groups {
		note(g.Problems)
	}
	return found
}
