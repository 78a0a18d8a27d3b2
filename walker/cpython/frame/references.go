package frame

import (
	"encoding/binary"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// References returns how many of the references that an object counts are a
// suspended frame's own: its variables, and what is on its stack. An iterator
// over a future there has one of the future. known is false where the frame
// does not tell.
//
// From 3.14 on a frame may have references that the object does not count; they
// are marked.
func (r *Reader) References(f *Frame, o object.Ref) (n int, known bool) {
	if f.Native || f.State != Suspended && f.State != Awaiting {
		return 0, false
	}
	vars := len(r.Vars(f.Code))
	bottom, depth, known := r.depth(f)
	if !known || depth > maxStack {
		return 0, false
	}
	count := func(addr uint64, words int) {
		b := r.o.Bytes(addr, 8*words)
		for ; len(b) >= 8; b = b[8:] {
			word := binary.LittleEndian.Uint64(b)
			if object.Ref(word) == o {
				n++
				continue
			}
			if v := r.untagged(word); v != 0 && r.o.Type(v).FullName() == "_asyncio.FutureIter" && r.field(v, r.l.Future.IterFuture) == o {
				n++
			}
		}
	}
	count(at(f.Addr, r.l.Frame.LocalsPlus), vars)
	count(bottom, depth)
	return n, r.o.Err() == nil
}
