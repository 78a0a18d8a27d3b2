package dlvext

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// cLibrary holds a word that the dynamic linker changes, and a constant.
const cLibrary = `
const char constant[] = "%s";
int written = 7;
int *relocated = &written;
int answer(void) { return *relocated; }
`

const cProgram = `
#include <stdio.h>
extern int answer(void);
int main(void) {
	if (answer() != 7) return 1;
	puts("READY");
	fflush(stdout);
	getchar();
	return 0;
}
`

// buildC builds libthing.so, with its constant, and a program that uses it.
func buildC(t *testing.T, dir, constant string) (exe, library string) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		testtarget.Skip(t, "cgo", "gcc is not on PATH", "install a C compiler")
	}
	exe, library = filepath.Join(dir, "program"), filepath.Join(dir, "libthing.so")
	run := func(source string, args ...string) {
		cmd := exec.Command("gcc", append(args, "-g", "-x", "c", "-")...)
		cmd.Stdin = strings.NewReader(source)
		if strings.HasSuffix(args[1], "program") {
			cmd.Args = append(cmd.Args, "-x", "none", library, "-Wl,-rpath,"+dir)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("gcc: %v\n%s", err, out)
		}
	}
	run(strings.Replace(cLibrary, "%s", constant, 1), "-o", library, "-shared", "-fPIC", "-Wl,--build-id=sha1")
	run(cProgram, "-o", exe)
	return exe, library
}

func TestCoreOfCProgram(t *testing.T) {
	dir := t.TempDir()
	exe, library := buildC(t, dir, "the first build")
	target := testtarget.Start(t, exe)
	core := target.GCore(t)
	byDelve := openCore(t, exe, delveDump(t, target.PID, 0), CoreOptions{})

	img := openCore(t, "", core, CoreOptions{})
	if img.Exe != exe || len(img.Notes) != 0 {
		t.Errorf("the core is of %s, with notes %q", img.Exe, img.Notes)
	}
	m := moduleNamed(t, img, library)
	if got, err := ReadCString(img.Memory, symbolIn(t, m, "constant"), 100); err != nil || got != "the first build" {
		t.Errorf("the constant is %q, %v", got, err)
	}
	if at := readUint64(t, img.Memory, symbolIn(t, m, "relocated")); at != symbolIn(t, m, "written") {
		t.Errorf("the relocated pointer is %#x, and the variable is at %#x", at, symbolIn(t, m, "written"))
	}
	if len(byDelve.Modules) != len(img.Modules) || len(byDelve.Notes) != 0 {
		t.Errorf("in Delve's core, which names no files, there are %d modules of %d, and the notes are %q", len(byDelve.Modules), len(img.Modules), byDelve.Notes)
	}
	if d := moduleNamed(t, byDelve, library); d.Bias != m.Bias || d.BuildID != m.BuildID {
		t.Errorf("in Delve's core the library is at %#x with build id %s, and in gcore's at %#x with %s", d.Bias, d.BuildID, m.Bias, m.BuildID)
	}
	libc := 0
	for _, m := range img.Modules {
		if strings.Contains(m.Path, "libc.so") || strings.Contains(m.Path, "libc.musl") {
			libc++
		}
		if m.Err != nil || m.Start >= m.End || m.BuildID == "" {
			t.Errorf("module %s, %#x to %#x, build id %q: %v", m.Path, m.Start, m.End, m.BuildID, m.Err)
		}
	}
	if libc != 1 {
		t.Errorf("the C library is there %d times", libc)
	}
	// The code is not in this core: leave the page with the build id, and
	// the library to its file.
	code := symbolIn(t, m, "answer")
	dropCode(t, core, code)
	img = openCore(t, "", core, CoreOptions{})
	want := make([]byte, 8)
	if err := m.ReadFile(code, want); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if err := img.Memory.Read(code, got); err != nil || string(got) != string(want) {
		t.Errorf("code that is in the library's file alone reads as %x, %v; the file has %x", got, err, want)
	}

	rename(t, library, library+".moved")
	lost(t, core, CoreOptions{}, library, code, "not on this machine")

	elsewhere := t.TempDir()
	rename(t, library+".moved", filepath.Join(elsewhere, "libthing.so"))
	found(t, core, CoreOptions{LibDirs: []string{elsewhere}}, library, code)

	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
		t.Fatal(err)
	}
	rename(t, filepath.Join(elsewhere, "libthing.so"), filepath.Join(root, library))
	found(t, core, CoreOptions{Sysroot: root}, library, code)

	buildC(t, dir, "the second build")
	lost(t, core, CoreOptions{}, library, code, "another build")
	found(t, core, CoreOptions{Sysroot: root}, library, code)
}

// lost opens a core whose library cannot be had, and wants to be told.
func lost(t *testing.T, core string, o CoreOptions, library string, code uint64, why string) {
	t.Helper()
	exe := filepath.Join(filepath.Dir(library), "program")
	img := openCore(t, exe, core, CoreOptions{AnyExe: true, Sysroot: o.Sysroot, LibDirs: o.LibDirs})
	m := moduleNamed(t, img, library)
	if m.Err == nil || m.BuildID == "" || m.Start > code || m.End <= code {
		t.Errorf("the lost library has build id %q, bounds %#x to %#x, and the error %v", m.BuildID, m.Start, m.End, m.Err)
	}
	err := img.Memory.Read(code, make([]byte, 8))
	if fault, ok := errors.AsType[*Fault](err); !ok || !strings.Contains(fault.Why, library) || !strings.Contains(fault.Why, why) {
		t.Errorf("the lost library's code: %v", err)
	}
	if notes := strings.Join(img.Notes, "\n"); !strings.Contains(notes, library) || !strings.Contains(notes, "--lib-dir") {
		t.Errorf("the notes do not say that the library is lost: %q", img.Notes)
	}
}

// found opens a core whose library is elsewhere.
func found(t *testing.T, core string, o CoreOptions, library string, code uint64) {
	t.Helper()
	o.AnyExe = true
	img := openCore(t, filepath.Join(filepath.Dir(library), "program"), core, o)
	if m := moduleNamed(t, img, library); m.Err != nil {
		t.Errorf("with %+v: %v", o, m.Err)
	}
	if err := img.Memory.Read(code, make([]byte, 8)); err != nil {
		t.Errorf("with %+v: %v", o, err)
	}
}

func moduleNamed(t *testing.T, img *Image, path string) *Module {
	t.Helper()
	for _, m := range img.Modules {
		if m.Path == path {
			return m
		}
	}
	t.Fatalf("there is no module %s", path)
	return nil
}

func symbolIn(t *testing.T, m *Module, name string) uint64 {
	t.Helper()
	s, ok := m.Symbol(name)
	if !ok {
		t.Fatalf("%s has no symbol %s", m.Path, name)
	}
	return s.Addr
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// dropCode makes of a core one that does not hold the segment at addr, as the
// kernel writes cores, if it is not one already.
func dropCode(t *testing.T, core string, addr uint64) {
	t.Helper()
	v, err := openView(core)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	l, err := readELFLayout(v)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(core, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, p := range l.Progs {
		if p.Vaddr <= addr && addr < p.Vaddr+p.Memsz && p.Filesz > 0 {
			if _, err := f.WriteAt(make([]byte, 8), int64(l.Phoff)+int64(i)*programHeaderSize+32); err != nil {
				t.Fatal(err)
			}
		}
	}
}
