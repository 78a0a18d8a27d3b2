package frame

import (
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// maxStack bounds the values on one frame's stack.
const maxStack = 1 << 14

// Stack returns the objects on a frame's value stack, from the bottom; those
// that are NULL are 0. A frame that runs does not always say where its stack
// ends: then it is what must be there, below the deepest of the blocks that are
// open, and whole is false.
func (r *Reader) Stack(f *Frame) (values []object.Ref, whole bool) {
	if f.Native {
		return nil, false
	}
	bottom, n, whole := r.depth(f)
	if !whole {
		for _, b := range r.blocks(f) {
			n = max(n, b.depth)
		}
	}
	if n <= 0 || r.o.Err() != nil {
		return nil, whole && r.o.Err() == nil
	}
	if n > maxStack {
		r.failf("the frame of %s at %#x claims to have %d values on its stack", f.Code.Name, f.Addr, n)
		return nil, false
	}
	values = r.refs(bottom, n)
	return values, whole && values != nil
}

// depth returns where a frame's value stack begins and how many values are on
// it; known is false when it does not say.
func (r *Reader) depth(f *Frame) (bottom uint64, n int, known bool) {
	l := &r.l.Frame
	if l.ValueStack != layout.Absent {
		bottom = r.o.U64(at(f.Addr, l.ValueStack))
	} else {
		locals := int(r.o.I32(at(uint64(f.Code.Addr), r.l.Code.NLocalsPlus)))
		if locals < 0 || locals > maxVars {
			r.failf("%s claims to have %d variables", f.Code.Name, locals)
			return 0, 0, false
		}
		bottom = at(f.Addr, l.LocalsPlus+8*locals)
	}
	if l.StackTop != layout.Absent {
		top := r.o.U64(at(f.Addr, l.StackTop))
		if top == 0 {
			return bottom, 0, false
		}
		if top < bottom || (top-bottom)%8 != 0 || top-bottom > 8*maxStack {
			r.failf("the frame of %s at %#x claims that its stack is from %#x to %#x", f.Code.Name, f.Addr, bottom, top)
			return 0, 0, false
		}
		return bottom, int(top-bottom) / 8, r.o.Err() == nil
	}
	n = int(r.o.I32(at(f.Addr, l.StackDepth)))
	if n < 0 {
		return bottom, 0, false
	}
	if l.ValueStack == layout.Absent { // it counts the variables too
		n -= int(bottom-at(f.Addr, l.LocalsPlus)) / 8
	}
	if n < 0 || n > maxStack {
		r.failf("the frame of %s at %#x claims to have %d values on its stack", f.Code.Name, f.Addr, n)
		return 0, 0, false
	}
	return bottom, n, r.o.Err() == nil
}

// awaited returns what a frame that awaits has on top of its stack; 0 when
// nothing is there.
func (r *Reader) awaited(f *Frame) object.Ref {
	bottom, n, known := r.depth(f)
	if !known || n < r.l.Gen.AwaitedDepth {
		return 0
	}
	return r.untagged(r.o.U64(bottom + 8*uint64(n-r.l.Gen.AwaitedDepth)))
}
