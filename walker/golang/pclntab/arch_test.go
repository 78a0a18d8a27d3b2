package pclntab_test

import (
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/frame"

	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Frames are as large as DWARF says, and functions and lines are those that
// the standard library reads, for both architectures; no process is needed.
func TestAgreesWithDWARF(t *testing.T) {
	for arch, returnAddr := range map[string]int64{"amd64": 8, "arm64": 0} {
		t.Run(arch, func(t *testing.T) {
			file := open(t, testtarget.Build(t, "chans", testtarget.Options{Env: []string{"GOARCH=" + arch}}))
			table, md, err := pclntab.Load(module(file, 0, fileMemory(file)))
			if err != nil {
				t.Fatal(err)
			}
			data, err := file.Section(".gopclntab").Data()
			if err != nil {
				t.Fatal(err)
			}
			std, err := gosym.NewTable(nil, gosym.NewLineTable(data, md.Text))
			if err != nil {
				t.Fatal(err)
			}
			frames := debugFrame(t, file)

			start, end := table.Range()
			sized := 0
			for pc := start; pc < end; pc += 4 {
				f, ok := table.Func(pc)
				if !ok {
					t.Fatalf("no function at %#x", pc)
				}
				file, line, fn := std.PCToLine(pc)
				if fn == nil || fn.Entry != f.Entry || plain(fn.Name) != f.Name {
					t.Fatalf("at %#x: %s, want %v", pc, f.Name, fn)
				}
				mark := strings.HasPrefix(f.Name, "go:") // the linker's, of no file, for which gosym takes the first
				if gotFile, gotLine := f.Line(pc); !mark && (gotFile != file || gotLine != max(line, 0)) {
					t.Fatalf("at %#x in %s: %s:%d, want %s:%d", pc, f.Name, gotFile, gotLine, file, line)
				}
				fde, err := frames.FDEForPC(pc)
				if err != nil {
					continue
				}
				ctx, err := fde.EstablishFrame(pc)
				if err != nil {
					t.Fatal(err)
				}
				delta, ok := f.SPDelta(pc)
				if !ok && ctx.CFA.Offset < returnAddr {
					continue // asyncPreempt on arm64 drops what the signal handler pushed, rawVforkSyscall its return address
				}
				if !ok || delta+returnAddr != ctx.CFA.Offset {
					t.Fatalf("at %#x in %s: SP is %d below entry (%v), DWARF has the CFA at SP+%d", pc, f.Name, delta, ok, ctx.CFA.Offset)
				}
				sized++
			}
			if sized < 1000 {
				t.Errorf("only %d frames compared", sized)
			}
		})
	}
}

func debugFrame(t *testing.T, f *elf.File) frame.FrameDescriptionEntries {
	t.Helper()
	b, err := f.Section(".debug_frame").Data()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := frame.Parse(b, binary.LittleEndian, 0, 8, 0)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// plain is a function's name without its type arguments.
func plain(name string) string {
	i, j := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
	if i < 0 || j < i {
		return name
	}
	return name[:i] + "[...]" + name[j+1:]
}

// fileMemory reads an executable that is not position-independent as it would
// be in a process that has not begun.
func fileMemory(f *elf.File) pclntab.ReadFunc {
	return func(addr uint64, buf []byte) error {
		for _, p := range f.Progs {
			if p.Type == elf.PT_LOAD && addr >= p.Vaddr && addr-p.Vaddr+uint64(len(buf)) <= p.Filesz {
				_, err := io.ReadFull(io.NewSectionReader(p, int64(addr-p.Vaddr), int64(len(buf))), buf)
				return err
			}
		}
		return fmt.Errorf("%d bytes at %#x: %w", len(buf), addr, errors.ErrUnsupported)
	}
}
