package render_test

import (
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// rows are the first words of the lines between a table's titles and what follows it.
func rows(out string) (ids []string) {
	_, table, _ := strings.Cut(out, "\n\n")
	for line := range strings.Lines(table) {
		if first, _, _ := strings.Cut(line, " "); strings.HasPrefix(first, "go:") {
			ids = append(ids, first)
		}
	}
	return ids
}

func TestTasksSortsAndPicksColumns(t *testing.T) {
	s := stuckWith(0, 0)
	for _, c := range []struct{ sort, want string }{
		{"", "go:1 go:18 go:20 go:21 go:22 go:41 go:42 go:43 go:44 go:3000"},
		{"-id", "go:3000 go:44 go:43 go:42 go:41 go:22 go:21 go:20 go:18 go:1"},
		{"-since", "go:1 go:41 go:42 go:22 go:18 go:20 go:21 go:43 go:44 go:3000"},
		{"at", "go:1 go:3000 go:20 go:21 go:22 go:43 go:44 go:41 go:42 go:18"},
	} {
		out := text(t, render.Tasks, s, render.Options{Width: 200, Sort: c.sort})
		if got := strings.Join(rows(out), " "); got != c.want {
			t.Errorf("sorted by %q:\n got %s\nwant %s", c.sort, got, c.want)
		}
	}
	out := text(t, render.Tasks, s, render.Options{Width: 200, Columns: []string{"id", "creator"}, Limit: 1})
	if want := "ID    CREATED BY\ngo:1\n… 9 more tasks (--limit)\n"; !strings.Contains(out, want) {
		t.Errorf("got %s\nwant in it %s", out, want)
	}
}

func TestUnknownNamesAreSaidToBe(t *testing.T) {
	s := quietly()
	for _, c := range []struct {
		view view
		o    render.Options
		want string
	}{
		{render.Tasks, render.Options{Columns: []string{"colour"}}, `there is no column "colour"; there are id, name, state, wait, since, at, group, creator`},
		{render.Tasks, render.Options{Sort: "-colour"}, `there is no column "colour"; there are id, name, state, wait, since, at, group, creator`},
		{render.Where, render.Options{Task: "go:\x1b9"}, `there is no task go:\x1b9; the view tasks lists them`},
	} {
		var out strings.Builder
		if err := c.view(&out, s, c.o); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
		if out.Len() > 0 {
			t.Errorf("printed before it failed: %s", out.String())
		}
	}
}

// TestFiltered holds that a view of some tasks does not speak of all.
func TestFiltered(t *testing.T) {
	s := stuckWith(0, 0).Select(graph.Filter{Tasks: map[graph.TaskID]bool{"go:18": true}})
	out := text(t, render.Report, s, render.Options{Width: 200})
	for _, want := range []string{
		"· 1 task of 14 ·", "No problems found that name these tasks", "opened at main.run main.go:38 by go:1 (inferred)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}
