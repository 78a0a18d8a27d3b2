package pclntab

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Moduledata is what a module's runtime.moduledata says of where its parts
// are in the process. The linker writes it, and nothing changes it but
// relocation.
type Moduledata struct {
	Addr     uint64 // of the moduledata itself
	Header   uint64 // of the function table
	TableLen uint64 // bytes of the function table, as far as the moduledata says
	Text     uint64 // what function entries are relative to
	EText    uint64
	MinPC    uint64
	MaxPC    uint64
	Data     Span // initialised variables with pointers
	NoPtr    Span // initialised variables without
	BSS      Span
	NoPtrBSS Span
	Types    uint64 // what type offsets are relative to
	ROData   uint64 // what masks of stack objects are relative to
	GoFunc   uint64 // what function data is relative to
}

// Span is a part of memory.
type Span struct{ Start, End uint64 }

// Words of runtime.moduledata up to gcbss have been the same since Go 1.20;
// between there and textsectmap lie types, rodata and gofunc, and more with
// each version.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/symtab.go#L402
const (
	mdHeader      = 0
	mdFuncNames   = 1 // slices of three words
	mdCU          = 4
	mdFiles       = 7
	mdPCTab       = 10
	mdPCLn        = 13
	mdFTab        = 16
	mdMinPC       = 20
	mdText        = 22
	mdNoPtr       = 24
	mdData        = 26
	mdBSS         = 28
	mdNoPtrBSS    = 30
	mdTypes       = 37
	mdTextSectMin = 41 // textsectmap is here or up to mdTextSectMax
	mdTextSectMax = 56
	mdWords       = mdTextSectMax + 3
)

// FindModuledata looks for the moduledata of the module whose function table
// is at header, among the words of the given spans: variables of the module,
// as they are in the process, relocated.
//
// What it finds was checked against the table: a moduledata names each part
// of it and the code it covers.
func FindModuledata(read ReadFunc, header uint64, in []Span) (*Moduledata, error) {
	var unreadable error
	var last error
	for _, s := range in {
		var found *Moduledata
		err := eachWord(read, s, func(addr, word uint64) bool {
			if word != header {
				return true
			}
			m, err := readModuledata(read, addr)
			if err != nil {
				last = err
				return true
			}
			found = m
			return false
		})
		if found != nil {
			return found, nil
		}
		if err != nil {
			unreadable = err
		}
	}
	switch {
	case unreadable != nil:
		return nil, fmt.Errorf("no moduledata found for the function table at %#x; some of the module's variables could not be read: %w", header, unreadable)
	case last != nil:
		return nil, fmt.Errorf("no moduledata found for the function table at %#x: %w", header, last)
	}
	return nil, fmt.Errorf("no moduledata found for the function table at %#x", header)
}

// maxVariables bounds how much of one span is searched.
const maxVariables = 1 << 28

// eachWord calls f for each aligned word of s, until f returns false. Parts
// that cannot be read are passed over; the error tells of the last of them.
func eachWord(read ReadFunc, s Span, f func(addr, word uint64) bool) error {
	var failed error
	buf := make([]byte, 1<<16)
	start := (s.Start + ptrSize - 1) &^ (ptrSize - 1)
	if s.End > s.Start+maxVariables {
		s.End = s.Start + maxVariables
	}
	for a := start; a < s.End; {
		b := buf[:min(uint64(len(buf)), s.End-a)]
		if err := read(a, b); err != nil {
			failed = err
		} else {
			for i := 0; i+ptrSize <= len(b); i += ptrSize {
				if !f(a+uint64(i), binary.LittleEndian.Uint64(b[i:])) {
					return nil
				}
			}
		}
		next := a + uint64(len(b))
		if next < a {
			break
		}
		a = next
	}
	return failed
}

