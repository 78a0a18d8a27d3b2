package golang

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

var update = flag.Bool("update", false, "write layouts.txt anew from the toolchains' debug information")

// versions are the releases whose layouts the table has, as far as a quick
// test looks.
func versions() []string {
	if *update || testtarget.Full() {
		return append(slices.Clone(testtarget.Older), testtarget.Toolchains...)
	}
	return testtarget.Toolchains
}

// programs together use every type that the walk reads.
var programs = []string{"server", "errgroup", "cond", "waitgroup", "sleep", "labels", "xsync", "coroutines", "database"}

// recorder remembers the layouts that it was asked for.
type recorder struct {
	shapes
	asked table
}

func (r recorder) size(structure string) (int, bool) {
	n, ok := r.shapes.size(structure)
	if ok {
		r.of(structure)[""] = field{size: n}
	}
	return n, ok
}

func (r recorder) field(structure, path string) (field, bool) {
	f, ok := r.shapes.field(structure, path)
	if ok {
		r.of(structure)[path] = f
	}
	return f, ok
}

func (r recorder) of(structure string) map[string]field {
	if r.asked[structure] == nil {
		r.asked[structure] = map[string]field{}
	}
	return r.asked[structure]
}

// The table, for programs without debug information, says what the debug
// information of the same Go versions says.
func TestLayoutTable(t *testing.T) {
	text := "# Layouts of Go's structures: a size, then each field's offset and size.\n" +
		"# Written by go test -run TestLayoutTable -update.\n"
	for _, version := range versions() {
		got := recorder{asked: table{}}
		for _, program := range programs {
			if program == "coroutines" && minorVersion(version) == "go1.22" {
				continue // it has no package iter
			}
			exe := testtarget.Build(t, program, testtarget.Options{Toolchain: version})
			f, err := os.Open(exe)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			m, err := dlvext.OpenModule(exe, f, 0)
			if err != nil {
				t.Fatal(err)
			}
			got.shapes = debugInfo{&dlvext.Image{Arch: "amd64", Modules: []*dlvext.Module{m}}}
			if _, err := newLayouts(got); err != nil {
				t.Fatalf("%s of %s: %v", program, version, err)
			}
		}
		if *update {
			text += format(minorVersion(version), got.asked)
			continue
		}
		want := parseTables(layoutTable)[minorVersion(version)]
		if want == nil {
			t.Fatalf("the table does not have %s; write it with -update", version)
		}
		for structure, fields := range got.asked {
			for path, f := range fields {
				if want[structure][path] != f {
					t.Errorf("%s: %s.%s is at %+v by the debug information, and at %+v by the table", version, structure, path, f, want[structure][path])
				}
			}
		}
		if _, err := newLayouts(want); err != nil {
			t.Errorf("the table of %s does not suffice: %v", version, err)
		}
	}
	if *update {
		if err := os.WriteFile("layouts.txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func format(version string, t table) string {
	var b strings.Builder
	fmt.Fprintln(&b, version)
	for _, structure := range slices.Sorted(maps.Keys(t)) {
		fields := t[structure]
		fmt.Fprintln(&b, structure, fields[""].size)
		for _, path := range slices.Sorted(maps.Keys(fields)) {
			if path != "" {
				fmt.Fprintf(&b, "\t%s %d %d\n", path, fields[path].off, fields[path].size)
			}
		}
	}
	return b.String()
}
