package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dlv-async/dlv-async/walker/graph"
)

func TestCompletionAtThePrompt(t *testing.T) {
	b := graph.NewBuilder("test")
	for _, id := range []graph.TaskID{"go:1", "go:17", "go:18", "py:7f31c2a0"} {
		b.Task(&graph.Task{ID: id})
	}
	p := &session{now: b.Seal()}
	for line, want := range map[string]string{
		"tre":             "tree ",
		"st":              "sta", // stacks and stats
		"w":               "wh",  // where and why
		"ref":             "refresh ",
		"refresh prob":    "refresh problems ",
		"why p":           "why py:7f31c2a0 ",
		"where go:1":      "where go:1", // and others begin so
		"tasks --col":     "tasks --col",
		"tasks --colu":    "tasks --columns ",
		"graph -o m":      "graph -o mermaid ",
		"help dead":       "help deadlock ",
		"tasks nonsense":  "",
		"nonsense":        "",
		"where go:18 go:": "",
	} {
		got, at, ok := p.complete(line, len(line), '\t')
		if got != want || ok != (want != "") || at != len(want) {
			t.Errorf("%q is completed to %q at %d, want %q", line, got, at, want)
		}
	}
	if _, _, ok := p.complete("tre", 1, '\t'); ok {
		t.Error("completed in the middle of a line")
	}
	if _, _, ok := p.complete("tre", 3, 'e'); ok {
		t.Error("completed at another key than Tab")
	}
}

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                               nil,
		"  tasks   --limit 3 ":           {"tasks", "--limit", "3"},
		"tasks --wait 'chan send'":       {"tasks", "--wait", "chan send"},
		`tasks --label=name="a 'b' c" x`: {"tasks", "--label=name=a 'b' c", "x"},
		`where ""`:                       {"where", ""},
	} {
		got, err := splitWords(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %s, %v", line, diff, err)
		}
	}
	if words, err := splitWords("where 'open"); err == nil {
		t.Errorf("a quote without end is taken for %q", words)
	}
}
