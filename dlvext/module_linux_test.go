package dlvext

import (
	"bytes"
	"debug/elf"
	"errors"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What a module says of its file is what the Go toolchain says of it.
func TestModuleHeaders(t *testing.T) {
	for name, o := range builds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exe := testtarget.Build(t, "layouts", o)
			m := openModule(t, exe)
			out, err := exec.Command("go", "tool", "buildid", exe).Output()
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.TrimSpace(string(out)); m.GoBuildID != want {
				t.Errorf("Go build id %q, want %q", m.GoBuildID, want)
			}
			if o.PIE && m.Header.Type != elf.ET_DYN {
				t.Errorf("its type is %v", m.Header.Type)
			}
			made := o.Toolchain == "" || version.Compare(o.Toolchain, "go1.24") >= 0 // Go's linker makes one since then
			if !o.CGO && (len(m.BuildID) == 40) != made {
				t.Errorf("GNU build id %q", m.BuildID)
			}
			if m.Header.Machine != map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH] {
				t.Errorf("its machine is %v", m.Header.Machine)
			}
			if m.Start >= m.End || len(m.Segments) == 0 {
				t.Errorf("%d segments from %#x to %#x", len(m.Segments), m.Start, m.End)
			}
			if text, ok := m.Section(".text"); !ok || text.Addr < m.Start || text.Addr+text.Size > m.End {
				t.Errorf(".text is %+v, and the module from %#x to %#x", text, m.Start, m.End)
			}
			if _, ok := m.Section(".debug_info"); ok {
				t.Error("debug information is said to be mapped")
			}
		})
	}
}

// Symbols, and the file's bytes, are those of the running process, wherever
// it was mapped.
func TestModuleInProcess(t *testing.T) {
	for _, o := range []testtarget.Options{{}, {PIE: true}, {CGO: true}} {
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			img := startImage(t, "layouts", o)
			m := img.Modules[0]
			if (m.Bias != 0) != (m.Header.Type == elf.ET_DYN) || m.Bias%4096 != 0 {
				t.Errorf("a bias of %#x for %v", m.Bias, m.Header.Type)
			}
			main, size, ok := img.Symbol("main.main")
			if !ok || size == 0 {
				t.Fatal("no symbol main.main")
			}
			if s, ok := m.SymbolAt(main + size - 1); !ok || s.Name != "main.main" || s.Addr != main {
				t.Errorf("main.main's last byte is in %+v", s)
			}
			if s, ok := m.SymbolAt(main - 1); ok && s.Name == "main.main" {
				t.Errorf("the byte before main.main is in %+v", s)
			}
			if img.ModuleAt(main) != m || img.ModuleAt(m.End) != nil || img.ModuleAt(m.Start-1) != nil {
				t.Error("main.main's module is not the executable, or it has no bounds")
			}
			file, memory := make([]byte, size), make([]byte, size)
			if err := errors.Join(m.ReadFile(main, file), img.Memory.Read(main, memory)); err != nil || !bytes.Equal(file, memory) {
				t.Errorf("main.main's code differs between file and memory: %v", err)
			}
			all, size, _ := img.Symbol("main.all")
			if !m.ReadOnly(main, 1) || m.ReadOnly(all, int(size)) {
				t.Error("code is not read-only, or data is")
			}
			if _, _, ok := img.Symbol("main.mai"); ok {
				t.Error("a part of a name is a symbol")
			}
		})
	}
}

// What lies outside of what the file supplies is refused, however it is asked for.
func TestReadFileBounds(t *testing.T) {
	m := openModule(t, testtarget.Build(t, "layouts", testtarget.Options{}))
	buf := make([]byte, 16)
	bss, ok := m.Section(".bss")
	if !ok {
		t.Fatal("no .bss")
	}
	for _, addr := range []uint64{0, m.Start - 1, m.End, m.End - 1, bss.Addr + bss.Size - 8, 1<<64 - 1, 1<<64 - 8} {
		var fault *Fault
		if err := m.ReadFile(addr, buf); !errors.As(err, &fault) || fault.Addr != addr || fault.Len != 16 {
			t.Errorf("reading at %#x: %v", addr, err)
		}
		if m.ReadOnly(addr, 16) {
			t.Errorf("%#x is read-only", addr)
		}
	}
	text, _ := m.Segment(m.Header.Entry)
	if m.ReadOnly(text.Vaddr, int(text.Filesz)+1) || m.ReadOnly(text.Vaddr, -1) || !m.ReadOnly(text.Vaddr, int(text.Filesz)) {
		t.Error("a segment's own bounds are not those of what is read-only")
	}
}

// A file from which the debug information was split off has it again when
// its debug file is found, and never another program's.
func TestSeparateDebugFile(t *testing.T) {
	if _, err := exec.LookPath("objcopy"); err != nil {
		testtarget.Skip(t, "objcopy", "it is not on PATH", "install binutils")
	}
	withID := testtarget.Build(t, "layouts", testtarget.Options{})
	without := testtarget.Build(t, "layouts", testtarget.Options{Flags: []string{"-ldflags=-B none"}})
	other := testtarget.Build(t, "chans", testtarget.Options{Flags: []string{"-ldflags=-B none"}})

	split := func(t *testing.T, exe, debug string, link bool) string {
		t.Helper()
		stripped := filepath.Join(t.TempDir(), "layouts")
		if err := os.MkdirAll(filepath.Dir(debug), 0o755); err != nil {
			t.Fatal(err)
		}
		run(t, "objcopy", "--only-keep-debug", exe, debug)
		run(t, "objcopy", "--strip-all", exe, stripped)
		if link {
			run(t, "objcopy", "--add-gnu-debuglink="+debug, stripped)
		}
		return stripped
	}
	check := func(t *testing.T, m *Module, found bool) {
		t.Helper()
		if _, err := m.Type("runtime.g"); (err == nil) != found {
			t.Errorf("found: %v, want %v: %v", err == nil, found, err)
		}
		if _, _, err := m.Global("main.all"); (err == nil) != found {
			t.Errorf("a variable is found: %v, want %v: %v", err == nil, found, err)
		}
	}
	t.Run("by build id", func(t *testing.T) {
		dir, id := t.TempDir(), openModule(t, withID).BuildID
		m := openModule(t, split(t, withID, filepath.Join(dir, ".build-id", id[:2], id[2:]+".debug"), false))
		m.DebugDirs = []string{"/nonexistent", dir}
		check(t, m, true)
	})
	t.Run("by link, beside it", func(t *testing.T) {
		dir := t.TempDir()
		stripped := split(t, without, filepath.Join(dir, "layouts.debug"), true)
		if m := openModule(t, stripped); m.BuildID != "" {
			t.Fatalf("it has the build id %s", m.BuildID)
		}
		check(t, openModule(t, stripped), false)
		run(t, "cp", filepath.Join(dir, "layouts.debug"), filepath.Dir(stripped))
		check(t, openModule(t, stripped), true)
		// One of the same name that is not of this program.
		run(t, "cp", other, filepath.Join(filepath.Dir(stripped), "layouts.debug"))
		check(t, openModule(t, stripped), false)
	})
	t.Run("a pipe in its place", func(t *testing.T) {
		dir := t.TempDir()
		stripped := split(t, without, filepath.Join(dir, "layouts.debug"), true)
		run(t, "mkfifo", filepath.Join(filepath.Dir(stripped), "layouts.debug"))
		check(t, openModule(t, stripped), false)
	})
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
