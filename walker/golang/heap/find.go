package heap

import "math/bits"

// Object is a place of the heap that an object has, or had.
type Object struct {
	Addr, Size uint64
	NoScan     bool // it has no pointers

	id uint64
}

// id is a span's index and an object's within it.
func id(s uint32, i uint64) uint64 { return uint64(s)<<32 | i }

// find is the object that an address is in.
func (h *Heap) find(addr uint64) (s *span, n uint64, ok bool) {
	a := addr>>logArena - h.first
	if a >= uint64(len(h.arenas)) || h.arenas[a] == nil {
		return nil, 0, false
	}
	i := h.arenas[a][addr>>logPage%pagesPerArena]
	if i == 0 {
		return nil, 0, false
	}
	s = &h.spans[i-1]
	off := addr - s.start
	if s.elems > 1 {
		n, _ = bits.Mul64(off, s.recip)
		if n >= uint64(s.elems) {
			return nil, 0, false // in the bitmap, or what is left over
		}
	} else if off >= s.elem {
		return nil, 0, false
	}
	return s, id(i-1, n), true
}

// Find is the object that an address is in. That it is in use is not said: what
// a live pointer leads to is.
func (h *Heap) Find(addr uint64) (Object, bool) {
	s, id, ok := h.find(addr)
	if !ok {
		return Object{}, false
	}
	return s.object(id), true
}

func (s *span) object(id uint64) Object {
	return Object{Addr: s.start + id&0xffffffff*s.elem, Size: s.elem, NoScan: s.kind == noScan, id: id}
}

// Size is how many bytes the spans in use have.
func (h *Heap) Size() uint64 {
	var n uint64
	for i := range h.spans {
		n += h.spans[i].size
	}
	return n
}
