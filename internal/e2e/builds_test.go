package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// toolchainsFor are the releases that ways to build are tested with: in a
// quick test the one at hand.
func toolchainsFor() []string {
	all := []string{""}
	if testtarget.Full() {
		all = append(append(all, testtarget.Toolchains...), testtarget.Older...)
	}
	return all
}

// The functions and types of a plugin are known as the program's own are.
func TestPlugin(t *testing.T) {
	f := fixture{program: "plugin", cgo: true, where: []string{"plugin/work.member", "plugin/work.send"}}
	for _, toolchain := range toolchainsFor() {
		o := testtarget.Options{Toolchain: toolchain, CGO: true}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			shared := o
			shared.Flags = []string{"-buildmode=plugin"}
			plugin := testtarget.Build(t, "plugin/work", shared)
			lookAt(t, testtarget.Start(t, testtarget.Build(t, "plugin", o), plugin), f, o)
		})
	}
}

// A Go runtime in a library that a C program loads or is linked with, or a
// Python loads, is read as a Go program's.
func TestLibrary(t *testing.T) {
	f := fixture{program: "library", cgo: true, where: []string{"main.member"}}
	for _, toolchain := range toolchainsFor() {
		o := testtarget.Options{Toolchain: toolchain, CGO: true}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			library := func(mode string) string {
				o := o
				o.Flags = []string{"-buildmode=" + mode}
				return testtarget.Build(t, "library", o)
			}
			t.Run("loaded", func(t *testing.T) {
				lookAt(t, testtarget.Start(t, compileC(t, "golibrary.c"), library("c-shared")), f, o)
			})
			t.Run("linked", func(t *testing.T) {
				lookAt(t, testtarget.Start(t, compileC(t, "goarchive.c", library("c-archive"))), f, o)
			})
		})
	}
	t.Run("loaded by Python", func(t *testing.T) {
		t.Parallel()
		library := testtarget.Build(t, "library", testtarget.Options{CGO: true, Flags: []string{"-buildmode=c-shared"}})
		tg := testtarget.StartPython(t, testtarget.Pythons(t)[0], "golibrary.py", library)
		dump := tg.Stack(t)
		for _, v := range views {
			s := v.see(t, tg)
			if thread := withFunction(t, s, "__main__.call", 1)[0]; thread.Runtime != "py" {
				t.Errorf("%s: Python's thread is of the runtime %s", v.name, thread.Runtime)
			}
			compareWithRuntime(t, dump, onlyGo(s))
		}
	})
}

// Of two Go runtimes in one process one is shown, and a note names the other.
func TestTwoGoRuntimes(t *testing.T) {
	t.Parallel()
	library := func(toolchain string) string {
		return testtarget.Build(t, "library", testtarget.Options{Toolchain: toolchain, CGO: true, Flags: []string{"-buildmode=c-shared"}})
	}
	first, second := library(""), library("go1.25.4")
	tg := testtarget.Start(t, compileC(t, "golibrary.c"), first, second)
	for _, v := range views {
		s := v.see(t, tg)
		if len(s.Runtimes) != 1 {
			t.Fatalf("%s: there are the runtimes %v", v.name, s.Runtimes)
		}
		if len(withFunction(t, s, "main.member", 1)[0].Groups) != 1 {
			t.Errorf("%s: the tasks are not those of the library that was called", v.name)
		}
		if notes := strings.Join(s.Runtimes[0].Notes, "\n"); !strings.Contains(notes, second+" has a Go runtime of its own, whose ") {
			t.Errorf("%s: the notes are %q", v.name, notes)
		}
	}
}

// onlyGo is a snapshot with its goroutines alone.
func onlyGo(s *graph.Snapshot) *graph.Snapshot {
	out := &graph.Snapshot{}
	for _, task := range s.Tasks {
		if task.Runtime == "go" {
			out.Tasks = append(out.Tasks, task)
		}
	}
	return out
}

// compileC compiles a program of testdata/c.
func compileC(t *testing.T, source string, more ...string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		testtarget.Skip(t, "cgo", "cc is not on PATH", "install a C compiler")
	}
	exe := filepath.Join(t.TempDir(), "compiled") // the same in the golden file of each
	args := append([]string{"-o", exe, filepath.Join(testtarget.Root(t), "testdata", "c", source)}, more...)
	if out, err := exec.Command(cc, append(args, "-ldl", "-lpthread")...).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	return exe
}

