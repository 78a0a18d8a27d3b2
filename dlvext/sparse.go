package dlvext

import (
	"cmp"
	"slices"
	"sort"
)

// piece is a run of a target's memory that is known.
type piece struct {
	addr uint64
	size int
	data []byte // nil: all zeros, and known to be
}

func (p piece) end() uint64 { return p.addr + uint64(p.size) }

// from returns the part of p from addr on, which lies in p.
func (p piece) from(addr uint64) piece {
	skip := int(addr - p.addr)
	p.addr, p.size = addr, p.size-skip
	if p.data != nil {
		p.data = p.data[skip:]
	}
	return p
}

// sparse is memory of which some runs are known, and the read-only contents
// of the modules' files. It is what a capture leaves behind, what a recording
// holds and what tests make from bytes.
type sparse struct {
	pieces  []piece // by address, disjoint, none empty
	modules []*Module
	why     string // of the Fault for all else
}

var _ Bulk = (*sparse)(nil)

// newSparse sorts the pieces and takes their overlaps out. Where two pieces
// overlap the bytes of the one that begins first stay; of two that begin
// together, the longer one's.
func newSparse(pieces []piece, modules []*Module, why string) *sparse {
	slices.SortFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.addr, b.addr), cmp.Compare(b.size, a.size))
	})
	kept := pieces[:0]
	var end uint64
	for _, p := range pieces {
		if p.size == 0 || p.end() <= end {
			continue
		}
		if p.addr < end {
			p = p.from(end)
		}
		end = p.end()
		kept = append(kept, p)
	}
	return &sparse{pieces: kept, modules: modules, why: why}
}

// find returns the index of the first piece that ends after addr.
func (s *sparse) find(addr uint64) int {
	return sort.Search(len(s.pieces), func(i int) bool { return s.pieces[i].end() > addr })
}

func (s *sparse) Read(addr uint64, buf []byte) error {
	if err := checkRange(addr, len(buf)); err != nil {
		return err
	}
	i := s.find(addr)
	for at, rest := addr, buf; len(rest) > 0; {
		n := 0
		if i < len(s.pieces) && s.pieces[i].addr <= at {
			n = s.pieces[i].copyFrom(at, rest)
			i++
		} else {
			n = len(rest)
			if i < len(s.pieces) {
				n = int(min(uint64(n), s.pieces[i].addr-at))
			}
			if !s.readFile(at, rest[:n]) {
				return &Fault{Addr: addr, Len: len(buf), Why: s.why}
			}
		}
		at, rest = at+uint64(n), rest[n:]
	}
	return nil
}

// copyFrom copies what p has from addr on, which lies in p.
func (p piece) copyFrom(addr uint64, buf []byte) int {
	p = p.from(addr)
	if p.data != nil {
		return copy(buf, p.data)
	}
	n := min(p.size, len(buf))
	clear(buf[:n])
	return n
}

// readFile reads what a module's file is sure to have as memory has it.
func (s *sparse) readFile(addr uint64, buf []byte) bool {
	for _, m := range s.modules {
		if m.ReadOnly(addr, len(buf)) {
			return m.ReadFile(addr, buf) == nil
		}
	}
	return false
}

// ReadMany returns the pieces' own bytes where a range lies in one piece.
func (s *sparse) ReadMany(ranges []Range) [][]byte {
	out := make([][]byte, len(ranges))
	for i, r := range ranges {
		out[i] = s.readOne(r)
	}
	return out
}

func (s *sparse) readOne(r Range) []byte {
	if checkRange(r.Addr, r.Len) != nil {
		return nil
	}
	if i := s.find(r.Addr); i < len(s.pieces) {
		p := s.pieces[i]
		if p.data != nil && p.addr <= r.Addr && r.Addr+uint64(r.Len) <= p.end() {
			at := int(r.Addr - p.addr)
			return p.data[at : at+r.Len : at+r.Len]
		}
	}
	buf := make([]byte, r.Len)
	if s.Read(r.Addr, buf) != nil {
		return nil
	}
	return buf
}

// checkRange refuses what no reader serves: lengths that come from a target
// may be anything, and so may addresses.
func checkRange(addr uint64, n int) error {
	switch {
	case n < 0 || n > maxRead:
		return &Fault{Addr: addr, Len: n, Why: "no reader asks for so much"}
	case addr+uint64(n) < addr:
		return &Fault{Addr: addr, Len: n, Why: "past the end of the address space"}
	}
	return nil
}
