package heap

import "sync"

// flagMaskOnDemand says that GCData is the address of a pointer to the mask,
// which is nil until the collector needs it. Since Go 1.24.
// https://github.com/golang/go/blob/go1.26.0/src/internal/abi/type.go#L122
const flagMaskOnDemand = 1 << 4

// kindProgram says, up to Go 1.23, that GCData is a program that makes the mask.
const kindProgram = 1 << 6

// Bounds of types, whose masks are kept.
const (
	maxMask  = 1 << 24 // bytes: a type of 1 GB
	maxTypes = 1 << 20
	maxMasks = 1 << 28 // bytes of all of them
)

// mask is where the pointers of a type are.
type mask struct {
	size  uint64 // after which it is repeated
	words []byte // a bit for each; nil: not known
	count uint64 // of bits
}

// typeTable remembers masks by type.
type typeTable struct {
	h     *Heap
	mu    sync.Mutex
	masks map[uint64]*mask
	bytes int
}

func (t *typeTable) init(h *Heap) { t.h, t.masks = h, map[uint64]*mask{} }

// of is the mask of the type at an address; nil: not known.
func (t *typeTable) of(addr uint64) *mask {
	t.mu.Lock()
	defer t.mu.Unlock()
	m, known := t.masks[addr]
	if !known {
		if len(t.masks) >= maxTypes || t.bytes >= maxMasks {
			return nil
		}
		if m = t.read(addr); m != nil {
			t.bytes += len(m.words)
		}
		t.masks[addr] = m
	}
	return m
}

func (t *typeTable) read(addr uint64) *mask {
	l := t.h.lay
	b, err := t.h.read(addr, l.TypeSize)
	if err != nil {
		return nil
	}
	m := &mask{size: l.Bytes.Of(b), count: l.PtrBytes.Of(b) / 8}
	ptr := l.PtrBytes.Of(b)
	if m.size == 0 || m.size%8 != 0 || ptr%8 != 0 || ptr > m.size || m.count/8 >= maxMask {
		return nil
	}
	data := l.Mask.Of(b)
	switch onDemand := l.Flags.Of(b)&flagMaskOnDemand != 0; {
	case !l.Cleanups && l.Kind.Of(b)&kindProgram != 0:
		return nil // objects of such types name another, with a mask
	case l.Cleanups && onDemand:
		p, err := t.h.read(data, 8)
		if err != nil {
			return nil
		}
		data = le.Uint64(p)
	}
	if data == 0 || m.count == 0 {
		return nil
	}
	if m.words, err = t.h.read(data, int(m.count+7)/8); err != nil {
		return nil
	}
	// PtrBytes ends with the last pointer. (A mask that is just being made
	// is not there yet, but an address that is no mask's.)
	if last := m.count - 1; m.words[last/8]>>(last%8)&1 == 0 {
		return nil
	}
	return m
}
