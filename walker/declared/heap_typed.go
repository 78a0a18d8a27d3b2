package declared

import (
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/golang/heap"
)

// What no variable leads to by its type, as one that the compiler keeps nowhere, may
// still be there, and objects of more than 512 bytes say themselves what they are. That
// they are in use is a guess: some word that may be a pointer leads there.

// typed looks at the objects that have their type with them.
func (s *search) typed() error {
	h, err := s.openHeap()
	if err != nil {
		return err
	}
	words := s.words(h)
	err = s.eachStackWord(func(word, _ uint64) { words = append(words, word) })
	if err != nil {
		return err
	}
	marks := h.NewMarks()
	marks.Reach(words, nil)
	s.doubt = "; that it is in use is a guess"
	marks.Typed(func(addr, size, typ uint64) {
		t, known := s.known[typ]
		if !known {
			t, _ = s.img.RuntimeType(typ)
			s.known[typ] = t
		}
		if t == nil || t.Size <= 0 || !s.mayLead(t) {
			return
		}
		for n := uint64(t.Size); size >= n && !s.full; addr, size = addr+n, size-n {
			s.push(t, addr)
		}
		s.drain()
	})
	s.doubt = ""
	return nil
}

// words are the pointers in the variables of packages.
func (s *search) words(h *heap.Heap) (words []uint64) {
	md := s.img.Global("runtime.firstmoduledata").Load()
	span := func(from, to string) (r [2]uint64) {
		r[0], _ = md.Field(from).Uint()
		r[1], _ = md.Field(to).Uint()
		return r
	}
	for _, slot := range h.Globals(md.Addr(), span("data", "edata"), span("bss", "ebss")) {
		words = append(words, slot.Value)
	}
	return words
}

// openHeap reads the heap's index.
func (s *search) openHeap() (*heap.Heap, error) {
	addr, _, ok := s.img.Symbol("runtime.mheap_")
	if !ok {
		return nil, fmt.Errorf("runtime.mheap_ is %w", dlvext.ErrAbsent)
	}
	l := heap.Resolve(heapTypes{s.img})
	if s.img.Arch == "amd64" {
		l.ArenaBase = heap.AMD64ArenaBase
	}
	return heap.Load(s.img.Memory, &l, addr)
}

// heapTypes implements [heap.Types], by the debug information.
type heapTypes struct{ img *dlvext.Image }

// Size implements [heap.Types].
func (h heapTypes) Size(name string) int {
	t, err := h.img.Type(name)
	if err != nil {
		return 0
	}
	return int(t.Size)
}

// Field implements [heap.Types].
func (h heapTypes) Field(name, path string) heap.Field {
	t, err := h.img.Type(name)
	if err != nil {
		return heap.Field{}
	}
	f, err := t.Field(path)
	if err != nil {
		return heap.Field{}
	}
	return heap.Field{Off: int(f.Offset), Size: int(f.Type.Size)}
}
