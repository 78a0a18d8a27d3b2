package pclntab_test

import (
	"os"
	"runtime"
	"testing"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// self is the table of the test binary itself, read as any other process's.
func self(t testing.TB) (*pclntab.Table, *pclntab.Moduledata) {
	t.Helper()
	path, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	exe := open(t, path)
	table, md, err := pclntab.Load(module(exe, bias(t, exe, os.Getpid(), path), memory(t, os.Getpid())))
	if err != nil {
		t.Fatal(err)
	}
	return table, md
}

// What the runtime says of its own program, PC by PC, the table says too.
func TestFunctionsAgreeWithRuntime(t *testing.T) {
	table, md := self(t)
	start, end := table.Range()
	if start != md.MinPC || end != md.MaxPC {
		t.Fatalf("code from %#x to %#x, moduledata says %#x to %#x", start, end, md.MinPC, md.MaxPC)
	}
	n := 0
	for pc := start; pc < end; pc += 41 {
		want := runtime.FuncForPC(uintptr(pc))
		f, ok := table.Func(pc)
		if !ok || want == nil {
			t.Fatalf("at %#x: found %v, the runtime %v", pc, ok, want)
		}
		if f.Entry != uint64(want.Entry()) {
			t.Fatalf("at %#x: entry %#x, the runtime's is %#x", pc, f.Entry, want.Entry())
		}
		calls, err := f.Calls(pc)
		if err != nil {
			t.Fatal(err)
		}
		// The runtime takes the name at offset 0, which some function has, for none.
		if calls[0].Func != want.Name() && want.Name() != "" {
			t.Fatalf("at %#x: %s, the runtime says %s", pc, calls[0].Func, want.Name())
		}
		file, line := want.FileLine(uintptr(pc))
		if file == "?" {
			file = ""
		}
		if calls[0].File != file || calls[0].Line != line {
			t.Fatalf("at %#x in %s: %s:%d, the runtime says %s:%d", pc, f.Name, calls[0].File, calls[0].Line, file, line)
		}
		n++
	}
	if n < 10_000 {
		t.Fatalf("only %d PCs compared", n)
	}
}
