package pclntab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"sync/atomic"
)

// ReadFunc fills buf with the memory at addr, or fails.
type ReadFunc func(addr uint64, buf []byte) error

// Config is what a module's table is made of. Addresses are the process's.
type Config struct {
	// Data is the table from its header on; what follows it does no harm.
	// It is kept, and must not change.
	Data []byte

	// Text is what function entries are relative to: moduledata.text,
	// the symbol runtime.text. The header had it up to Go 1.25.
	Text uint64

	// GoFunc is what function data is relative to: moduledata.gofunc, the
	// symbol go:func.*. Zero: not known, and neither inlined calls nor live
	// words are.
	GoFunc uint64

	// Read reads the read-only memory around GoFunc.
	Read ReadFunc

	// Arch is amd64 or arm64.
	Arch string
}

// Table is the function table of one Go module. It is safe for concurrent use.
type Table struct {
	text   uint64
	gofunc uint64
	read   ReadFunc
	arch   arch

	names, files, cu, pctab, pcln []byte // each from its start to the end of data

	nfunc     int
	funcs     []atomic.Pointer[Func] // by index in the function table
	wrapperID uint8                  // the module's number for wrappers

	interned memo[uint32, string] // names
	paths    memo[uint32, string]
	calls    memo[uint64, callsAt]
	live     memo[uint64, liveAt]
}

// arch is what differs between architectures.
type arch struct {
	quantum    uint64 // size of the smallest instruction
	returnAddr int64  // bytes of a return address that a call pushes
	minFrame   int64  // bytes between a frame and the arguments above it
	minLocals  int64  // locals of this size have no map: they are no one's
}

var archs = map[string]arch{
	"amd64": {quantum: 1, returnAddr: 8},
	"arm64": {quantum: 4, minFrame: 8, minLocals: 16},
}

const (
	magic      = 0xfffffff1 // Go 1.20 and later
	headerSize = 8 + 8*8
	ptrSize    = 8
)

// header is runtime.pcHeader.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/symtab.go#L376
type header struct {
	quantum                        uint8
	nfunc                          uint64
	names, cu, files, pctab, funcs uint64 // offsets from the header
}

// parseHeader reads a header and checks it against the n bytes that the
// table can have. An n of zero: not known.
func parseHeader(b []byte, n uint64) (header, error) {
	var h header
	if len(b) < headerSize {
		return h, errors.New("function table is cut short")
	}
	if m := binary.LittleEndian.Uint32(b); m != magic {
		return h, fmt.Errorf("function table starts with %#x, not with Go 1.20's %#x", m, uint32(magic))
	}
	if b[4] != 0 || b[5] != 0 || b[7] != ptrSize {
		return h, errors.New("function table is not of a 64-bit program")
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8+8*i:]) }
	// Word 2 was textStart up to Go 1.25; the caller has it from elsewhere,
	// since in a file it may lack its relocation.
	h = header{
		quantum: b[6], nfunc: word(0),
		names: word(3), cu: word(4), files: word(5), pctab: word(6), funcs: word(7),
	}
	if n == 0 {
		return h, nil
	}
	for _, off := range []uint64{h.names, h.cu, h.files, h.pctab, h.funcs} {
		if off < headerSize || off > n {
			return h, errors.New("function table's header points outside of it")
		}
	}
	if h.nfunc == 0 || h.nfunc > (n-h.funcs)/ftabEntry {
		return h, fmt.Errorf("function table of %d bytes cannot have %d functions", n, h.nfunc)
	}
	return h, nil
}

// New makes a table of its parts.
func New(c Config) (*Table, error) {
	h, err := parseHeader(c.Data, uint64(len(c.Data)))
	if err != nil {
		return nil, err
	}
	a, ok := archs[c.Arch]
	if !ok {
		return nil, fmt.Errorf("function tables of %s are not supported", c.Arch)
	}
	if uint64(h.quantum) != a.quantum {
		return nil, fmt.Errorf("function table is not of %s: its smallest instruction has %d bytes", c.Arch, h.quantum)
	}
	t := &Table{
		text: c.Text, gofunc: c.GoFunc, read: c.Read, arch: a,
		names: c.Data[h.names:], files: c.Data[h.files:], cu: c.Data[h.cu:],
		pctab: c.Data[h.pctab:], pcln: c.Data[h.funcs:],
		nfunc: int(h.nfunc),
		funcs: make([]atomic.Pointer[Func], h.nfunc),
	}
	// One more entry, of half the size, is the end of the last function.
	if len(t.pcln) < t.nfunc*ftabEntry+4 {
		return nil, errors.New("function table is cut short")
	}
	t.wrapperID = t.findWrapperID()
	return t, nil
}

// ftabEntry is the size of runtime.functab: the function's entry, from Text,
// and where its record is, from the start of the function table.
const ftabEntry = 8

// entry is the entry of the i-th function, from Text; i may be nfunc.
func (t *Table) entry(i int) uint32 {
	return binary.LittleEndian.Uint32(t.pcln[i*ftabEntry:])
}

// Range is the module's code: from the first function to the end of the last.
func (t *Table) Range() (start, end uint64) {
	return t.text + uint64(t.entry(0)), t.text + uint64(t.entry(t.nfunc))
}

// Func is the function that pc is in.
func (t *Table) Func(pc uint64) (*Func, bool) {
	off := pc - t.text
	if pc < t.text || off < uint64(t.entry(0)) || off >= uint64(t.entry(t.nfunc)) {
		return nil, false
	}
	i := sort.Search(t.nfunc, func(i int) bool { return uint64(t.entry(i)) > off }) - 1
	return t.byIndex(i)
}

// Lookup is the function with this name, as [Func.Name] has it: a search
// through all of them.
func (t *Table) Lookup(name string) (*Func, bool) {
	for i := range t.nfunc {
		if f, ok := t.byIndex(i); ok && f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// Len is how many functions there are.
func (t *Table) Len() int { return t.nfunc }

// Tables are the tables of a process's modules: the executable's, and those
// of plugins and shared Go libraries.
type Tables []*Table

// Func is the function that pc is in.
func (ts Tables) Func(pc uint64) (*Func, bool) {
	for _, t := range ts {
		if f, ok := t.Func(pc); ok {
			return f, true
		}
	}
	return nil, false
}
