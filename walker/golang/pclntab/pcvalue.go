package pclntab

import "encoding/binary"

// Indexes of a function's pcdata and funcdata tables (internal/abi).
const (
	pcdataStackMap = 1
	pcdataInlTree  = 2

	funcdataArgs         = 0
	funcdataLocals       = 1
	funcdataStackObjects = 2
	funcdataInlTree      = 3
	funcdataOpenDefers   = 4
)

// pcvalue is the value at pc of the table at an offset of pctab: pairs of
// varints, the value's difference (zigzag) and how many instructions it holds
// for, from the function's entry on.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/symtab.go#L1285
func (f *Func) pcvalue(off uint32, pc uint64) (int32, bool) {
	if off == 0 || uint64(off) >= uint64(len(f.t.pctab)) || pc < f.Entry || pc >= f.End {
		return 0, false
	}
	p := f.t.pctab[off:]
	at, val := f.Entry, int32(-1)
	// Each pair covers an instruction at least, so more pairs are garbage.
	for range (f.End-f.Entry)/f.t.arch.quantum + 1 {
		dv, n := uvarint(p)
		if n == 0 || (dv == 0 && at != f.Entry) {
			return 0, false
		}
		p = p[n:]
		dpc, n := uvarint(p)
		if n == 0 {
			return 0, false
		}
		p = p[n:]
		val += int32(-(dv & 1) ^ (dv >> 1))
		at += uint64(dpc) * f.t.arch.quantum
		if pc < at {
			return val, true
		}
	}
	return 0, false
}

// uvarint reads an unsigned varint of 32 bits; n is its length, 0 when there
// is none.
func uvarint(p []byte) (v uint32, n int) {
	for n < len(p) && n < binary.MaxVarintLen32 {
		b := p[n]
		v |= uint32(b&0x7f) << (7 * n)
		n++
		if b < 0x80 {
			return v, n
		}
	}
	return 0, 0
}

// pcdataAt is the value of a pcdata table at pc.
func (f *Func) pcdataAt(table int, pc uint64) (int32, bool) {
	if 4*table+4 > len(f.pcdata) {
		return 0, false
	}
	return f.pcvalue(binary.LittleEndian.Uint32(f.pcdata[4*table:]), pc)
}

// funcdataAddr is where a funcdata table is; zero: the function has none.
func (f *Func) funcdataAddr(table int) uint64 {
	if 4*table+4 > len(f.funcdata) || f.t.gofunc == 0 {
		return 0
	}
	off := binary.LittleEndian.Uint32(f.funcdata[4*table:])
	if off == ^uint32(0) {
		return 0
	}
	return f.t.gofunc + uint64(off)
}

// hasFuncdata reports whether the function has such a table, known or not.
func (f *Func) hasFuncdata(table int) bool {
	return 4*table+4 <= len(f.funcdata) && binary.LittleEndian.Uint32(f.funcdata[4*table:]) != ^uint32(0)
}

// SPDelta is how many bytes the function has pushed at pc: how far SP is below
// where it was at the function's entry. On amd64 the return address comes on
// top of that. False: not known, or SP is above.
func (f *Func) SPDelta(pc uint64) (int64, bool) {
	v, ok := f.pcvalue(f.pcsp, pc)
	if !ok || v < 0 || v%ptrSize != 0 {
		return 0, false
	}
	return int64(v), true
}
