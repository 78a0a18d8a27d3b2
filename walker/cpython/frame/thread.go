package frame

import (
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Thread returns the Python frames on the stack of a thread, innermost first,
// through calls that went by way of C. thread is its PyThreadState. cut tells
// that there are more than walker.MaxDepth.
//
// The interpreter's own frames, which run no function, are left out, and so
// are those that have not come to their function's first instruction.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Include/frameobject.h (f_back)
//   - https://github.com/python/cpython/blob/v3.11.7/Include/cpython/pystate.h#L38 (_PyCFrame)
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_frame.h#L58
func (r *Reader) Thread(thread uint64) (frames []Frame, cut bool) {
	addr := r.top(thread)
	// Frames that are skipped count as well, so that a circle of them ends.
	for range 2 * walker.MaxDepth {
		if addr == 0 || r.o.Err() != nil {
			return frames, false
		}
		if len(frames) == walker.MaxDepth {
			return frames, true
		}
		if gen, ok := r.complete(addr); ok {
			f, ok := r.frame(addr, gen)
			if !ok {
				return frames, false
			}
			frames = append(frames, f)
		}
		addr = r.o.U64(at(addr, r.l.Frame.Previous))
	}
	return frames, true
}

// top returns the address of a thread's innermost frame.
func (r *Reader) top(thread uint64) uint64 {
	l := &r.l.Thread
	switch {
	case l.CurrentFrame != layout.Absent:
		return r.o.U64(at(thread, l.CurrentFrame))
	case l.CFrame != layout.Absent:
		c := r.o.U64(at(thread, l.CFrame))
		if c == 0 {
			return 0
		}
		return r.o.U64(at(c, l.CFrameCurrent))
	default:
		return r.o.U64(at(thread, l.Frame))
	}
}

// complete tells whether the frame at addr is of a function that has begun,
// and which generator owns it.
func (r *Reader) complete(addr uint64) (gen object.Ref, ok bool) {
	l := &r.l.Frame
	if l.Owner == layout.Absent {
		if gen = r.o.Ref(at(addr, l.Gen)); gen == 0 || r.o.Err() != nil {
			return 0, r.o.Err() == nil
		}
		_, ok := r.kindOf(gen)
		if !ok {
			gen = 0
		}
		return gen, r.o.Err() == nil
	}
	switch owner := r.o.U8(at(addr, l.Owner)); {
	case owner == layout.OwnedByGenerator:
		return object.Ref(at(addr, -r.l.Gen.Frame)), r.o.Err() == nil
	case owner >= layout.OwnedByCStack:
		return 0, false
	}
	// Not through Code: that of the interpreter's own trampolines has no names.
	code := uint64(r.codeOf(addr))
	first := 2 * int64(r.o.I32(at(code, r.l.Code.FirstTraceable)))
	stands := int64(r.o.U64(at(addr, l.Instr)) - at(code, r.l.Code.Bytecode))
	return 0, r.o.Err() == nil && stands >= first
}
