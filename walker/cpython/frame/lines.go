package frame

import (
	"cmp"
	"math"
	"slices"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// lineSpan is a run of bytecode that ends before the offset end, in bytes,
// and its line; noLine: it has none.
type lineSpan struct{ end, line int32 }

const noLine = -1

// lineTable is a code object's table of lines, in the order of the bytecode.
type lineTable []lineSpan

// decodeLines decodes co_lnotab or co_linetable of a code object that begins
// at line first. Whatever the bytes, there is a table; one that breaks off
// holds what came before.
func decodeLines(format layout.LineFormat, table []byte, first int) lineTable {
	switch format {
	case layout.Lnotab:
		return decodeLnotab(table, first)
	case layout.PEP626:
		return decodePEP626(table, first)
	case layout.Locations:
		return decodeLocations(table, first)
	default:
		return nil
	}
}

// line returns the line of the instruction at an offset in bytes, and whether
// it has one. Before the first instruction that is the first line, as
// PyCode_Addr2Line has it.
func (t lineTable) line(offset, first int) (int, bool) {
	if offset < 0 {
		return first, true
	}
	i, found := slices.BinarySearchFunc(t, offset, func(s lineSpan, offset int) int { return cmp.Compare(int(s.end), offset) })
	if found {
		i++ // spans end before their end
	}
	for i < len(t) && int(t[i].end) <= offset { // spans without a byte
		i++
	}
	if i >= len(t) || t[i].line < 0 {
		return 0, false
	}
	return int(t[i].line), true
}

// spans builds a lineTable. Lines that no file has become noLine.
type spans struct {
	table lineTable
	end   int32
	line  int64
}

const maxLine = 1 << 30

// add ends the current span after n more bytes.
func (s *spans) add(n int, hasLine bool) {
	if int64(s.end)+int64(n) > math.MaxInt32 {
		return
	}
	s.end += int32(n)
	line := int32(noLine)
	if hasLine && s.line >= 0 && s.line <= maxLine {
		line = int32(s.line)
	}
	switch last := len(s.table) - 1; {
	case n == 0:
	case last >= 0 && s.table[last].line == line:
		s.table[last].end = s.end
	default:
		s.table = append(s.table, lineSpan{s.end, line})
	}
}

// decodeLnotab decodes pairs of an unsigned number of bytes of code and a
// signed number of lines, the latter after the former; the last line goes on
// to the code's end.
//
// https://github.com/python/cpython/blob/v3.8.18/Objects/lnotab_notes.txt
func decodeLnotab(table []byte, first int) lineTable {
	s := spans{line: int64(first)}
	for ; len(table) >= 2; table = table[2:] {
		s.add(int(table[0]), true)
		s.line += int64(int8(table[1]))
	}
	s.add(math.MaxInt32-int(s.end), true)
	return s.table
}

// decodePEP626 decodes pairs of a number of bytes of code and the signed
// difference of its line from the line before; -128: it has none.
//
// https://github.com/python/cpython/blob/v3.10.13/Objects/lnotab_notes.txt
func decodePEP626(table []byte, first int) lineTable {
	s := spans{line: int64(first)}
	for ; len(table) >= 2; table = table[2:] {
		delta := int8(table[1])
		if delta != math.MinInt8 {
			s.line += int64(delta)
		}
		s.add(int(table[0]), delta != math.MinInt8)
	}
	return s.table
}

// Codes of entries in a location table that say something of lines; others
// stay on the line.
const (
	oneLine0  = 10 // 10 to 12: as many lines further as the code is above 10
	oneLine2  = 12
	noColumns = 13
	long      = 14
	noPlace   = 15
)

// decodeLocations decodes the entries of 3.11 and later. The first byte of
// an entry, and no other, has its highest bit set; the next four bits are its
// code, the lowest three one less than the number of instructions, of 2 bytes
// each, that it is about.
//
// https://github.com/python/cpython/blob/v3.11.7/Objects/locations.md
func decodeLocations(table []byte, first int) lineTable {
	s := spans{line: int64(first)}
	for i := 0; i < len(table); {
		head := table[i]
		code := head >> 3 & 15
		i++
		body := i
		for i < len(table) && table[i]&0x80 == 0 {
			i++
		}
		switch {
		case code == noColumns || code == long:
			s.line += signedVarint(table[body:i])
		case code >= oneLine0 && code <= oneLine2:
			s.line += int64(code - oneLine0)
		}
		s.add(2*(int(head&7)+1), code != noPlace)
	}
	return s.table
}

// signedVarint decodes the number at the start of b: six bits a byte, the
// lowest first, with 0x40 while more follow; its lowest bit is the sign.
func signedVarint(b []byte) int64 {
	var u uint64
	for i := 0; i < len(b) && i < 10; i++ {
		u |= uint64(b[i]&0x3f) << (6 * i)
		if b[i]&0x40 == 0 {
			break
		}
	}
	if v := int64(u >> 1); u&1 != 0 {
		return -v
	} else {
		return v
	}
}
