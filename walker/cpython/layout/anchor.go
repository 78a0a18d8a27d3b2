package layout

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
)

// anchor is a place where a _PyRuntime stands.
type anchor struct {
	module *dlvext.Module
	addr   uint64
}

const (
	runtimeSymbol  = "_PyRuntime"
	runtimeSection = ".PyRuntime" // on Linux from 3.10 on
)

// anchors returns the runtimes of an image, in the modules' order.
//
// The symbol is in .dynsym wherever extension modules are to be loaded, in a
// stripped file too. Where a program that embeds CPython hides it, the section
// tells. To read the symbols of every library takes long: that is done only
// where there are extension modules, and no place where a CPython is to be
// expected has one.
func anchors(img *dlvext.Image) []anchor {
	likely := func(n int, m *dlvext.Module) bool {
		_, sectioned := m.Section(runtimeSection)
		return sectioned || nameOf(m.Path).python() || n == 0 && m.GoBuildID == ""
	}
	all := anchorsIn(img, likely)
	if all == nil && slices.ContainsFunc(img.Modules, isExtension) {
		all = anchorsIn(img, func(n int, m *dlvext.Module) bool { return !likely(n, m) && !isExtension(m) })
	}
	return all
}

// anchorsIn returns the runtimes of those modules that are wanted.
func anchorsIn(img *dlvext.Image, wanted func(n int, m *dlvext.Module) bool) []anchor {
	var all []anchor
	for n, m := range img.Modules {
		if m.Err != nil || !wanted(n, m) {
			continue
		}
		if s, ok := m.Symbol(runtimeSymbol); ok {
			all = append(all, anchor{m, s.Addr})
		} else if s, ok := m.Section(runtimeSection); ok {
			all = append(all, anchor{m, s.Addr})
		}
	}
	return all
}

// isExtension reports whether a module is an extension module of CPython: its
// file's name has the ABI's.
func isExtension(m *dlvext.Module) bool {
	base := path.Base(m.Path)
	return strings.Contains(base, ".cpython-3") || strings.HasSuffix(base, ".abi3.so")
}

// pythonName is what a file's name tells of the Python that it holds.
type pythonName struct {
	kind         string // python, pypy; empty: none
	library      bool
	major, minor int    // minor -1: not told
	flags        string // t: free-threaded; d: debug; m: with pymalloc, to 3.7
}

var (
	libraryName = regexp.MustCompile(`^lib(python|pypy)(\d)?(?:\.(\d+))?([a-z]*)(?:-c)?\.so`)
	programName = regexp.MustCompile(`^(python|pypy)(\d)?(?:\.(\d+))?([a-z]*)(?:-c)?$`)
)

// nameOf reads a file's name: libpython3.13t.so.1.0, python3.8, libpypy3.10-c.so.
func nameOf(file string) pythonName {
	// A file that was removed meanwhile is called so by the kernel.
	base := strings.TrimSuffix(path.Base(file), " (deleted)")
	n := pythonName{minor: -1}
	m := libraryName.FindStringSubmatch(base)
	n.library = m != nil
	if m == nil {
		m = programName.FindStringSubmatch(base)
	}
	if m == nil {
		return n
	}
	n.kind, n.flags = m[1], m[4]
	n.major, _ = strconv.Atoi(m[2])
	if minor, err := strconv.Atoi(m[3]); err == nil {
		n.minor = minor
	}
	return n
}

func (n pythonName) python() bool { return n.kind == "python" }

// version is what the name says; ok is false when it does not say enough.
func (n pythonName) version() (v Version, ok bool) {
	return Version{Major: n.major, Minor: n.minor, Micro: -1}, n.kind == "python" && n.major > 0 && n.minor >= 0
}

// nameless are the errors of an image without a runtime whose files' names say
// that a Python is there all the same.
func nameless(img *dlvext.Image) []error {
	var library, program error
	for n, m := range img.Modules {
		name := nameOf(m.Path)
		if name.kind == "" || !name.library && n > 0 {
			continue
		}
		err := name.refusal(m)
		switch {
		case name.library && library == nil:
			library = err
		case !name.library:
			program = err
		}
	}
	switch {
	case library != nil: // the program beside it is its front
		return []error{library}
	case program != nil:
		return []error{program}
	}
	return nil
}

// refusal says why a file that is a Python by its name cannot be read.
func (n pythonName) refusal(m *dlvext.Module) error {
	v, told := n.version()
	what := "CPython"
	if n.kind == "pypy" {
		what = "PyPy"
	}
	if told || n.kind == "pypy" && n.minor >= 0 {
		what += " " + v.String()
	}
	switch {
	case n.kind == "pypy":
		return fmt.Errorf("%s (%s) cannot be read: only CPython 3.%d to 3.%d can", what, m.Path, Oldest, Newest)
	case told && (v.Major < 3 || v.Minor < Oldest):
		return fmt.Errorf("%s (%s) cannot be read: 3.%d is the oldest that can be", what, m.Path, Oldest)
	case m.Err != nil:
		return fmt.Errorf("%s cannot be read: %w", what, m.Err)
	}
	return fmt.Errorf("%s (%s) cannot be read: it has neither the symbol %s nor the section %s", what, m.Path, runtimeSymbol, runtimeSection)
}