// readModuledata reads what should be a moduledata, and checks it.
func readModuledata(read ReadFunc, addr uint64) (*Moduledata, error) {
	var head [headerSize]byte
	b := make([]byte, mdWords*ptrSize)
	if err := read(addr, b); err != nil {
		return nil, err
	}
	w := func(i int) uint64 { return binary.LittleEndian.Uint64(b[i*ptrSize:]) }
	m := &Moduledata{
		Addr: addr, Header: w(mdHeader),
		Text: w(mdText), EText: w(mdText + 1), MinPC: w(mdMinPC), MaxPC: w(mdMinPC + 1),
		NoPtr: Span{w(mdNoPtr), w(mdNoPtr + 1)}, Data: Span{w(mdData), w(mdData + 1)},
		BSS: Span{w(mdBSS), w(mdBSS + 1)}, NoPtrBSS: Span{w(mdNoPtrBSS), w(mdNoPtrBSS + 1)},
		Types: w(mdTypes),
	}
	if err := read(m.Header, head[:]); err != nil {
		return nil, err
	}
	h, err := parseHeader(head[:], 0)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		word int
		off  uint64
	}{{mdFuncNames, h.names}, {mdCU, h.cu}, {mdFiles, h.files}, {mdPCTab, h.pctab}, {mdPCLn, h.funcs}, {mdFTab, h.funcs}} {
		if w(part.word) != m.Header+part.off {
			return nil, fmt.Errorf("the words at %#x are no moduledata: word %d does not lead to its part of the function table", addr, part.word)
		}
	}
	if w(mdFTab+1) != h.nfunc+1 {
		return nil, fmt.Errorf("the moduledata at %#x and its function table count functions differently", addr)
	}
	m.TableLen = h.funcs + w(mdPCLn+1)
	return m, m.readEntries(read, h, w)
}

// readEntries finds the words that differ between versions, and checks the
// code that the function table covers.
func (m *Moduledata) readEntries(read ReadFunc, h header, w func(int) uint64) error {
	var b [4]byte
	bound := func(i uint64) uint64 {
		if err := read(m.Header+h.funcs+i*ftabEntry, b[:]); err != nil {
			return 0
		}
		return m.Text + uint64(binary.LittleEndian.Uint32(b[:]))
	}
	if bound(0) != m.MinPC || bound(h.nfunc) != m.MaxPC {
		return fmt.Errorf("the moduledata at %#x covers other code than its function table", m.Addr)
	}
	i, err := m.textSectWord(read, w)
	if err != nil {
		return err
	}
	// Before textsectmap comes epclntab, since Go 1.26, then gofunc, then
	// rodata. epclntab is past the table and gofunc, which is in it, then.
	g := i - 1
	if end := m.Header + m.TableLen; w(g) >= end && w(g-1) > m.Header && w(g-1) <= w(g) {
		g--
	}
	m.GoFunc, m.ROData = w(g), w(g-1)
	return nil
}

// mdTail bounds where in a moduledata, in words, its last one is: in Go 1.27
// it is the 91st.
const mdTail = 128

// Next follows the list of the moduledata that one runtime has loaded: the
// address of the one after m, which is m's last word. Where that is differs
// between versions, so it is known by its value: isOne says of an address
// whether a moduledata is there that is not yet passed.
func (m *Moduledata) Next(read ReadFunc, isOne func(addr uint64) bool) (uint64, bool) {
	var b [ptrSize]byte
	for i := uint64(mdTextSectMin); i < mdTail; i++ {
		if read(m.Addr+i*ptrSize, b[:]) != nil {
			break
		}
		if addr := binary.LittleEndian.Uint64(b[:]); isOne(addr) {
			return addr, true
		}
	}
	return 0, false
}

// textSectWord finds the word where textsectmap begins: a slice whose first
// element is {0, length of the code, text}. In a plugin it leads to the map of
// the program that loaded it, since the symbol is the same; no one looks at
// maps of one element:
// https://github.com/golang/go/blob/go1.26.8/src/runtime/symtab.go#L587
func (m *Moduledata) textSectWord(read ReadFunc, w func(int) uint64) (int, error) {
	const maxSections, maxText = 1 << 10, 1 << 32
	for i := mdTextSectMin; i <= mdTextSectMax; i++ {
		n := w(i + 1)
		if w(i) == 0 || n == 0 || n != w(i+2) || n > maxSections {
			continue
		}
		var b [24]byte
		if read(w(i), b[:]) != nil {
			continue
		}
		from, length, text := binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])
		if from != 0 || length == 0 || length > maxText || text != m.Text && n > 1 || text == 0 {
			continue
		}
		if n > 1 {
			// Linkers of ARM and PowerPC make such.
			return 0, errors.New("programs whose code is in several parts are not supported")
		}
		return i, nil
	}
	return 0, fmt.Errorf("the moduledata at %#x has a form that is not known", m.Addr)
}