// However the debug information is kept, what is read is the same; and where
// there is none, a table stands in.
func TestDebugInformation(t *testing.T) {
	for _, test := range []struct {
		name, layout string
		options      testtarget.Options
		prepare      func(t *testing.T, exe string) string
	}{
		{"DWARF 4", "dwarf", testtarget.Options{Toolchain: "go1.24.13"}, nil},
		{"not compressed", "dwarf", testtarget.Options{Flags: []string{"-ldflags=-compressdwarf=false"}}, nil},
		{"none, up to Go 1.25", "table", testtarget.Options{Toolchain: "go1.25.4", Flags: []string{"-ldflags=-s -w"}}, nil},
		{"none", "table", testtarget.Options{Flags: []string{"-ldflags=-s -w"}}, nil},
		{"symbols alone", "table", testtarget.Options{Flags: []string{"-ldflags=-w"}}, nil},
		{"in a linked file", "dwarf", testtarget.Options{}, splitOff},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := fixture{program: "mutexes", where: []string{"main.lockField", "main.readBehindWriter", "main.writeBehindWriter"}}
			exe := testtarget.Build(t, f.program, test.options)
			if test.prepare != nil {
				exe = test.prepare(t, exe)
			}
			tg := testtarget.Start(t, exe)
			if got := attach(t, tg).Runtimes[0].Layout; got != test.layout {
				t.Errorf("the layouts are by %q, want %q", got, test.layout)
			}
			lookAt(t, tg, f, test.options)
		})
	}
}

// splitOff moves an executable's symbols and debug information to a file
// beside it, which it names.
func splitOff(t *testing.T, exe string) string {
	t.Helper()
	if _, err := exec.LookPath("objcopy"); err != nil {
		testtarget.Skip(t, "objcopy", "it is not on PATH", "install binutils")
	}
	stripped := filepath.Join(t.TempDir(), filepath.Base(exe))
	for _, args := range [][]string{
		{"--only-keep-debug", exe, stripped + ".debug"},
		{"--strip-all", "--add-gnu-debuglink=" + stripped + ".debug", exe, stripped},
	} {
		if out, err := exec.Command("objcopy", args...).CombinedOutput(); err != nil {
			t.Fatalf("objcopy: %v\n%s", err, out)
		}
	}
	return stripped
}

// A program of a Go release that was not tested is read, and the snapshot says
// so; what cannot be read is refused in one line.
func TestOtherGo(t *testing.T) {
	stripped := []string{"-ldflags=-s -w"}
	for _, c := range []struct {
		name, built, says string
		flags             []string
		note, refusal     string
	}{
		{"newer", "go1.27.1", "go1.99.1", nil, "go1.99.1 is newer than go1.27", ""},
		{"newer, without debug information", "go1.27.1", "go1.99.1", stripped, "go1.99.1 is newer than go1.27", ""},
		{"older", "go1.22.12", "go1.21.12", nil, "go1.21.12 is older than go1.22", ""},
		{"older, without debug information", "go1.22.12", "go1.21.12", stripped, "", "the layouts of go1.21.12's structures are not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.built == "go1.22.12" && !testtarget.Full() {
				t.Skip("an old release: set DLV_ASYNC_FULL=1")
			}
			exe := testtarget.Build(t, "chans", testtarget.Options{Toolchain: c.built, Flags: c.flags})
			tg := testtarget.Start(t, patched(t, exe, c.built, c.says))
			dump := tg.Stack(t)
			if c.refusal != "" {
				_, err := snapshot.Attach(t.Context(), tg.PID, snapshot.Options{})
				if err == nil || !strings.Contains(err.Error(), c.refusal) || strings.Contains(err.Error(), "\n") {
					t.Errorf("the error is %v", err)
				}
				return
			}
			for _, v := range views {
				s := v.see(t, tg)
				compareWithRuntime(t, dump, s)
				if notes := strings.Join(s.Runtimes[0].Notes, "\n"); !strings.Contains(notes, c.note) {
					t.Errorf("%s: the notes are %q", v.name, notes)
				}
			}
		})
	}
}

// patched is a copy of an executable with all of one text replaced by another
// of the same length.
func patched(t *testing.T, exe, old, text string) string {
	t.Helper()
	b, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), filepath.Base(exe))
	if err := os.WriteFile(changed, bytes.ReplaceAll(b, []byte(old), []byte(text)), 0o755); err != nil {
		t.Fatal(err)
	}
	return changed
}
