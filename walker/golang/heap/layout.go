package heap

import "encoding/binary"

// Field is where a structure keeps a number or a pointer. The zero Field is one
// that this Go version does not have.
type Field struct{ Off, Size int }

// Of is the field's value in the structure's bytes; 0 where there is none.
func (f Field) Of(b []byte) uint64 {
	if f.Off < 0 || f.Off+f.Size > len(b) {
		return 0
	}
	switch b = b[f.Off:]; f.Size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(le.Uint16(b))
	case 4:
		return uint64(le.Uint32(b))
	case 8:
		return le.Uint64(b)
	}
	return 0
}

var le = binary.LittleEndian

// Layout says where the runtime's structures keep what is read of them. Field
// names are those of the runtime.
type Layout struct {
	// runtime.mheap: https://github.com/golang/go/blob/go1.26.0/src/runtime/mheap.go#L63
	AllSpans, Arenas            Field // a slice, an array
	TinyBlocks, Weaks, Cleanups bool  // it has allocators of such specials: since 1.25, 1.23, 1.24

	ArenaBase uint64 // added to an address for the number of its arena

	// runtime.heapArena
	InlineMarks Field // pageUseSpanInlineMarkBits; since 1.25

	// runtime.mspan
	SpanSize                                        int
	Start, Pages, ElemSize, Elems, Class, State     Field
	LargeType, SpecialList, UserArena               Field
	SpecialSize, FinalizerSize, WeakSize, CleanSize int // of a special, and of those with a body
	SpecialNext, SpecialOffset, SpecialKind         Field

	// internal/abi.Type
	TypeSize                           int
	Bytes, PtrBytes, Flags, Kind, Mask Field

	// runtime.moduledata
	DataMask, DataBits, BSSMask, BSSBits Field
}

// Known reports whether enough is known to read a heap at all.
func (l *Layout) Known() bool {
	return l.AllSpans.Size > 0 && l.SpanSize > 0 && l.SpanSize <= maxStruct && l.Start.Size == 8 && l.Pages.Size == 8 &&
		l.ElemSize.Size == 8 && l.Elems.Size > 0 && l.Class.Size > 0 && l.State.Size > 0 && l.LargeType.Size == 8 &&
		l.TypeSize > 0 && l.TypeSize <= maxStruct && l.Mask.Size == 8 && l.SpecialList.Size == 8 &&
		l.SpecialSize > 0 && l.SpecialSize <= maxStruct && l.SpecialNext.Size == 8 && l.SpecialNext.Off+8 <= l.SpecialSize
}

// maxStruct bounds a structure of the runtime's.
const maxStruct = 1 << 16

// Types are the structures of a program.
type Types interface {
	Size(name string) int          // in bytes; 0: it has none of this name
	Field(name, path string) Field // the zero Field: that has none
}

// Resolve finds the layout of a program's heap among its types.
func Resolve(ts Types) Layout {
	const mheap, arena, span, special, typ, md = "runtime.mheap", "runtime.heapArena", "runtime.mspan", "runtime.special", "internal/abi.Type", "runtime.moduledata"
	return Layout{
		AllSpans: ts.Field(mheap, "allspans"), Arenas: ts.Field(mheap, "arenas"),
		TinyBlocks: ts.Field(mheap, "specialTinyBlockAlloc").Size > 0,
		Weaks:      ts.Field(mheap, "specialWeakHandleAlloc").Size > 0,
		Cleanups:   ts.Field(mheap, "specialCleanupAlloc").Size > 0,

		InlineMarks: ts.Field(arena, "pageUseSpanInlineMarkBits"),

		SpanSize: ts.Size(span),
		Start:    ts.Field(span, "startAddr"), Pages: ts.Field(span, "npages"),
		ElemSize: ts.Field(span, "elemsize"), Elems: ts.Field(span, "nelems"),
		Class: ts.Field(span, "spanclass"), State: ts.Field(span, "state.s.value"),
		LargeType: ts.Field(span, "largeType"), UserArena: ts.Field(span, "isUserArenaChunk"),
		SpecialList: ts.Field(span, "specials"),

		SpecialSize: ts.Size(special), SpecialNext: ts.Field(special, "next"),
		SpecialOffset: ts.Field(special, "offset"), SpecialKind: ts.Field(special, "kind"),
		FinalizerSize: ts.Size("runtime.specialfinalizer"),
		WeakSize:      ts.Size("runtime.specialWeakHandle"),
		CleanSize:     ts.Size("runtime.specialCleanup"),

		TypeSize: ts.Size(typ), Bytes: ts.Field(typ, "Size_"), PtrBytes: ts.Field(typ, "PtrBytes"),
		Flags: ts.Field(typ, "TFlag"), Kind: ts.Field(typ, "Kind_"), Mask: ts.Field(typ, "GCData"),

		DataMask: ts.Field(md, "gcdatamask.bytedata"), DataBits: ts.Field(md, "gcdatamask.n"),
		BSSMask: ts.Field(md, "gcbssmask.bytedata"), BSSBits: ts.Field(md, "gcbssmask.n"),
	}
}

// AMD64ArenaBase is [Layout].ArenaBase on amd64, which has addresses of both
// signs, and moves them to begin at 0.
const AMD64ArenaBase = 1 << 47
