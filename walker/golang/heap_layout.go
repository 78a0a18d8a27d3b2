package golang

import "github.com/dlv-async/dlv-async/walker/golang/heap"

// newHeapReader resolves what package heap reads. Without it nothing is said of
// what is reachable.
func newHeapReader(ts *resolver) heap.Layout {
	of := func(f field) heap.Field { return heap.Field{Off: f.off, Size: f.size} }
	mheap, arena, span := ts.optional("runtime.mheap"), ts.optional("runtime.heapArena"), ts.optional("runtime.mspan")
	special, typ, md := ts.optional("runtime.special"), ts.optional("internal/abi.Type"), ts.optional("runtime.moduledata")
	return heap.Layout{
		AllSpans: of(mheap.maybe("allspans")), Arenas: of(mheap.maybe("arenas")),
		TinyBlocks: mheap.maybe("specialTinyBlockAlloc").size > 0,
		Weaks:      mheap.maybe("specialWeakHandleAlloc").size > 0,
		Cleanups:   mheap.maybe("specialCleanupAlloc").size > 0,

		InlineMarks: of(arena.maybe("pageUseSpanInlineMarkBits")),

		SpanSize: span.size(),
		Start:    of(span.maybe("startAddr")), Pages: of(span.maybe("npages")),
		ElemSize: of(span.maybe("elemsize")), Elems: of(span.maybe("nelems")),
		Class: of(span.maybe("spanclass")), State: of(span.maybe("state.s.value")),
		LargeType: of(span.maybe("largeType")), UserArena: of(span.maybe("isUserArenaChunk")),
		SpecialList: of(span.maybe("specials")),

		SpecialSize: special.size(), SpecialNext: of(special.maybe("next")),
		SpecialOffset: of(special.maybe("offset")), SpecialKind: of(special.maybe("kind")),
		FinalizerSize: ts.optional("runtime.specialfinalizer").size(),
		WeakSize:      ts.optional("runtime.specialWeakHandle").size(),
		CleanSize:     ts.optional("runtime.specialCleanup").size(),

		TypeSize: typ.size(), Bytes: of(typ.maybe("Size_")), PtrBytes: of(typ.maybe("PtrBytes")),
		Flags: of(typ.maybe("TFlag")), Kind: of(typ.maybe("Kind_")), Mask: of(typ.maybe("GCData")),

		DataMask: of(md.maybe("gcdatamask.bytedata")), DataBits: of(md.maybe("gcdatamask.n")),
		BSSMask: of(md.maybe("gcbssmask.bytedata")), BSSBits: of(md.maybe("gcbssmask.n")),
	}
}

// queueLayout is what is read of the finalizers and cleanups that are about to
// run: blocks in lists, outside of the heap.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mfinal.go#L26
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mcleanup.go#L290
type queueLayout struct {
	finBlock, cleanupBlock int // sizes
	finNext, cleanupNext   field
	cleanups               field // of a cleanupQueue: the list of all
}

func newQueueLayout(ts *resolver) queueLayout {
	fin := ts.optional("runtime.finBlock")
	if fin.absent {
		fin = ts.optional("runtime.finblock") // up to Go 1.23
	}
	cleanup := ts.optional("runtime.cleanupBlock")
	return queueLayout{
		finBlock: fin.size(), finNext: fin.maybe("alllink"),
		cleanupBlock: cleanup.size(), cleanupNext: cleanup.maybe("cleanupBlockHeader.alllink"),
		cleanups: ts.optional("runtime.cleanupQueue").maybe("all.value", "all"),
	}
}
