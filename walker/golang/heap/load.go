package heap

import (
	"errors"
	"fmt"
	"math"

	"github.com/dlv-async/dlv-async/dlvext"
)

// Sizes of Linux's 64-bit heaps, for all architectures:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/malloc.go#L238
const (
	logArena      = 26
	logPage       = 13
	pageSize      = 1 << logPage
	pagesPerArena = 1 << (logArena - logPage)
	maxAddr       = 1 << 47 // of a user's addresses, on amd64 and (with 4 KB pages) arm64
)

// States of a span.
const spanInUse = 1

// Bounds of what one process may have.
const (
	maxSpans    = 1 << 26 // half a terabyte of spans of one page
	maxPages    = 1 << 26
	maxArenas   = maxPages / pagesPerArena
	maxElems    = pageSize // objects in one span: 1,024 at most
	spanBatch   = 1 << 16  // read at once
	maxSmall    = 512      // bytes of objects whose bitmap is in the span
	inlineMarks = 128      // bytes of mark bits at a span's end
	wholeSpan   = 1 << 18  // bytes of a span that are looked up once and for all
	chunk       = 1 << 18  // of a larger one that are read at once
)

// Heap is the heap of one process at one moment. Once loaded it does not
// change, and is safe for concurrent use.
type Heap struct {
	memory dlvext.Memory
	lay    *Layout
	addr   uint64 // of mheap_

	spans  []span
	data   [][]byte // of the spans that are not too large; nil: not read
	first  uint64   // number of the arena that arenas begins with
	arenas []*[pagesPerArena]uint32

	bits   uint64 // that marks need
	faults []string
	types  typeTable
}

// span is a run of pages with objects of one size, as far as lookups need it.
type span struct {
	start, elem uint64
	recip       uint64 // 2^64 / elem, rounded up
	size        uint64 // of all its pages
	bit         uint64 // of its first object in a bitmap of marks
	large       uint64 // the type of the one object
	elems       uint32
	kind        spanKind
	marks       bool // 128 bytes of mark bits follow the pointer bitmap
	addr        uint64
	specials    uint64
}

// spanKind is how the pointers in a span's objects are told.
type spanKind uint8

const (
	noScan   spanKind = iota // there are none
	inSpan                   // by a bitmap at the span's end
	byHeader                 // by each object's first word, a type
	byLarge                  // by the type that the span names
	anyWord                  // not known: every word may be one
)

// Load reads the index of the heap whose runtime.mheap_ is at an address.
func Load(memory dlvext.Memory, l *Layout, mheap uint64) (*Heap, error) {
	if !l.Known() {
		return nil, errors.New("how this Go version keeps its heap is not known")
	}
	h := &Heap{memory: memory, lay: l, addr: mheap}
	h.types.init(h)
	list, err := h.slice(mheap+uint64(l.AllSpans.Off), maxSpans)
	if err != nil {
		return nil, fmt.Errorf("the list of spans cannot be read: %w", err)
	}
	for len(list) > 0 {
		n := min(len(list), 8*spanBatch)
		h.addSpans(list[:n])
		list = list[n:]
	}
	if len(h.spans) == 0 {
		return nil, errors.New("it has no spans")
	}
	h.index()
	h.readSpans()
	return h, nil
}

// slice reads the elements of a slice of pointers.
func (h *Heap) slice(header uint64, most uint64) ([]byte, error) {
	b, err := h.read(header, 16)
	if err != nil {
		return nil, err
	}
	base, n := le.Uint64(b), le.Uint64(b[8:])
	if n > most {
		return nil, fmt.Errorf("it claims %d elements", n)
	}
	out := make([]byte, 0, min(n, spanBatch)*8) // no more than there is to read
	for ; n > 0; n -= min(n, spanBatch) {
		part, err := h.read(base, int(min(n, spanBatch))*8)
		if err != nil {
			return nil, err
		}
		out, base = append(out, part...), base+uint64(len(part))
	}
	return out, nil
}

func (h *Heap) read(addr uint64, n int) ([]byte, error) {
	b := dlvext.ReadMany(h.memory, []dlvext.Range{{Addr: addr, Len: n}})
	if b[0] == nil {
		return nil, fmt.Errorf("%d bytes at %#x are not at hand", n, addr)
	}
	return b[0], nil
}

// fault notes something that cannot be true, or could not be read.
func (h *Heap) fault(format string, args ...any) {
	const most = 16
	if len(h.faults) < most {
		h.faults = append(h.faults, fmt.Sprintf(format, args...))
	}
}

// Faults are what could not be read of the heap's index, or cannot be true; what
// lies there is not found. Not all of them, where there are many.
func (h *Heap) Faults() []string { return h.faults }

// addSpans adds the spans that a list of pointers leads to.
func (h *Heap) addSpans(list []byte) {
	ranges := make([]dlvext.Range, len(list)/8)
	for i := range ranges {
		ranges[i] = dlvext.Range{Addr: le.Uint64(list[8*i:]), Len: h.lay.SpanSize}
	}
	for i, b := range dlvext.ReadMany(h.memory, ranges) {
		if b == nil {
			h.fault("the span at %#x is not at hand", ranges[i].Addr)
			continue
		}
		if h.lay.State.Of(b) != spanInUse {
			continue // free, or of the runtime's own: stacks
		}
		s, err := h.span(b)
		if err != nil {
			h.fault("the span at %#x %v", ranges[i].Addr, err)
			continue
		}
		s.addr = ranges[i].Addr
		h.spans = append(h.spans, s)
	}
}

