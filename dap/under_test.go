package dap

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestRequestsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/dap.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range requests {
		if !strings.Contains(string(text), "\n### "+name+"\n") {
			t.Errorf("docs/dap.md does not explain %s", name)
		}
	}
}

func TestAsyncTerms(t *testing.T) {
	for _, tt := range []struct {
		condition string
		tests     []underTest
		rest      string
		bad       bool
	}{
		{condition: `x > 1 && y`, rest: `x > 1 && y`},
		{condition: `async.under("main.f")`, tests: []underTest{{"main.f", false}}},
		{condition: "  ! async.under( `main.(*T).f` ) ", tests: []underTest{{"main.(*T).f", true}}},
		{condition: `x == "a && b" && async.under("main.f")&&y(1 && z)`, tests: []underTest{{"main.f", false}}, rest: `x == "a && b" &&y(1 && z)`},
		{condition: `async.under("a") && !async.under("b")`, tests: []underTest{{"a", false}, {"b", true}}},
		{condition: `async.under("a") || x`, bad: true},
		{condition: `async.under(a)`, bad: true},
		{condition: `async.over("a")`, bad: true},
	} {
		tests, rest, err := asyncTerms(tt.condition)
		if (err != nil) != tt.bad || !slices.Equal(tests, tt.tests) || rest != tt.rest {
			t.Errorf("%s: %v, %q, %v", tt.condition, tests, rest, err)
		}
	}
}

func TestLogParts(t *testing.T) {
	for message, want := range map[string][]string{
		"plain":                       {"plain"},
		"{async.where}":               {"", "async.where", ""},
		"a {x} b { m[T{1}] } c":       {"a ", "x", " b ", "m[T{1}]", " c"},
		"no end {x":                   nil,
		"{async.task}: {async.where}": {"", "async.task", ": ", "async.where", ""},
	} {
		got, err := logParts(message)
		if !slices.Equal(got, want) || (err != nil) != (want == nil) {
			t.Errorf("%s: %q, %v", message, got, err)
		}
	}
}
