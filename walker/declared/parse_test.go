package declared

import (
	"strings"
	"testing"
)

func TestParsePath(t *testing.T) {
	for text, want := range map[string]string{
		"self": "", "a": "a", "a.b": "a b", "a[*].b": "a [*] b", "a[keys]": "a [keys]", "[*].b": "[*] b",
		"a.(pkg.path/x.T).b": "a (pkg.path/x.T) b", "a.(*x.T)": "a (x.T)", "a.(x.T[int])": "a (x.T[int])",
		"": "error", ".": "error", "a.": "error", "a..b": "error", "a b": "error", "a[3]": "error", "a[*": "error", "a.(x.T": "error", "a.()": "error", "a[*]b": "error",
	} {
		p, err := parsePath(text)
		var words []string
		for _, s := range p {
			words = append(words, s.String())
		}
		got := strings.Join(words, " ")
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %q, want %q (%v)", text, got, want, err)
		}
	}
}

func TestParseRoot(t *testing.T) {
	for text, want := range map[string]string{
		"main.all": "main.all ", "example.com/x/fiber.sched.all[*]": "example.com/x/fiber.sched all.[*]", "main.list[*].a": "main.list [*].a",
		"gopkg.in/yaml.v3.x": "gopkg.in/yaml.v3 x", "all": "error", "main.": "error", "": "error",
	} {
		global, p, err := parseRoot(text)
		var words []string
		for _, s := range p {
			words = append(words, s.String())
		}
		got := global + " " + strings.Join(words, ".")
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %q, want %q (%v)", text, got, want, err)
		}
	}
}

// What is wrong with a file is told on one line, with where it stands.
func TestParseErrors(t *testing.T) {
	const head = "[[declare]]\nname = \"x\"\n"
	for _, c := range []struct{ name, text, want string }{
		{"no TOML", "[[declare", "f:1:"},
		{"a key that is not known", head + "[[declare.task]]\ntype = \"T\"\nawait = \"a\"\n", `f:5:1: "await" is nothing that is known here`},
		{"no name", "[[declare]]\n", `f:1:3: "" is no name for a [[declare]]: it stands in front of ids, as go does`},
		{"a name that is taken", "\n[[declare]]\nname = \"go\"\n", `f:3:1: "go" is no name for a [[declare]]: it stands in front of ids, as go does`},
		{"no type", head + "[[declare.group]]\nkind = \"g\"\n", "f:3:3: this [[declare.group]] names no type"},
		{"a path", head + "[[declare.task]]\ntype = \"T\"\n  awaits = \"a[\"\n", `f:5:3: awaits: a ] is missing in "a["`},
		{"a path of the second", head + "[[declare.task]]\ntype = \"T\"\nid = \"a\"\n[[declare.task]]\ntype = \"U\"\nid = \"b..\"\n", `f:8:1: id: "b.." has a field without a name`},
		{"of the second declaration", head + head + "[[declare.awaitable]]\ntype = \"T\"\nwhere = \"a\"\n", `f:7:1: where: "a" is no comparison with == or !=`},
		{"a state", head + "[[declare.task]]\ntype = \"T\"\nstates = { 1 = \"asleep\" }\n", `f:5:1: states: 1 is "asleep", and no state is called so`},
		{"a root without a proof", head + "[[declare.task]]\ntype = \"T\"\nroots = [\"stacks\"]\n", "f:5:1: what lies on stacks may be anything: proof has to say what leads back to it, or to what is known"},
		{"a root", head + "[[declare.task]]\ntype = \"T\"\nroots = [\"all\"]\n", `f:5:1: roots: "all" is no variable with its package in front`},
		{"a detail", head + "[[declare.task]]\ntype = \"T\"\n[declare.task.detail]\nx = \"a b\"\n", `f:5:2: detail.x: "a b" has a field without a name`},
	} {
		_, err := Parse("f", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}
