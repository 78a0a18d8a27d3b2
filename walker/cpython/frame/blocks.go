package frame

import (
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// block is a try or with block that is open where a frame stands, or a handler
// of one: if an exception came, the value stack would be cut to depth, and
// the frame go on at target.
type block struct {
	depth  int
	target int // offset in bytes; noTarget: a handler that runs (to 3.10)
}

const noTarget = -1

const (
	maxBlocks = 256 // to 3.10 there are up to 20; from 3.11 on, two or three for each of them

	// PyTryBlock: type, handler, level.
	blockSize     = 12
	blockHandler  = 4
	blockLevel    = 8
	exceptHandler = 257 // a type
)

// blocks returns the open blocks of a frame, innermost first.
func (r *Reader) blocks(f *Frame) []block {
	if r.l.Frame.BlockStack == layout.Absent {
		return r.exceptionBlocks(f)
	}
	n := int(r.o.I32(at(f.Addr, r.l.Frame.BlockCount)))
	if n < 0 || n > maxBlocks {
		r.failf("the frame of %s at %#x claims to have %d blocks", f.Code.Name, f.Addr, n)
		return nil
	}
	unit := 1
	if r.l.Frame.InstrKind == layout.LastWord {
		unit = 2
	}
	var out []block
	for i := n - 1; i >= 0; i-- {
		b := at(f.Addr, r.l.Frame.BlockStack+blockSize*i)
		target := unit * int(r.o.I32(b+blockHandler))
		if r.o.I32(b) == exceptHandler {
			target = noTarget
		}
		out = append(out, block{depth: int(r.o.I32(b + blockLevel)), target: target})
	}
	return out
}

// exceptionBlocks finds the blocks in the exception table: the one that
// covers where the frame stands, the one that covers its handler, and so on.
//
// https://github.com/python/cpython/blob/v3.11.7/Objects/exception_handling_notes.txt
func (r *Reader) exceptionBlocks(f *Frame) []block {
	c := f.Code
	if !c.depthsOK {
		table := r.bytes(r.field(c.Addr, r.l.Code.ExceptionTable), "exception table")
		if r.o.Err() != nil {
			return nil
		}
		c.handlers, c.depthsOK = decodeHandlers(table), true
	}
	var out []block
	offset := f.Offset
	for range maxBlocks {
		h, ok := handlerAt(c.handlers, offset)
		if !ok {
			break
		}
		out = append(out, block{depth: h.depth, target: h.target})
		offset = h.target
	}
	return out
}

// handler is an entry of an exception table. Offsets are in bytes.
type handler struct{ start, end, target, depth int }

func handlerAt(handlers []handler, offset int) (handler, bool) {
	for _, h := range handlers {
		if h.start <= offset && offset < h.end {
			return h, true
		}
	}
	return handler{}, false
}

// opensAfter tells whether the instruction that a frame goes on with, once
// what it awaits is there, opens a block of this depth.
func (r *Reader) opensAfter(f *Frame, depth int) bool {
	if r.l.Frame.BlockStack != layout.Absent {
		const next = 4 // the one before YIELD_FROM, YIELD_FROM, SETUP_ASYNC_WITH
		return r.o.U8(f.Code.bytecode+uint64(f.Offset+next)) == opSetupAsyncWith
	}
	for _, h := range f.Code.handlers {
		if h.depth == depth && h.start > f.Offset && h.start <= f.Offset+awaitSize {
			return true
		}
	}
	return false
}

const (
	opSetupAsyncWith = 154 // to 3.10
	awaitSize        = 10  // bytes from where a frame stands in an await to its end: at most YIELD_VALUE, RESUME, JUMP_BACKWARD, END_SEND
)

// decodeHandlers decodes entries of four numbers each: start, length and
// target in instructions, depth and a flag. Six bits a byte, the highest first,
// 0x40 while more follow; the first byte of an entry has its highest bit set.
func decodeHandlers(table []byte) []handler {
	var out []handler
	for len(table) > 0 {
		var n [4]int
		for i := range n {
			if n[i], table = bigVarint(table); n[i] > maxOffset {
				return out
			}
		}
		out = append(out, handler{2 * n[0], 2 * (n[0] + n[1]), 2 * n[2], n[3] >> 1})
	}
	return out
}

func bigVarint(b []byte) (n int, rest []byte) {
	for i, c := range b {
		n = n<<6 | int(c&0x3f)
		if c&0x40 == 0 || n > maxOffset {
			return n, b[i+1:]
		}
	}
	return n, nil
}