// span checks what a span says of itself.
func (h *Heap) span(b []byte) (span, error) {
	l := h.lay
	pages := l.Pages.Of(b)
	s := span{
		start: l.Start.Of(b), elem: l.ElemSize.Of(b), elems: uint32(l.Elems.Of(b)),
		large: l.LargeType.Of(b), specials: l.SpecialList.Of(b),
	}
	class := l.Class.Of(b)
	switch {
	case pages == 0 || pages > maxAddr/pageSize || s.start%pageSize != 0 || s.start == 0 || s.start > maxAddr-pages*pageSize:
		return s, fmt.Errorf("claims %d pages at %#x", pages, s.start)
	case s.elem == 0 || s.elem%8 != 0 || s.elem > pages*pageSize:
		return s, fmt.Errorf("claims objects of %d bytes in %d pages", s.elem, pages)
	case s.elems == 0 || uint64(s.elems) > pages*pageSize/s.elem || s.elems > maxElems:
		return s, fmt.Errorf("claims %d objects of %d bytes in %d pages", s.elems, s.elem, pages)
	}
	s.size = pages * pageSize
	s.recip = math.MaxUint64/s.elem + 1
	switch {
	case class&1 != 0:
		s.kind = noScan
	case l.UserArena.Of(b) != 0:
		s.kind = anyWord
	case s.elem <= maxSmall:
		s.kind = inSpan
		if uint64(s.elems)*s.elem+s.size/64 > s.size {
			return s, errors.New("has no room for its bitmap")
		}
	case class>>1 == 0:
		s.kind = byLarge
	default:
		s.kind = byHeader
	}
	return s, nil
}

// index makes the table from pages to spans. A span that claims a page of
// another is left out.
func (h *Heap) index() {
	low, high := uint64(math.MaxUint64), uint64(0)
	for i := range h.spans {
		s := &h.spans[i]
		low, high = min(low, s.start>>logArena), max(high, (s.start+s.size-1)>>logArena)
	}
	h.first = low
	h.arenas = make([]*[pagesPerArena]uint32, high-low+1) // at most 2^21: 16 MB
	pages, arenas := uint64(maxPages), maxArenas
	for i := range h.spans {
		s := &h.spans[i]
		if !h.isFree(s, &pages, &arenas) {
			h.fault("the span at %#x has pages of another, or too many", s.addr)
			s.elems, s.kind = 0, noScan
			continue
		}
		for p := s.start; p < s.start+s.size; p += pageSize {
			h.arenas[p>>logArena-low][p>>logPage%pagesPerArena] = uint32(i) + 1
		}
		s.bit = h.bits
		h.bits += (uint64(s.elems) + 63) &^ 63 // two spans share no word
	}
	h.readInlineMarks()
}

// isFree tells whether nobody else has claimed a span's pages, of which there
// may be only so many more.
func (h *Heap) isFree(s *span, pages *uint64, arenas *int) bool {
	if s.size/pageSize > *pages {
		return false
	}
	*pages -= s.size / pageSize
	for p := s.start; p < s.start+s.size; p += pageSize {
		a := &h.arenas[p>>logArena-h.first]
		if *a == nil {
			if *arenas == 0 {
				return false
			}
			*arenas--
			*a = new([pagesPerArena]uint32)
		}
		if (*a)[p>>logPage%pagesPerArena] != 0 {
			return false
		}
	}
	return true
}

// readInlineMarks finds which spans have mark bits at their end.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mgcmark_greenteagc.go#L66
func (h *Heap) readInlineMarks() {
	f := h.lay.InlineMarks
	if f.Size != pagesPerArena/8 {
		return
	}
	base := uint64(0)
	table, err := h.read(h.addr+uint64(h.lay.Arenas.Off), 8) // one level of tables: arenas[0] has them all
	if err == nil {
		base = le.Uint64(table)
	}
	flags := make([][]byte, len(h.arenas))
	for i, a := range h.arenas {
		if a == nil {
			continue
		}
		slot := base + 8*(h.first+uint64(i)+h.lay.ArenaBase>>logArena)
		if b, err := h.read(slot, 8); err == nil {
			flags[i], _ = h.read(le.Uint64(b)+uint64(f.Off), f.Size)
		}
		if flags[i] == nil {
			h.fault("the arena of %#x is not at hand", (h.first+uint64(i))<<logArena)
		}
	}
	for i := range h.spans {
		s := &h.spans[i]
		if b := flags[s.start>>logArena-h.first]; s.kind == inSpan && b != nil {
			page := s.start >> logPage % pagesPerArena
			s.marks = b[page/8]>>(page%8)&1 != 0
		}
	}
}

// readSpans looks up the bytes of the spans whose objects have pointers.
func (h *Heap) readSpans() {
	h.data = make([][]byte, len(h.spans))
	var ranges []dlvext.Range
	var of []int
	flush := func() {
		for i, b := range dlvext.ReadMany(h.memory, ranges) {
			h.data[of[i]] = b
		}
		ranges, of = ranges[:0], of[:0]
	}
	for i := range h.spans {
		s := &h.spans[i]
		if s.kind == noScan || s.size > wholeSpan {
			continue
		}
		ranges, of = append(ranges, dlvext.Range{Addr: s.start, Len: int(s.size)}), append(of, i)
		if len(ranges) == spanBatch {
			flush()
		}
	}
	flush()
}
