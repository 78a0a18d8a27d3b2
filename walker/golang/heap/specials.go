package heap

import "github.com/dlv-async/dlv-async/dlvext"

// maxSpecials bounds the special records of one heap that are read.
const maxSpecials = 1 << 24

// kinds are the numbers of the special records that matter. They count up, and
// what came later stands between: finalizer, weak handle, profile, reachable,
// pin counter, cleanup, with the tiny block before all.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mheap.go#L1948
func (l *Layout) kinds() (finalizer, weak, cleanup uint64) {
	finalizer = 1
	if l.TinyBlocks {
		finalizer++
	}
	if l.Weaks {
		weak = finalizer + 1
	}
	if l.Cleanups {
		cleanup = finalizer + 5
	}
	return finalizer, weak, cleanup
}

// Specials are what the special records of objects keep alive: words that lead
// there, and objects whose own pointers are followed although they may be
// garbage, since a finalizer will be given them.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mgcmark.go#L393
func (h *Heap) Specials() (words, objects []uint64) {
	l := h.lay
	finalizer, weak, cleanup := l.kinds()
	type at struct {
		span int
		addr uint64
	}
	var front []at
	for i := range h.spans {
		if a := h.spans[i].specials; a != 0 {
			front = append(front, at{i, a})
		}
	}
	for left := maxSpecials; len(front) > 0; left -= len(front) {
		if left < len(front) {
			h.fault("it claims to have more finalizers and the like than can be")
			return words, objects
		}
		ranges := make([]dlvext.Range, len(front))
		for i, f := range front {
			ranges[i] = dlvext.Range{Addr: f.addr, Len: l.SpecialSize}
		}
		var next []at
		for i, b := range dlvext.ReadMany(h.memory, ranges) {
			f := front[i]
			if b == nil {
				h.fault("the special record at %#x is not at hand", f.addr)
				continue
			}
			size := 0
			switch kind := l.SpecialKind.Of(b); {
			case kind == finalizer:
				size = l.FinalizerSize
				s := &h.spans[f.span]
				if n := l.SpecialOffset.Of(b) / s.elem; n < uint64(s.elems) {
					objects = append(objects, s.start+n*s.elem)
				}
			case kind == weak && weak != 0:
				size = l.WeakSize
			case kind == cleanup && cleanup != 0:
				size = l.CleanSize
			}
			words = h.appendBody(words, f.addr, size)
			if to := le.Uint64(b[l.SpecialNext.Off:]); to != 0 {
				next = append(next, at{f.span, to})
			}
		}
		front = next
	}
	return words, objects
}

// appendBody appends the words of a special record of a known kind.
func (h *Heap) appendBody(words []uint64, addr uint64, size int) []uint64 {
	if size <= h.lay.SpecialSize || size > maxStruct {
		return words
	}
	b, err := h.read(addr+uint64(h.lay.SpecialSize), size-h.lay.SpecialSize)
	if err != nil {
		h.fault("%v", err)
	}
	for ; len(b) >= 8; b = b[8:] {
		words = append(words, le.Uint64(b))
	}
	return words
}
