package golang

import (
	_ "embed"
	"errors"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// errNoLayout says that nothing tells how a structure is laid out.
var errNoLayout = errors.New("its layout is not known")

// shapes tell how structures are laid out.
type shapes interface {
	size(structure string) (bytes int, ok bool)
	field(structure, path string) (field, bool)
}

// debugInfo is the target's own DWARF.
type debugInfo struct{ img *dlvext.Image }

func (d debugInfo) size(structure string) (int, bool) {
	t, err := d.img.Type(structure)
	if err != nil {
		return 0, false
	}
	return int(t.Size), true
}

func (d debugInfo) field(structure, path string) (field, bool) {
	t, err := d.img.Type(structure)
	if err != nil {
		return field{}, false
	}
	f, err := t.Field(path)
	if err != nil {
		return field{}, false
	}
	return field{off: int(f.Offset), size: int(f.Type.Size)}, true
}

// layoutTable has the layouts of the Go versions that were at hand, taken from
// their DWARF by TestLayoutTable -update, for programs that were built without.
// A version is a line go1.N; a structure a line with its size; its fields,
// indented, have their offset and size.
//
//go:embed layouts.txt
var layoutTable string

// table is the layouts of one Go version.
type table map[string]map[string]field // by structure, then path; the path "" has the size

func (t table) size(structure string) (int, bool) {
	f, ok := t[structure][""]
	return f.size, ok
}

func (t table) field(structure, path string) (field, bool) {
	f, ok := t[structure][path]
	return f, ok
}

// parseTables reads the format of layoutTable. It is this package's own file,
// checked by its test: what does not parse is left out.
func parseTables(text string) map[string]table {
	versions := map[string]table{}
	var t table
	var fields map[string]field
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 1:
			t = table{}
			versions[words[0]] = t
		case len(words) == 2 && t != nil:
			size, _ := strconv.Atoi(words[1])
			fields = map[string]field{"": {size: size}}
			t[words[0]] = fields
		case len(words) == 3 && fields != nil:
			off, _ := strconv.Atoi(words[1])
			size, _ := strconv.Atoi(words[2])
			fields[words[0]] = field{off: off, size: size}
		}
	}
	return versions
}
