package golang

import "github.com/dlv-async/dlv-async/walker/golang/heap"

// heapLayout is what is read of the heap's index: arenas of 64 MB, their
// pages' spans, and a span's objects, which all have one size.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mheap.go#L63
type heapLayout struct {
	spans           field // of heapArena: its array of spans
	start, elemsize field // of mspan
	spanSize        int
	arenas          field // of mheap
	reader          heap.Layout
}

// Sizes of Linux's 64-bit heaps, for all architectures:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/malloc.go#L238
const (
	logArena      = 26
	logPage       = 13
	pagesPerArena = 1 << (logArena - logPage)
	arenaIndices  = 1 << 22
)

// object is one object of the heap.
type object struct{ start, size uint64 }

// objectsAt finds the heap objects that hold the addresses. An address that is
// not in the heap has none.
func (c *collection) objectsAt(addrs []uint64) map[uint64]object {
	l := &c.lay.heap
	found := map[uint64]object{}
	table := c.tableOfArenas()
	if table == 0 {
		return found
	}
	base := uint64(0)
	if c.img.Arch == "amd64" {
		base = heap.AMD64ArenaBase
	}
	// Each round looks up all addresses in one table.
	follow := func(slotOf func(addr uint64) uint64) map[uint64]uint64 {
		at := map[uint64][]uint64{}
		var slots []uint64
		for _, a := range addrs {
			if s := slotOf(a); s != 0 {
				at[s] = append(at[s], a)
				slots = append(slots, s)
			}
		}
		out := map[uint64]uint64{}
		c.each(slots, 8, func(slot uint64, b []byte) {
			for _, a := range at[slot] {
				out[a] = le.Uint64(b)
			}
		})
		return out
	}
	arenas := follow(func(a uint64) uint64 {
		i := (a + base) >> logArena
		if i >= arenaIndices {
			return 0
		}
		return table + 8*i
	})
	spans := follow(func(a uint64) uint64 {
		if arenas[a] == 0 {
			return 0
		}
		return arenas[a] + uint64(l.spans.off) + 8*(a>>logPage%pagesPerArena)
	})
	heads := map[uint64][]byte{}
	var reads []uint64
	for _, s := range spans {
		reads = append(reads, s)
	}
	c.each(reads, l.spanSize, func(addr uint64, b []byte) { heads[addr] = b })
	for a, s := range spans {
		b := heads[s]
		if b == nil {
			continue
		}
		start, size := l.start.of(b), l.elemsize.of(b)
		if size > 0 && a >= start {
			found[a] = object{start + (a-start)/size*size, size}
		}
	}
	return found
}

// newHeapLayout resolves the heap's index. Without it objects are not known,
// and what asks for them does without.
func newHeapLayout(ts *resolver) heapLayout {
	span := ts.optional("runtime.mspan")
	return heapLayout{
		spans: ts.optional("runtime.heapArena").maybe("spans"), arenas: ts.optional("runtime.mheap").maybe("arenas"),
		start: span.maybe("startAddr"), elemsize: span.maybe("elemsize"), spanSize: span.size(),
		reader: newHeapReader(ts),
	}
}

// tableOfArenas is the address of the heap's table of arenas; 0: not known.
func (c *collection) tableOfArenas() uint64 {
	heap, _, ok := c.global("runtime.mheap_")
	if !ok || c.lay.heap.arenas.size == 0 || c.lay.heap.spans.size == 0 {
		return 0
	}
	// On Linux there is one level of tables: arenas[0] has them all.
	b, err := c.read(heap+uint64(c.lay.heap.arenas.off), 8)
	if err != nil {
		return 0
	}
	return le.Uint64(b)
}
