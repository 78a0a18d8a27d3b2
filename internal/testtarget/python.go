package testtarget

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Python is a CPython that target programs run on.
type Python struct {
	Name  string // cpython3.8, cpython3.11-static, cpython3.14-standalone
	Minor string // 3.8
	Kind  PythonKind
	exe   string // empty: not here, or not extracted yet
}

// PythonKind is how a CPython is built and linked, which decides where its
// structures are found.
type PythonKind string

const (
	// Shared is an executable with a libpython3.N.so, and extension modules
	// in libraries: the docker images, and pyenv with --enable-shared.
	Shared PythonKind = "shared"
	// Static is an executable that holds libpython: Debian, pyenv's default.
	Static PythonKind = "static"
	// Standalone is python-build-standalone (uv, rye, hatch, Bazel): static,
	// stripped, with most extension modules in the executable too.
	Standalone PythonKind = "standalone"
)

// Minors are the releases of CPython that must be read right.
var Minors = []string{"3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}

// newMinors are releases that are read, and that few machines have: they are
// tested where they are found, and not missed where not.
var newMinors = []string{"3.15"}

// quickMinors are those that a quick test looks at: 3.8 has frames as objects,
// 3.11 is the first with inline frames, 3.13 the first with debug offsets, and
// 3.14 keeps its tasks elsewhere.
var quickMinors = []string{"3.8", "3.11", "3.13", "3.14"}

// Pythons returns the CPythons to test with: one a minor version, with
// [Full] also those of other kinds, whether they are on this machine or not.
// A test of one that is not is skipped by [StartPython] or [Python.Exe].
//
// They are looked for in the list DLV_ASYNC_PYTHONS (paths of executables,
// separated by colons), then among pyenv's, then as python3.N on PATH;
// standalone ones come out of Go modules (testdata/python/standalone).
func Pythons(t testing.TB) []Python {
	t.Helper()
	found := installed()
	var all []Python
	for _, minor := range Minors {
		if !Full() && !slices.Contains(quickMinors, minor) {
			continue
		}
		alone := Python{Name: "cpython" + minor + "-standalone", Minor: minor, Kind: Standalone}
		if minor == "3.14" { // the modules have it, where few machines do yet
			all = append(all, alone)
			if !Full() {
				continue
			}
		}
		here := slices.IndexFunc(found, func(p Python) bool { return p.Minor == minor })
		if here < 0 && minor != "3.14" {
			all = append(all, Python{Name: "cpython" + minor, Minor: minor, Kind: Shared})
		}
		for _, p := range found {
			if p.Minor == minor && (Full() || p.Name == found[here].Name) {
				all = append(all, p)
			}
		}
		if Full() && (minor == "3.10" || minor == "3.11") {
			all = append(all, alone)
		}
	}
	for _, p := range found {
		if slices.Contains(newMinors, p.Minor) {
			all = append(all, p)
		}
	}
	return all
}

// Exe returns the path of the interpreter. The test is skipped when it is not
// on this machine and cannot be had.
func (p Python) Exe(t testing.TB) string {
	t.Helper()
	if p.Kind == Standalone {
		return p.extracted(t)
	}
	if p.exe == "" {
		Skip(t, p.Name, "neither pyenv nor PATH have python"+p.Minor, "run `pyenv install "+p.Minor+"`, or name one in DLV_ASYNC_PYTHONS")
	}
	return p.exe
}

// AtLeast reports whether it is that minor version of Python 3 or a later one.
func (p Python) AtLeast(minor int) bool {
	var n int
	_, err := fmt.Sscanf(p.Minor, "3.%d", &n)
	return err == nil && n >= minor
}

// StartPython starts a program of testdata/python and waits until it says
// READY. Its environment has none of the variables that Python heeds, and it
// leaves no bytecode in testdata.
func StartPython(t testing.TB, p Python, program string, args ...string) *Target {
	t.Helper()
	script := filepath.Join(Root(t), "testdata", "python", program)
	tg := StartEnv(t, []string{"PYTHONDONTWRITEBYTECODE=1"}, p.Exe(t), append([]string{"-s", script}, args...)...)
	tg.Script = script
	return tg
}

// installed returns the CPythons of this machine, of each name the first.
var installed = sync.OnceValue(func() []Python {
	candidates := filepath.SplitList(os.Getenv("DLV_ASYNC_PYTHONS"))
	for _, root := range []string{os.Getenv("PYENV_ROOT"), filepath.Join(os.Getenv("HOME"), ".pyenv")} {
		if filepath.IsAbs(root) {
			names, _ := filepath.Glob(filepath.Join(root, "versions", "3.*", "bin", "python3"))
			candidates = append(candidates, names...)
		}
	}
	for _, minor := range slices.Concat(Minors, newMinors) {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			candidates = append(candidates, filepath.Join(dir, "python"+minor))
		}
	}
	var found []Python
	seen := map[string]bool{}
	for _, exe := range candidates {
		real, err := filepath.EvalSymlinks(exe)
		if err != nil || seen[real] {
			continue
		}
		seen[real] = true
		if p, ok := inspect(real); ok && !seen[p.Name] {
			seen[p.Name] = true
			found = append(found, p)
		}
	}
	return found
})

// inspect asks an interpreter what it is. Scripts in front of others, such as
// pyenv's, are none, and neither are other Pythons than CPython with its lock.
func inspect(exe string) (Python, bool) {
	f, err := elf.Open(exe)
	if err != nil {
		return Python{}, false
	}
	defer f.Close()
	const question = "import sys, sysconfig; print(sys.implementation.name, '%d.%d' % sys.version_info[:2], sysconfig.get_config_var('Py_GIL_DISABLED') or 0)"
	cmd := exec.Command(exe, "-s", "-c", question)
	cmd.Env = plainEnv()
	out, err := cmd.Output()
	answer := strings.Fields(string(out))
	if err != nil || len(answer) != 3 || answer[0] != "cpython" || answer[2] != "0" || !slices.Contains(slices.Concat(Minors, newMinors), answer[1]) {
		return Python{}, false
	}
	p := Python{Name: "cpython" + answer[1], Minor: answer[1], Kind: Shared, exe: exe}
	libraries, err := f.ImportedLibraries()
	if err != nil || !slices.ContainsFunc(libraries, func(l string) bool { return strings.HasPrefix(l, "libpython") }) {
		p.Kind = Static
		p.Name += "-static"
	}
	return p, true
}
