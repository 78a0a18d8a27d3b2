package heap

import (
	"math/bits"

	"github.com/dlv-async/dlv-async/dlvext"
)

// scanner hands the words of objects that may be pointers to a function. It
// remembers the masks that it met, and is not safe for concurrent use.
type scanner struct {
	h      *Heap
	masks  map[uint64]*mask
	unread int // objects, or parts of one
	take   func(addr, value uint64)
}

func (h *Heap) scanner(take func(addr, value uint64)) scanner {
	return scanner{h: h, masks: map[uint64]*mask{}, take: take}
}

func (sc *scanner) mask(typ uint64) *mask {
	m, known := sc.masks[typ]
	if !known {
		m = sc.h.types.of(typ)
		sc.masks[typ] = m
	}
	return m
}

// object takes the pointers of one object.
func (sc *scanner) object(id uint64) {
	s := &sc.h.spans[id>>32]
	if s.kind == noScan {
		return
	}
	off := id & 0xffffffff * s.elem
	data := sc.h.data[id>>32]
	if s.size > wholeSpan {
		sc.inParts(s, off)
		return
	}
	if data == nil {
		sc.unread++
		return
	}
	b, addr := data[off:off+s.elem], s.start+off
	switch s.kind {
	case inSpan:
		sc.marked(addr, b, s.bitmap(data, off/8))
	case byHeader:
		sc.typed(addr+8, b[8:], 0, sc.mask(le.Uint64(b)))
	case byLarge:
		sc.large(s, addr, b, 0)
	case anyWord:
		sc.all(addr, b)
	}
}

// bitmap is the 64 bits of the span's bitmap that begin with word n of the span.
func (s *span) bitmap(data []byte, n uint64) uint64 {
	from := s.size - s.size/64
	if s.marks {
		from -= inlineMarks
	}
	end := from + s.size/64
	at := from + n/64*8
	w := le.Uint64(data[at:]) >> (n % 64)
	if n%64 != 0 && at+16 <= end {
		w |= le.Uint64(data[at+8:]) << (64 - n%64)
	}
	return w
}

// marked takes the words of b, at most 64, whose bits are set.
func (sc *scanner) marked(addr uint64, b []byte, set uint64) {
	if n := uint(len(b) / 8); n < 64 {
		set &= 1<<n - 1
	}
	for ; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set) * 8
		if v := le.Uint64(b[i:]); v != 0 {
			sc.take(addr+uint64(i), v)
		}
	}
}

// all takes every word.
func (sc *scanner) all(addr uint64, b []byte) {
	for i := 0; i+8 <= len(b); i += 8 {
		if v := le.Uint64(b[i:]); v != 0 {
			sc.take(addr+uint64(i), v)
		}
	}
}

// large takes the words of b, which begin skip bytes into an object that a span
// has for itself. It has no type before it is used.
func (sc *scanner) large(s *span, addr uint64, b []byte, skip uint64) {
	if s.large == 0 {
		sc.all(addr, b)
		return
	}
	sc.typed(addr, b, skip, sc.mask(s.large))
}

// typed takes the words of b where a type's mask, repeated, has pointers. b
// begins skip bytes after the first value of the type.
func (sc *scanner) typed(addr uint64, b []byte, skip uint64, m *mask) {
	if m == nil {
		sc.all(addr, b)
		return
	}
	end := uint64(len(b))
	for elem := uint64(0); elem < end; {
		in := skip % m.size / 8 // the word of the type that stands at elem
		for w := in; w < m.count; {
			if w%8 == 0 && m.words[w/8] == 0 {
				w += 8
				continue
			}
			at := elem + (w-in)*8
			if at+8 > end {
				return
			}
			if m.words[w/8]>>(w%8)&1 != 0 {
				if v := le.Uint64(b[at:]); v != 0 {
					sc.take(addr+at, v)
				}
			}
			w++
		}
		step := m.size - in*8
		elem, skip = elem+step, skip+step
	}
}

// inParts takes the pointers of an object of a large span, which is read as it goes.
func (sc *scanner) inParts(s *span, off uint64) {
	typ := uint64(0)
	begin := off
	for at := off; at < off+s.elem; {
		n := min(chunk, off+s.elem-at)
		b := dlvext.ReadMany(sc.h.memory, []dlvext.Range{{Addr: s.start + at, Len: int(n)}})[0]
		switch addr := s.start + at; {
		case b == nil:
			sc.unread++
			if at == off && s.kind == byHeader {
				return
			}
		case s.kind == byLarge:
			sc.large(s, addr, b, at-off)
		case s.kind == anyWord || s.kind == inSpan:
			sc.all(addr, b)
		case at == off:
			typ, begin = le.Uint64(b), off+8
			sc.typed(addr+8, b[8:], 0, sc.mask(typ))
		default:
			sc.typed(addr, b, at-begin, sc.mask(typ))
		}
		at += n
	}
}

// Pointers are the words of an object that lead to objects, as its mask tells;
// false when it could not be read whole.
func (h *Heap) Pointers(o Object) (to []uint64, ok bool) {
	sc := h.scanner(func(_, v uint64) {
		if _, _, ok := h.find(v); ok {
			to = append(to, v)
		}
	})
	if o.id>>32 >= uint64(len(h.spans)) {
		return nil, false
	}
	sc.object(o.id)
	return to, sc.unread == 0
}
