package pclntab_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Where the synthetic program has its text and its function data.
const (
	synText   = 0x1000
	synGoFunc = 0x9000
)

// synthetic is the smallest table that has everything, and its function data.
// It has two functions: main.outer, of 32 bytes, with main.inner inlined at 4
// to 8, and a frame of 24 bytes; and main.last, of 16 bytes.
func synthetic() (table, gofunc []byte) {
	u32 := func(vs ...int64) (b []byte) {
		for _, v := range vs {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
		return b
	}
	names := []byte("\x00main.outer\x00main.inner\x00main.last\x00")
	cu := u32(0, 5)
	files := []byte("a.go\x00b.go\x00")
	// Values for so many bytes; zigzag: the first is the value plus one, twice.
	pctab := []byte{0}
	pairs := func(bs ...byte) int64 {
		at := len(pctab)
		pctab = append(append(pctab, bs...), 0)
		return int64(at)
	}
	pcsp := pairs(2, 4, 48, 24, 47, 4)                 // 0 for 4, 24 for 24, 0 for 4
	pcfile := pairs(2, 4, 2, 4, 1, 24)                 // a.go, b.go, a.go
	pcln := pairs(22, 4, 20, 4, 17, 24)                // 10, 20, 11
	inl := pairs(0, 4, 2, 4, 1, 24)                    // -1, 0, -1
	stk := pairs(2, 8, 2, 24)                          // 0, 1
	all := pairs(2, 16)                                // 0 for 16
	gofunc = append(gofunc, u32(0, 12, 2, 100)...)     // inlined: main.inner, called at 2
	gofunc = append(gofunc, u32(2, 1)...)              // locals: two maps of one bit
	gofunc = append(gofunc, 0, 1, 0, 0, 0, 0, 0, 0)    // none, the first word
	gofunc = append(gofunc, u32(1, 0, -8, 8, 8, 0)...) // one stack object of 8 bytes
	gofunc = append(gofunc, 1, 8)                      // open-coded defers

	record := func(entry, name, sp, file, ln, startLine int64, pcdata, funcdata []int64) []byte {
		b := u32(entry, name, 0, 0, sp, file, ln, int64(len(pcdata)), 0, startLine)
		b = append(b, 0, 0, 0, byte(len(funcdata)))
		return append(append(b, u32(pcdata...)...), u32(funcdata...)...)
	}
	outer := record(0, 1, pcsp, pcfile, pcln, 9, []int64{0, stk, inl}, []int64{-1, 16, 32, 0, 56})
	last := record(32, 23, all, all, all, 50, nil, nil)
	const ftab = 2*8 + 4
	funcs := u32(0, ftab, 32, ftab+int64(len(outer)), 48)
	funcs = append(append(funcs, outer...), last...)

	head := []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}
	off := uint64(8 + 8*8)
	words := []uint64{2, 2, 0}
	parts := [][]byte{names, cu, files, pctab, funcs}
	for _, p := range parts {
		words = append(words, off)
		off += uint64(len(p))
	}
	for _, w := range words {
		head = binary.LittleEndian.AppendUint64(head, w)
	}
	return append(head, slices.Concat(parts...)...), gofunc
}

// newSynthetic makes a table of what may be garbage.
func newSynthetic(table, gofunc []byte) (*pclntab.Table, error) {
	return pclntab.New(pclntab.Config{
		Data: table, Text: synText, GoFunc: synGoFunc, Arch: "amd64",
		Read: func(addr uint64, buf []byte) error {
			off := addr - synGoFunc
			if addr < synGoFunc || off > uint64(len(gofunc)) || uint64(len(buf)) > uint64(len(gofunc))-off {
				return errors.New("not there")
			}
			copy(buf, gofunc[off:])
			return nil
		},
	})
}

// What the format means, byte by byte.
func TestSynthetic(t *testing.T) {
	table, err := newSynthetic(synthetic())
	if err != nil {
		t.Fatal(err)
	}
	f, ok := table.Func(synText + 6)
	if !ok || f.Name != "main.outer" || f.Entry != synText || f.End != synText+32 || f.StartLine != 9 {
		t.Fatalf("at 6: %+v", f)
	}
	for pc, want := range map[uint64]int64{0: 0, 3: 0, 4: 24, 27: 24, 28: 0} {
		if got, ok := f.SPDelta(synText + pc); !ok || got != want {
			t.Errorf("SP at %d is %d below (%v), want %d", pc, got, ok, want)
		}
	}
	calls, err := f.Calls(synText + 6)
	want := []pclntab.Call{
		{Func: "main.inner", File: "b.go", Line: 20, StartLine: 100, Inlined: true},
		{Func: "main.outer", File: "a.go", Line: 10, StartLine: 9},
	}
	if err != nil || !slices.Equal(calls, want) {
		t.Errorf("calls at 6: %+v (%v), want %+v", calls, err, want)
	}
	live, err := f.Live(synText + 10)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(live.Slots, []int32{-24}) {
		t.Errorf("live at %d, want -24: the last word below the saved frame pointer and the return address", live.Slots)
	}
	if len(live.Objects) != 1 || live.Objects[0] != (pclntab.Object{Offset: -24, Size: 8, PtrBytes: 8}) {
		t.Errorf("objects %+v", live.Objects)
	}
	if live.Defers == nil || *live.Defers != (pclntab.OpenDefers{Bits: -17, Slots: -24}) {
		t.Errorf("defers %+v", live.Defers)
	}
	if f, ok := table.Func(synText + 47); !ok || f.Name != "main.last" {
		t.Errorf("at 47: %+v", f)
	}
	for _, pc := range []uint64{synText - 1, synText + 48, 0, ^uint64(0)} {
		if f, ok := table.Func(pc); ok {
			t.Errorf("%s is at %#x", f.Name, pc)
		}
	}
}
