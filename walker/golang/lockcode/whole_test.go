package lockcode_test

import (
	"debug/elf"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// program reads a Go executable as it lies on disk.
func program(t testing.TB, path string) (*pclntab.Table, pclntab.ReadFunc) {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	read := func(addr uint64, buf []byte) error {
		for _, p := range f.Progs {
			if p.Type == elf.PT_LOAD && addr >= p.Vaddr && addr-p.Vaddr+uint64(len(buf)) <= p.Filesz {
				_, err := io.ReadFull(io.NewSectionReader(p, int64(addr-p.Vaddr), int64(len(buf))), buf)
				return err
			}
		}
		return fmt.Errorf("nothing at %#x", addr)
	}
	table, _, err := pclntab.Load(pclntab.Module{Arch: "amd64", Memory: read, Section: func(name string) (pclntab.Span, bool) {
		s := f.Section(name)
		if s == nil {
			return pclntab.Span{}, false
		}
		return pclntab.Span{Start: s.Addr, End: s.Addr + s.Size}, true
	}})
	if err != nil {
		t.Fatal(err)
	}
	return table, read
}

// functions visits all functions of a program.
func functions(t testing.TB, table *pclntab.Table, visit func(fn *pclntab.Func)) {
	t.Helper()
	start, end := table.Range()
	for pc := start; pc < end; {
		fn, ok := table.Func(pc)
		if !ok || fn.End <= pc {
			pc += 16
			continue
		}
		visit(fn)
		pc = fn.End
	}
}

// nowhere is a frame that cannot be read.
var nowhere = &lockcode.Frame{CFA: 1 << 20}

// All code of a program can be followed, wherever it stands, in its own time.
func TestAllFunctions(t *testing.T) {
	table, read := program(t, testtarget.Build(t, "holders", testtarget.Options{}))
	code := lockcode.New(pclntab.Tables{table})
	code.Walk(read)
	asked, concerned, partial := 0, 0, 0
	functions(t, table, func(fn *pclntab.Func) {
		if fn.Entry/32%64 != 0 && !strings.HasPrefix(fn.Name, "main.") {
			return // some are enough
		}
		for pc := fn.Entry; pc < fn.End; pc += 11 {
			st := code.At(fn, pc, true)
			st.Past(nowhere)
			asked++
			if st.Partial {
				partial++
			}
			if st.Concerned() {
				concerned++
			}
		}
	})
	t.Logf("asked at %d places: %d have to do with locks, %d are not fully known", asked, concerned, partial)
	if concerned < 50 {
		t.Errorf("only %d of %d places have anything to do with locks", concerned, asked)
	}
}

// Whatever stands where code should be, following it ends.
func TestGarbage(t *testing.T) {
	table, read := program(t, testtarget.Build(t, "holders", testtarget.Options{}))
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		code := lockcode.New(pclntab.Tables{table})
		code.Walk(func(addr uint64, buf []byte) error {
			err := read(addr, buf)
			for range len(buf)/64 + 1 {
				buf[rnd.IntN(len(buf))] = byte(rnd.Uint32())
			}
			return err
		})
		functions(t, table, func(fn *pclntab.Func) {
			if rnd.IntN(8) != 0 {
				return
			}
			for range 3 {
				pc := fn.Entry + rnd.Uint64N(fn.End-fn.Entry)
				code.At(fn, pc, rnd.IntN(2) == 0).Past(nowhere)
				code.Argument(fn, pc, 0, nowhere)
				code.Comes(fn, pc, fn.End)
			}
			code.Variables(fn)
			code.Calls(fn, func(string) bool { return true })
			code.Deferred(fn.Entry, nowhere)
		})
	}
}
