package heap

import (
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
)

// Slot is a word of a variable that holds a pointer.
type Slot struct{ Addr, Value uint64 }

// maxVariables bounds the variables of one module.
const maxVariables = 1 << 30

// Globals are the pointers in the variables of a module, by the masks that its
// moduledata has. Where there is none all words are taken for pointers. What
// could not be read is a fault of the heap.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/symtab.go#L402
func (h *Heap) Globals(moduledata uint64, data, bss [2]uint64) []Slot {
	l := h.lay
	out := h.variables(data, h.bitvector(moduledata, l.DataBits, l.DataMask, data))
	return append(out, h.variables(bss, h.bitvector(moduledata, l.BSSBits, l.BSSMask, bss))...)
}

// bitvector reads a mask: a bit for each word.
func (h *Heap) bitvector(moduledata uint64, count, bytes Field, of [2]uint64) []byte {
	if count.Size != 4 || bytes.Size != 8 || of[1] < of[0] || of[1]-of[0] > maxVariables {
		return nil
	}
	n, err := h.read(moduledata+uint64(count.Off), 4)
	p, err2 := h.read(moduledata+uint64(bytes.Off), 8)
	if err != nil || err2 != nil {
		return nil
	}
	bits := uint64(le.Uint32(n))
	if bits != (of[1]-of[0])/8 {
		return nil
	}
	mask, err := h.read(le.Uint64(p), int(bits+7)/8)
	if err != nil {
		return nil
	}
	return mask
}

func (h *Heap) variables(of [2]uint64, mask []byte) []Slot {
	if of[1] < of[0] || of[1]-of[0] > maxVariables || of[0]%8 != 0 {
		h.fault("the variables from %#x to %#x have no true size", of[0], of[1])
		return nil
	}
	var out []Slot
	var ranges []dlvext.Range
	for at := of[0]; at < of[1]; at += chunk {
		ranges = append(ranges, dlvext.Range{Addr: at, Len: int(min(chunk, of[1]-at))})
	}
	for i, b := range dlvext.ReadMany(h.memory, ranges) {
		at := ranges[i].Addr
		if b == nil {
			h.fault("variables at %#x are not at hand", at)
			continue
		}
		for j := 0; j+8 <= len(b); j += 8 {
			n := (at - of[0] + uint64(j)) / 8
			if mask != nil && mask[n/8]>>(n%8)&1 == 0 {
				continue
			}
			if v := le.Uint64(b[j:]); v != 0 {
				out = append(out, Slot{at + uint64(j), v})
			}
		}
	}
	return slices.Clip(out)
}
