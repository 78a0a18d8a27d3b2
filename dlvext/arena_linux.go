package dlvext

import (
	"os"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// arena hands out memory that was touched before. The first touch of a page
// costs more than copying into it, and a capture copies while its target
// stands still. It is ordinary Go memory: slices of it live as long as they
// are used, whatever becomes of the arena.
type arena struct {
	chunk  []byte      // what is left of the current one
	next   chan []byte // one more, touched in the meantime
	parked bool        // a next chunk is being made
}

// Sizes of an arena. It grows by a chunk, which takes 2 to 6 ms to touch, less
// than it takes to fill one with scattered reads; the next is begun when no more
// than the low water is left. What is asked for at first comes on top of that, so
// that who knew how much it needs pays for no chunk more.
const (
	chunkSize = 16 << 20
	lowWater  = 4 << 20
)

// newArena makes an arena of which the first size bytes are touched.
func newArena(size int) *arena {
	return &arena{chunk: touched(size + lowWater), next: make(chan []byte, 1)}
}

// take returns n bytes. The caller bounds n.
func (a *arena) take(n int) []byte {
	if n > len(a.chunk) {
		if n > chunkSize/4 {
			return make([]byte, n) // on its own, so that no rest is lost
		}
		a.chunk = a.grow()
	}
	b := a.chunk[:n:n]
	a.chunk = a.chunk[n:]
	if len(a.chunk) < lowWater && !a.parked {
		a.parked = true
		go func() { a.next <- touched(chunkSize) }()
	}
	return b
}

// grow returns the next chunk, and waits if it is still being touched: that
// is quicker than to begin another.
func (a *arena) grow() []byte {
	if !a.parked {
		return touched(chunkSize)
	}
	a.parked = false
	return <-a.next
}

// touched returns n bytes whose pages are there.
func touched(n int) []byte {
	b := make([]byte, n)
	page := os.Getpagesize()
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (page - 1)
	if whole := (n - skip) &^ (page - 1); whole > 0 {
		// Of Linux 5.14; on older ones each page is touched by its own fault.
		mid := skip + whole/2&^(page-1)
		var second error
		var rest sync.WaitGroup
		rest.Go(func() { second = populate(b[mid : skip+whole]) })
		first := populate(b[skip:mid])
		rest.Wait()
		if first == nil && second == nil {
			return b
		}
	}
	for i := 0; i < n; i += page {
		b[i] = 0
	}
	return b
}

// populate has the kernel make the pages of b: huge ones where it can, of which
// 2 MB cost one fault and not 512.
func populate(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) >= leastHuge {
		_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // advice: it may have none
	}
	return unix.Madvise(b, unix.MADV_POPULATE_WRITE)
}

// warm makes the Go heap own about n bytes more that were touched: what is
// allocated next, on the way to the next addresses to read, then costs no page
// faults. It takes them in pieces, which lie where the heap has room first.
func warm(n int) {
	const piece = 256 << 10
	if n < chunkSize/4 {
		return // a few pages that a small heap has anyway
	}
	pieces := make([][]byte, n/piece)
	var half sync.WaitGroup
	for part := range 2 { // the kernel clears pages for two as fast as for one
		half.Go(func() {
			for i := part; i < len(pieces); i += 2 {
				pieces[i] = touched(piece)
			}
		})
	}
	half.Wait()
	runtime.KeepAlive(pieces)
	runtime.GC() // all of them become free at once
}
