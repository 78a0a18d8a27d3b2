// Package heap reads the heap of a Go process: which objects there are, where
// in them pointers lie, and what is reachable from where. It is what the
// garbage collector knows, read from outside and without its help: neither a
// collection nor a running program is needed.
//
// # The object graph
//
//	runtime.mheap_ ──▶ allspans ──▶ []*mspan     every run of pages there ever was
//	                   arenas ──▶ heapArena      of 64 MB: flags for each page
//
//	mspan{startAddr, npages, elemsize, nelems, spanclass, state, largeType, specials}
//	   ├── objects: nelems of elemsize bytes each, from startAddr on
//	   └── specials ──▶ special ──▶ special …    finalizers, cleanups, weak handles
//
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mheap.go#L422
//
// An address is an object's when its page's span is in use and the address is
// within one of the span's elements: page, span, then a multiplication by the
// reciprocal of elemsize. Pointers to the inside of an object keep it alive.
//
// # Where the pointers are
//
// Since Go 1.22 this depends on the object's size and its span's class
// (https://github.com/golang/go/blob/go1.26.0/src/runtime/mbitmap.go#L7):
//
//	noscan class         none: it need not be read at all
//	up to 512 bytes      a bit for each word of the span, at the span's end;
//	                     before the mark bits that Go 1.26 keeps there
//	                     (heapArena.pageUseSpanInlineMarkBits says whether it does)
//	a larger class       the object's first word is its type (the allocation header)
//	an object by itself  mspan.largeType is its type
//
// A type's mask (abi.Type.GCData, PtrBytes) is repeated every Size_ bytes, as
// in an array. Of types of more than 128 KB the mask is made when the collector
// first needs it (Go 1.24), or was made with the object (before). What has no
// mask that can be read, and the chunks of user arenas, are taken word by word
// as if each was a pointer: more is reached then than is true, never less.
//
// # Roots
//
// [Heap.Globals] are the pointers in a module's variables, by its masks;
// [Heap.Specials] what finalizers and cleanups keep. Stacks are the caller's
// business.
//
// # Marking
//
// [Marks] is one bit for each object that there could be: an eightieth of the
// heap for objects of 16 bytes. Two workers follow pointers. The objects' bytes
// are the image's own and not copied, but for those that lie across two of its
// pieces.
//
// # Memory that lies
//
// The heap of a process that was stopped, or died, anywhere may contradict
// itself, and a hostile one may say anything. All sizes are checked when the
// spans are loaded, and everything after is bounded by them: a span that cannot
// be true is left out and counted ([Heap.Faults]), an object that could not be
// read is counted by its marking ([Marks.Unread]). Who wants to say that something is
// not reachable must look at both.
package heap
