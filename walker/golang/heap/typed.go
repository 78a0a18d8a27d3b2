package heap

import "github.com/dlv-async/dlv-async/dlvext"

// Typed visits the objects that were reached and say themselves of which type
// they are: those of more than 512 bytes that have pointers. An object may be an
// array of its type; addr and size are of what it holds, typ is where its type is
// described. One that could not be read is left out.
func (m *Marks) Typed(visit func(addr, size, typ uint64)) {
	h := m.h
	for i := range h.spans {
		s := &h.spans[i]
		if s.kind != byHeader && s.kind != byLarge {
			continue
		}
		for n := range uint64(s.elems) {
			if bit := s.bit + n; m.bits[bit/64]>>(bit%64)&1 == 0 {
				continue
			}
			addr := s.start + n*s.elem
			if s.kind == byLarge {
				if s.large != 0 {
					visit(addr, s.elem, s.large)
				}
				continue
			}
			head := dlvext.ReadMany(h.memory, []dlvext.Range{{Addr: addr, Len: 8}})[0]
			if head != nil {
				visit(addr+8, s.elem-8, le.Uint64(head))
			}
		}
	}
}
