package dlvasync

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/dlv-async/dlv-async"

// layers says what a package, and those below it, may import of this module
// beside what is below it itself. The longest name that fits is the rule; where
// none fits, everything may be imported. .golangci.yml has the same rules for
// editors; this test holds where golangci-lint is not installed.
var layers = map[string][]string{
	"docs":            {},
	"dlvext":          {},
	"walker/graph":    {},
	"walker":          {"dlvext", "walker/graph"},
	"walker/golang":   {"dlvext", "walker", "walker/graph"},
	"walker/declared": {"dlvext", "walker", "walker/golang/heap", "walker/graph"},
	"render":          {"walker/graph"},

	"walker/golang/heap":     {"dlvext", "walker"},
	"walker/golang/lockcode": {"walker/golang/pclntab"},
	"walker/golang/pclntab":  {},
	"walker/golang/unwind":   {"walker/golang/pclntab"},

	"walker/cpython/layout": {"dlvext"},
	"walker/cpython/object": {"dlvext", "walker", "walker/cpython/layout"},
	"walker/cpython/frame":  {"dlvext", "walker", "walker/cpython/layout", "walker/cpython/object"},

	"internal/config":      {"walker/declared", "walker/graph"},
	"internal/demo":        {},
	"internal/hang":        {"dlvext", "render", "walker/graph"},
	"dap":                  {"dlvext", "internal/snapshot", "render", "walker", "walker/graph"},
	"internal/demo/orders": {},
	"dap/wire":             {},
	"dap/delve":            {"dap/wire", "dlvext"},
	"dap/view":             {"render", "walker/graph"},
	"internal/dlvprompt":   {"dap/delve", "dlvext"},
}

// outside says which packages alone may import a module that is not ours.
var outside = map[string][]string{
	"github.com/go-delve/delve": {"dlvext", "dap/delve", "internal/dlvprompt"},
	"github.com/google/go-dap":  {"dap"},
	"github.com/spf13/cobra":    {"cmd/dlv-async"},

	"github.com/pelletier/go-toml": {"internal/config", "walker/declared"},
}

func TestImportsGoDownwards(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range packages(t, goos) {
			name := strings.TrimPrefix(p.ImportPath, module+"/")
			for _, imported := range p.Imports {
				if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
					if rule, ok := ruleFor(name); ok && !within(ours, rule) && !slices.Contains(layers[rule], ours) {
						t.Errorf("%s (%s) imports %s: of this module, %s may import %v", name, goos, ours, rule, layers[rule])
					}
					continue
				}
				if name == "walker/graph" && strings.Contains(firstElement(imported), ".") {
					t.Errorf("walker/graph (%s) imports %s: it may import the standard library alone", goos, imported)
				}
				for theirs, homes := range outside {
					if within(imported, theirs) && !slices.ContainsFunc(homes, func(home string) bool { return within(name, home) }) {
						t.Errorf("%s (%s) imports %s: only %v may", name, goos, imported, homes)
					}
				}
			}
		}
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string // not those of tests
}

func packages(t *testing.T, goos string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var out []goPackage
	for decoder := json.NewDecoder(stdout); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	for name := range layers {
		if !slices.ContainsFunc(out, func(p goPackage) bool { return p.ImportPath == module+"/"+name }) {
			t.Errorf("the rules name %s, and there is no such package", name)
		}
	}
	return out
}

// ruleFor returns the longest name in layers that a package is within.
func ruleFor(name string) (rule string, ok bool) {
	for r := range layers {
		if within(name, r) && len(r) > len(rule) {
			rule, ok = r, true
		}
	}
	return rule, ok
}

// within says whether path is dir or below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

func firstElement(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}
