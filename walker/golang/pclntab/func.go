package pclntab

import (
	"bytes"
	"encoding/binary"
)

// Func is one function in the program's text.
type Func struct {
	Entry, End uint64 // End: where the next function begins
	Name       string // as tracebacks print it: main.(*T).f, main.f[...]
	StartLine  int    // the line of its func keyword
	ID         FuncID
	Flag       Flag

	// Args is the size of its arguments and results on the stack, or
	// ArgsUnknown.
	Args int32

	// DeferReturn is where a panic that is recovered goes on, from Entry;
	// zero: the function defers nothing.
	DeferReturn uint32

	t                  *Table
	pcsp, pcfile, pcln uint32 // offsets in pctab
	cu                 uint32 // where its unit's files begin in cutab
	pcdata, funcdata   []byte // arrays of uint32
}

// ArgsUnknown is the size of the arguments of assembly functions that do not say.
const ArgsUnknown = -0x80000000

// Flag is internal/abi.FuncFlag.
type Flag uint8

const (
	TopFrame Flag = 1 << iota // ends its stack: goexit, mstart
	SPWrite                   // changes SP in a way the tables do not tell
	Asm                       // written in assembly
)

// Sizes and offsets of runtime._func; pcdata and funcdata follow it.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/runtime2.go#L1072
const (
	funcSize       = 44
	offName        = 4
	offArgs        = 8
	offDeferReturn = 12
	offPCSP        = 16
	offPCFile      = 20
	offPCLn        = 24
	offNPCData     = 28
	offCU          = 32
	offStartLine   = 36
	offFuncID      = 40
	offFlag        = 41
	offNFuncData   = 43
)

// record is the runtime._func of the i-th function and what follows it.
func (t *Table) record(i int) ([]byte, bool) {
	off := binary.LittleEndian.Uint32(t.pcln[i*ftabEntry+4:])
	if uint64(off)+funcSize > uint64(len(t.pcln)) {
		return nil, false
	}
	return t.pcln[off:], true
}

// byIndex is the i-th function.
func (t *Table) byIndex(i int) (*Func, bool) {
	if i < 0 || i >= t.nfunc {
		return nil, false
	}
	if f := t.funcs[i].Load(); f != nil {
		return f, true
	}
	f, ok := t.decode(i)
	if !ok {
		return nil, false
	}
	if !t.funcs[i].CompareAndSwap(nil, f) {
		f = t.funcs[i].Load() // so that one function is one pointer
	}
	return f, true
}

func (t *Table) decode(i int) (*Func, bool) {
	r, ok := t.record(i)
	if !ok {
		return nil, false
	}
	u32 := func(off int) uint32 { return binary.LittleEndian.Uint32(r[off:]) }
	npc, nfd := uint64(u32(offNPCData)), uint64(r[offNFuncData])
	if npc > uint64(len(r))/4 || funcSize+4*(npc+nfd) > uint64(len(r)) {
		return nil, false
	}
	f := &Func{
		Entry:       t.text + uint64(t.entry(i)),
		End:         t.text + uint64(t.entry(i+1)),
		Name:        t.name(u32(offName)),
		StartLine:   int(int32(u32(offStartLine))),
		Flag:        Flag(r[offFlag]),
		Args:        int32(u32(offArgs)),
		DeferReturn: u32(offDeferReturn),
		t:           t,
		pcsp:        u32(offPCSP),
		pcfile:      u32(offPCFile),
		pcln:        u32(offPCLn),
		cu:          u32(offCU),
		pcdata:      r[funcSize : funcSize+4*npc],
		funcdata:    r[funcSize+4*npc : funcSize+4*(npc+nfd)],
	}
	// Entries that do not ascend are garbage.
	if f.End < f.Entry || u32(0) != t.entry(i) {
		return nil, false
	}
	f.ID = t.funcID(r[offFuncID], f.Name)
	return f, true
}

// Names of generic functions, with their type arguments, can have kilobytes;
// tracebacks print the type arguments as "[...]".
const (
	maxString = 1 << 16 // in the tables
	maxName   = 1 << 12 // of a function, as it is printed
)

// name is the name at an offset of the name table, as tracebacks print it.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/traceback.go#L747
func (t *Table) name(off uint32) string {
	return t.interned.get(off, func() (string, int) {
		b := cstring(t.names, off)
		i, j := bytes.IndexByte(b, '['), bytes.LastIndexByte(b, ']')
		var s string
		if i < 0 || j <= i {
			s = string(b[:min(len(b), maxName)])
		} else {
			s = string(b[:min(i, maxName)]) + "[...]" + string(b[j+1:][:min(len(b)-j-1, maxName)])
		}
		return s, len(s)
	})
}

// path is the path at an offset of the file table.
func (t *Table) path(off uint32) string {
	return t.paths.get(off, func() (string, int) {
		s := string(cstring(t.files, off))
		return s, len(s)
	})
}

// cstring is the string at an offset of a table of strings that end in NUL;
// empty where there is none.
func cstring(b []byte, off uint32) []byte {
	if uint64(off) >= uint64(len(b)) {
		return nil
	}
	b = b[off:]
	n := bytes.IndexByte(b[:min(len(b), maxString)], 0)
	if n < 0 {
		return nil
	}
	return b[:n]
}
