package dlvext

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"io"
	"path/filepath"
	"regexp"
)

// runtimeHints are what an executable file gives away of the runtimes in it.
type runtimeHints struct {
	goVersion string
	python    string
	dynamic   bool // it loads libraries, and a runtime may be one of them
}

// maxDynamicNames bounds the dynamic symbols' names that are searched. An
// interpreter that is linked into its executable has some 100 KB of them.
const maxDynamicNames = 16 << 20

// hintsOf looks into the executable at path. It is for lists: it reads little,
// and takes a file that it does not understand for one that has no runtime.
func hintsOf(path string, r io.ReaderAt) (hints runtimeHints) {
	// The file may be anything, and debug/elf was written for honest ones.
	defer func() { _ = recover() }()
	f, err := elf.NewFile(r)
	if err != nil {
		return hints
	}
	// In a file that is not Go's buildinfo searches all data: it is asked only
	// where the section says that it is there, or no section says anything.
	if f.Section(".go.buildinfo") != nil || len(f.Sections) == 0 {
		if info, err := buildinfo.Read(r); err == nil {
			hints.goVersion = info.GoVersion
		}
	}
	for _, p := range f.Progs {
		hints.dynamic = hints.dynamic || p.Type == elf.PT_INTERP
	}
	if names := f.Section(".dynstr"); names != nil && names.FileSize <= maxDynamicNames {
		if text, err := names.Data(); err == nil && bytes.Contains(text, []byte("\x00_PyRuntime\x00")) {
			hints.python = cpython(pythonName.FindSubmatch([]byte(filepath.Base(path))))
		}
	}
	return hints
}

var (
	pythonName = regexp.MustCompile(`^python(\d+\.\d+)`)
	pythonLib  = regexp.MustCompile(`/libpython(\d+\.\d+)[^/\n]*\n`)
)

// pythonLibrary finds a libpython in the text of /proc/PID/maps.
func pythonLibrary(maps []byte) string {
	if m := pythonLib.FindSubmatch(maps); m != nil {
		return cpython(m)
	}
	return ""
}

// cpython names the interpreter with the version that a file's name has.
func cpython(match [][]byte) string {
	if match == nil {
		return "cpython"
	}
	return "cpython " + string(match[1])
}
