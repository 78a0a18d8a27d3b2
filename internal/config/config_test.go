package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/walker/graph"
)

var codes = []string{"deadlock", "leak"}

// The file of the directory holds, or of one above it in the same repository;
// outside of one, nobody else's.
func TestFind(t *testing.T) {
	root := t.TempDir()
	write := func(path string) string {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	stranger := write(Name)
	ours := write("repo/" + Name)
	write("repo/.git/HEAD")
	write("repo/a/b/x")
	nearer := write("repo/c/" + Name)
	write("bare/.git/HEAD")
	write("loose/x")
	for dir, want := range map[string]string{
		"repo": ours, "repo/a/b": ours, "repo/c": nearer, "bare": "", "loose": "", ".": stranger,
	} {
		got, err := Find(filepath.Join(root, dir))
		if err != nil || got != want {
			t.Errorf("of %s: %q, %v; want %q", dir, got, err, want)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"[[suppress]]\nfingerprint = ":                     "f:2:14: ",
		"[[mute]]\nx = 1\n":                                `f:1:3: "mute" is nothing that is known here`,
		"[[suppress]]\nfingerprint = 'a'\nreasons = 'b'\n": `f:3:1: "reasons" is nothing that is known here`,
		"\n[[suppress]]\nfingerprint = 'a'\n":              "f:2:3: this [[suppress]] gives no reason",
		"[[suppress]]\nreason = 'b'\n":                     "f:1:3: this [[suppress]] needs a fingerprint, or a code and a function",
		"[[suppress]]\nfingerprint = 'a'\nreason = 'b'\n[[suppress]]\ncode = 'leak'\nreason = 'b'\n":     "f:4:3: this [[suppress]] needs a fingerprint, or a code and a function",
		"[[suppress]]\ncode = 'leek'\nfunction = '*'\nreason = 'b'\n":                                    `f:1:3: this [[suppress]] names the code "leek", which no problem has; they are deadlock, leak`,
		"[[suppress]]\nfingerprint = 'a'\ncode = 'leak'\nreason = 'b'\n":                                 "f:1:3: this [[suppress]] has both",
		"[[suppress]]\ncode = 'leak'\nreason = 'b'\nfunction = '/(/'\n":                                  "f:4:12: ",
		"[[suppress]]\nfingerprint = 'a'\nreason = 'b'\nexpires = 'soon'\n":                              "f:4:11: ",
		"[[suppress]]\nfingerprint = 'a'\nreason = 'b'\nfingerprint = 'c'\n":                             "f:4:1: ",
		"[[suppress]]\nfingerprint = 'a'\nreason = '''\n[[suppress]]\n'''\n[[suppress]]\nreason = 'x'\n": "f:6:3: this [[suppress]] needs",
	} {
		_, err := parse("f", []byte(text), codes)
		switch {
		case err == nil:
			t.Errorf("%q is taken", text)
		case !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n"):
			t.Errorf("%q: %q, want %q", text, err, want)
		}
	}
}

func frame(name string) *graph.Frame { return &graph.Frame{Func: name, Origin: graph.OriginUser} }

func TestApply(t *testing.T) {
	snapshot := func() *graph.Snapshot {
		b := graph.NewBuilder("test")
		for id, frames := range map[graph.TaskID][]*graph.Frame{
			"go:1": {frame("main.(*conn).serve"), frame("main.main")},
			"go:2": {frame("lib.Do")},
		} {
			b.Task(&graph.Task{ID: id, State: graph.StateWaiting, Frames: frames})
		}
		b.Task(&graph.Task{ID: "go:3", Problems: []*graph.Problem{{Code: "leak", Message: "of an item", Severity: graph.Error}}, Frames: []*graph.Frame{frame("lib.Do")}})
		for _, p := range []*graph.Problem{
			{Code: "leak", Message: "one", Tasks: []graph.TaskID{"go:1"}},
			{Code: "leak", Message: "both", Tasks: []graph.TaskID{"go:1", "go:2"}},
			{Code: "deadlock", Message: "two", Tasks: []graph.TaskID{"go:2"}},
			{Code: "deadlock", Message: "nobody", Fingerprint: "f00"},
		} {
			p.Severity = graph.Error
			b.Problem(p)
		}
		return b.Seal()
	}
	now := time.Date(2026, 11, 21, 23, 59, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text string
		want       []string // the messages of what is suppressed
		expired    int
	}{
		{"nothing", ``, nil, 0},
		{"a function", `code='leak'` + "\n" + `function='main.(*conn).*'`, []string{"one"}, 0},
		{"all functions that fit", `code='leak'` + "\n" + `function='/^(main|lib)\./'`, []string{"both", "of an item", "one"}, 0},
		{"part of a name", `code='leak'` + "\n" + `function='lib.D'`, nil, 0},
		{"another code", `code='deadlock'` + "\n" + `function='lib.*'`, []string{"two"}, 0},
		{"whoever it is", `code='deadlock'` + "\n" + `function='*'`, []string{"nobody", "two"}, 0},
		{"a fingerprint", `fingerprint='f00'`, []string{"nobody"}, 0},
		{"its last day", "fingerprint='f00'\nexpires=2026-11-21", []string{"nobody"}, 0},
		{"the day after", "fingerprint='f00'\nexpires=2026-11-20", nil, 1},
		{"long gone, and not met", "fingerprint='f01'\nexpires=2020-11-20", nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := ""
			if c.text != "" {
				text = "[[suppress]]\nreason='known'\n" + c.text
			}
			config, err := parse("f", []byte(text), codes)
			if err != nil {
				t.Fatal(err)
			}
			s := snapshot()
			expired := config.Apply(s, now)
			if again := config.Apply(s, now); len(expired) != c.expired || len(again) != c.expired {
				t.Errorf("expired: %q, and then %q", expired, again)
			}
			var got []string
			for _, p := range s.Problems {
				if p.Suppressed {
					got = append(got, p.Message)
					if p.Reason != "known" {
						t.Errorf("%s: the reason is %q", p.Message, p.Reason)
					}
				}
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(c.want)), slices.Sorted(slices.Values(got))); diff != "" {
				t.Error(diff)
			}
			for _, p := range s.Task("go:3").Problems {
				if want := strings.Contains(strings.Join(c.want, " "), p.Message); p.Suppressed != want {
					t.Errorf("on its task it is suppressed: %v", p.Suppressed)
				}
			}
		})
	}
}
