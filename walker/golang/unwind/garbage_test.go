package unwind_test

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
)

// Whatever a stack holds, unwinding ends, and what it found can be looked at.
func FuzzStackAMD64(f *testing.F) { fuzzStack(f, "amd64") }
func FuzzStackARM64(f *testing.F) { fuzzStack(f, "arm64") }

func fuzzStack(f *testing.F, arch string) {
	table, _ := fileTable(f, testtarget.Build(f, "chans", testtarget.Options{Env: []string{"GOARCH=" + arch}}))
	u := unwind.New(pclntab.Tables{table}, arch)
	start, end := table.Range()
	functions := special(table)

	// garbage is a stack of random words, most of which are PCs.
	garbage := func(rnd *rand.Rand, lo uint64) unwind.Stack {
		b := make([]byte, 8*(1+rnd.IntN(300)))
		for i := 0; i < len(b); i += 8 {
			w := rnd.Uint64()
			switch rnd.IntN(8) {
			case 0, 1, 2:
				w = start + rnd.Uint64N(end-start)
			case 3, 4:
				fn := functions[rnd.IntN(len(functions))]
				w = fn.Entry + rnd.Uint64N(fn.End-fn.Entry)
			case 5, 6:
				w = lo + rnd.Uint64N(uint64(len(b)))
			}
			binary.LittleEndian.PutUint64(b[i:], w)
		}
		return unwind.Stack{Lo: lo, Data: b}
	}
	state := func(rnd *rand.Rand, s unwind.Stack) unwind.Start {
		word := func() uint64 { return binary.LittleEndian.Uint64(s.Data[8*rnd.IntN(len(s.Data)/8):]) }
		return unwind.Start{
			PC: word(), SP: s.Lo + uint64(rnd.IntN(len(s.Data))), BP: word(), LR: word(),
			Trap: rnd.IntN(2) == 0, Syscall: rnd.IntN(2) == 0, Stack: s,
		}
	}
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		rnd := rand.New(rand.NewPCG(a, b))
		for range 50 {
			from := state(rnd, garbage(rnd, 0x1000))
			next := state(rnd, garbage(rnd, 0x100000))
			if rnd.IntN(2) == 0 {
				from.Next = &next
			}
			const limit = 1000
			frames, end := u.Stack(from, nil, limit)
			if len(frames) > limit {
				t.Errorf("%d frames, end %v", len(frames), end.Reason)
			}
			for i, f := range frames {
				if i > 0 && f.SP < frames[i-1].SP && f.SP&^0xfffff == frames[i-1].SP&^0xfffff {
					t.Errorf("frame %d at %#x is below the one before at %#x", i, f.SP, frames[i-1].SP)
				}
				_, _ = f.Live()
			}
			if _, err := u.Expand(frames, nil); err != nil {
				t.Error(err)
			}
		}
	})
}

// special are the functions that the unwinder knows by name.
func special(table *pclntab.Table) []*pclntab.Func {
	var fs []*pclntab.Func
	for _, name := range []string{
		"runtime.asmcgocall", "runtime.asyncPreempt", "runtime.cgocallback", "runtime.goexit", "runtime.gogo",
		"runtime.mcall", "runtime.morestack", "runtime.mstart", "runtime.sigpanic", "runtime.sigreturn__sigaction",
		"runtime.sigtramp", "runtime.systemstack", "runtime.systemstack_switch",
	} {
		if f, ok := table.Lookup(name); ok {
			fs = append(fs, f)
		}
	}
	return fs
}

// fileTable is the table of an executable that is not position-independent,
// read as it would be in a process that has not begun.
func fileTable(t testing.TB, path string) (*pclntab.Table, *pclntab.Moduledata) {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	arch := map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[f.Machine]
	table, md, err := pclntab.Load(pclntab.Module{Arch: arch, Section: sections(f, 0), Memory: func(addr uint64, buf []byte) error {
		for _, p := range f.Progs {
			if p.Type == elf.PT_LOAD && addr >= p.Vaddr && addr-p.Vaddr+uint64(len(buf)) <= p.Filesz {
				_, err := io.ReadFull(io.NewSectionReader(p, int64(addr-p.Vaddr), int64(len(buf))), buf)
				return err
			}
		}
		return fmt.Errorf("nothing at %#x", addr)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return table, md
}

// sections finds the sections of a file that is mapped with a bias.
func sections(f *elf.File, bias uint64) func(string) (pclntab.Span, bool) {
	return func(name string) (pclntab.Span, bool) {
		s := f.Section(name)
		if s == nil {
			return pclntab.Span{}, false
		}
		return pclntab.Span{Start: s.Addr + bias, End: s.Addr + s.Size + bias}, true
	}
}
