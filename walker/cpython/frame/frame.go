package frame

import (
	"encoding/binary"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Frame is a call of a Python function that has not returned.
type Frame struct {
	Addr    uint64 // of the PyFrameObject (to 3.10) or _PyInterpreterFrame
	Code    *Code
	Func    string     // with its module: orders.api.Server.handle
	Line    int        // 0: none
	Offset  int        // of the instruction where it stands, in bytes; negative: before the first one
	Globals object.Ref // its module's dict
	Gen     object.Ref // the generator that owns it; 0: a call on a thread's stack
	Kind    Kind
	State   State // of the generator; of a plain call Executing
	Native  bool  // of Cython: there are its names and nothing else
}

// Kind is the kind of a function.
type Kind uint8

// The kinds.
const (
	Plain Kind = iota
	Coroutine
	Generator
	AsyncGenerator
)

// kind is what calling a function of this code makes.
func (c *Code) kind() Kind {
	switch {
	case c.Flags&flagCoroutine != 0:
		return Coroutine
	case c.Flags&flagAsyncGenerator != 0:
		return AsyncGenerator
	case c.Flags&flagGenerator != 0:
		return Generator
	default:
		return Plain
	}
}

// frame reads the frame at addr, of this generator if any.
func (r *Reader) frame(addr uint64, gen object.Ref) (f Frame, ok bool) {
	l := &r.l.Frame
	c := r.Code(r.codeOf(addr))
	if c == nil {
		return Frame{}, false
	}
	f = Frame{
		Addr:    addr,
		Code:    c,
		Offset:  r.offset(addr, c),
		Globals: r.o.Ref(at(addr, l.Globals)),
		Gen:     gen,
		Kind:    c.kind(),
		State:   Executing,
	}
	f.Line = r.place(c, f.Offset).line
	f.Func = r.function(&f)
	return f, r.o.Err() == nil
}

// codeOf returns the code object of the frame at addr.
func (r *Reader) codeOf(addr uint64) object.Ref {
	return r.untagged(r.o.U64(at(addr, r.l.Frame.Code)))
}

// offset returns where the frame at addr stands, as frame.f_lasti does.
func (r *Reader) offset(addr uint64, c *Code) int {
	l := &r.l.Frame
	var n int64
	switch l.InstrKind {
	case layout.LastByte:
		n = int64(r.o.I32(at(addr, l.Instr)))
	case layout.LastWord:
		n = max(2*int64(r.o.I32(at(addr, l.Instr))), -1)
	case layout.PrevPointer, layout.NextPointer:
		n = int64(r.o.U64(at(addr, l.Instr)) - c.bytecode)
	}
	if n < -2 || n > maxOffset {
		r.failf("the frame of %s at %#x stands %d bytes from its code's start", c.Name, addr, n)
		return 0
	}
	return int(n)
}

// Bits of a reference in a frame, from 3.14 on. One that has them all is no
// reference but a number.
//
// https://github.com/python/cpython/blob/v3.14.0/Include/internal/pycore_stackref.h
const (
	tagBits = 3
	tagInt  = 3
)

// untagged returns the object that a word of a frame refers to.
func (r *Reader) untagged(word uint64) object.Ref {
	if !r.l.Frame.Tagged {
		return object.Ref(word)
	}
	if word&tagBits == tagInt {
		return 0
	}
	return object.Ref(word &^ tagBits)
}

// refs reads n words of a frame.
func (r *Reader) refs(addr uint64, n int) []object.Ref {
	b := r.o.Bytes(addr, 8*n)
	if b == nil {
		return nil
	}
	out := make([]object.Ref, n)
	for i := range out {
		out[i] = r.untagged(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return out
}
