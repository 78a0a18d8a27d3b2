package pclntab_test

import (
	"debug/elf"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// modules are the ways to build that lay the tables out differently. An
// external linker, as cgo needs it, merges sections.
func modules() []testtarget.Options {
	build := func(toolchain string, pie, external, stripped bool) testtarget.Options {
		var flags []string
		if external {
			flags = append(flags, "-linkmode=external")
		}
		if stripped {
			flags = append(flags, "-s", "-w")
		}
		o := testtarget.Options{Toolchain: toolchain, PIE: pie, CGO: external}
		if flags != nil {
			o.Flags = []string{"-ldflags=" + strings.Join(flags, " ")}
		}
		return o
	}
	if !testtarget.Full() {
		return []testtarget.Options{
			build("", false, false, false), build("", true, true, true),
			build("go1.25.4", true, false, false), build("go1.25.4", true, true, true),
		}
	}
	var all []testtarget.Options
	yesno := []bool{false, true}
	for _, tc := range append([]string{"go1.22.12", "go1.23.12", "go1.24.13"}, testtarget.Toolchains...) {
		for _, pie := range yesno {
			for _, external := range yesno {
				for _, stripped := range yesno {
					all = append(all, build(tc, pie, external, stripped))
				}
			}
		}
	}
	return all
}

// The table of a running program is found, however the program was built; and
// where the linker left symbols, it has placed its parts where they say.
func TestModules(t *testing.T) {
	for _, o := range modules() {
		t.Run(o.Name(), func(t *testing.T) {
			exe := testtarget.Build(t, "chans", o)
			tg := testtarget.Start(t, exe)
			file := open(t, exe)
			base := bias(t, file, tg.PID, exe)
			table, md, err := pclntab.Load(module(file, base, memory(t, tg.PID)))
			if err != nil {
				t.Fatal(err)
			}
			for name, got := range map[string]uint64{
				"runtime.text": md.Text, "runtime.etext": md.EText, "go:func.*": md.GoFunc,
				"runtime.pclntab": md.Header, "runtime.firstmoduledata": md.Addr,
				"runtime.rodata": md.ROData, "runtime.types": md.Types,
				"runtime.data": md.Data.Start, "runtime.edata": md.Data.End,
				"runtime.noptrdata": md.NoPtr.Start, "runtime.bss": md.BSS.Start, "runtime.enoptrbss": md.NoPtrBSS.End,
			} {
				if want, ok := symbol(file, name); ok && got != want+base {
					t.Errorf("%s is at %#x, its symbol at %#x", name, got, want+base)
				}
			}
			checkAllFunctions(t, table)
		})
	}
}

// checkAllFunctions reads all there is to say of each function.
func checkAllFunctions(t *testing.T, table *pclntab.Table) {
	t.Helper()
	inlined, mapped := 0, 0
	start, end := table.Range()
	for pc := start; pc < end; {
		f, ok := table.Func(pc)
		if !ok {
			t.Fatalf("no function at %#x", pc)
		}
		if f.Name == "" {
			t.Errorf("the function at %#x has no name", f.Entry)
		}
		for at := f.Entry; at < f.End; at += 16 {
			calls, err := f.Calls(at)
			if err != nil {
				t.Fatal(err)
			}
			inlined += len(calls) - 1
		}
		if l, err := f.Live(f.Entry); err == nil {
			mapped++
			if l.ArgsUnknown && f.Args >= 0 && f.Flag&pclntab.Asm == 0 {
				t.Errorf("%s has %d bytes of arguments that are not known", f.Name, f.Args)
			}
		} else if f.Flag&pclntab.Asm == 0 && !strings.Contains(err.Error(), "stack map") && !strings.Contains(err.Error(), "size") {
			t.Error(err)
		}
		pc = f.End
	}
	if inlined < 500 || mapped < table.Len()/2 {
		t.Errorf("of %d functions: %d PCs with inlined calls, %d functions with stack maps", table.Len(), inlined, mapped)
	}
	if f, ok := table.Lookup("main.main"); !ok || f.StartLine == 0 {
		t.Error("there is no main.main")
	}
}

func open(t testing.TB, path string) *elf.File {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// memory reads a process.
func memory(t testing.TB, pid int) pclntab.ReadFunc {
	t.Helper()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mem.Close() })
	return func(addr uint64, buf []byte) error {
		_, err := mem.ReadAt(buf, int64(addr))
		return err
	}
}

// module is the executable of a process.
func module(f *elf.File, base uint64, mem pclntab.ReadFunc) pclntab.Module {
	arch := map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[f.Machine]
	return pclntab.Module{Arch: arch, Memory: mem, Section: func(name string) (pclntab.Span, bool) {
		s := f.Section(name)
		if s == nil {
			return pclntab.Span{}, false
		}
		return pclntab.Span{Start: s.Addr + base, End: s.Addr + s.Size + base}, true
	}}
}

// bias is where an executable is in a process, less where its file says.
func bias(t testing.TB, f *elf.File, pid int, path string) uint64 {
	t.Helper()
	if f.Type != elf.ET_DYN {
		return 0
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(maps), "\n") {
		if !strings.HasSuffix(line, " "+path) {
			continue
		}
		var start uint64
		fmt.Sscanf(line, "%x-", &start)
		for _, p := range f.Progs {
			if p.Type == elf.PT_LOAD { // the first is mapped first
				return start - p.Vaddr
			}
		}
	}
	t.Fatalf("process %d has not mapped %s", pid, path)
	return 0
}

func symbol(f *elf.File, name string) (uint64, bool) {
	syms, _ := f.Symbols()
	for _, s := range syms {
		if s.Name == name {
			return s.Value, true
		}
	}
	return 0, false
}
