package frame

import (
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// State is the state of a generator, coroutine or async generator.
type State uint8

// The states.
const (
	Done      State = iota // it returned or was closed: there is no frame any more
	Created                // it has not begun
	Suspended              // at a yield
	Awaiting               // in an await, async for, async with or yield from
	Executing
)

func (s State) String() string {
	return [...]string{"done", "created", "suspended", "awaiting", "executing"}[min(s, Executing)]
}

// kinds are the types whose instances are PyGenObjects.
var kinds = map[string]Kind{"coroutine": Coroutine, "generator": Generator, "async_generator": AsyncGenerator}

// kindOf tells what kind of generator an object is; ok is false when it is none.
func (r *Reader) kindOf(o object.Ref) (kind Kind, ok bool) {
	kind, ok = kinds[r.o.Type(o).FullName()]
	return kind, ok
}

// Generator returns the state of a generator, coroutine or async generator
// and, unless it is done, its frame. After a failure it is Done.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Objects/genobject.c#L370 (_PyGen_yf)
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/genobject.h
//   - https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_frame.h#L42 (PyFrameState)
func (r *Reader) Generator(gen object.Ref) (Frame, State) {
	if _, ok := r.kindOf(gen); !ok {
		if r.o.Err() == nil {
			r.failf("a generator should be at %#x, and it is a %s", uint64(gen), r.o.Type(gen).FullName())
		}
		return Frame{}, Done
	}
	return r.generator(gen)
}

// CodeOf returns the code object of a generator, coroutine or async generator,
// also of one that is done; 0 when it is none, or has forgotten it.
//
// Where the frame is in the generator itself, what is left of it still tells.
func (r *Reader) CodeOf(gen object.Ref) object.Ref {
	if gen == 0 {
		return 0
	}
	if _, ok := r.kindOf(gen); !ok {
		return 0
	}
	if r.l.Gen.Code != layout.Absent {
		return r.field(gen, r.l.Gen.Code)
	}
	return r.codeOf(at(uint64(gen), r.l.Gen.Frame))
}

// generator is Generator of what is one.
func (r *Reader) generator(gen object.Ref) (Frame, State) {
	l := &r.l.Gen
	if !l.Embedded {
		o := r.field(gen, l.Frame)
		if o == 0 || r.o.Err() != nil {
			return Frame{}, Done
		}
		if name := r.o.Type(o).FullName(); name != "frame" {
			r.failf("a frame should be at %#x, and it is a %s", uint64(o), name)
			return Frame{}, Done
		}
		return r.inState(uint64(o), gen, r.objectState(uint64(o)))
	}
	state := Done
	switch s := r.o.I8(at(uint64(gen), l.State)); {
	case s == l.Created:
		state = Created
	case s == l.YieldFrom || s == l.Suspended:
		state = Suspended
		if l.YieldFrom != l.Suspended && s == l.YieldFrom {
			state = Awaiting
		}
	case s == l.Executing:
		state = Executing
	case s >= l.Completed:
		return Frame{}, Done
	default:
		r.failf("the generator at %#x is in state %d, which there is not", uint64(gen), s)
	}
	return r.inState(at(uint64(gen), l.Frame), gen, state)
}

// inState reads the frame of a generator in this state. Where the generator
// does not tell, the bytecode does whether one that is suspended awaits.
func (r *Reader) inState(addr uint64, gen object.Ref, state State) (Frame, State) {
	if state == Done || r.o.Err() != nil {
		return Frame{}, Done
	}
	f, ok := r.frame(addr, gen)
	if !ok {
		return Frame{}, Done
	}
	if state == Suspended && r.l.Gen.YieldFrom == r.l.Gen.Suspended && r.place(f.Code, f.Offset).awaits {
		state = Awaiting
	}
	f.State = state
	return f, state
}

// States of a frame object of 3.10: f_state.
//
// https://github.com/python/cpython/blob/v3.10.13/Include/cpython/frameobject.h#L11
const (
	frameCreated   = -2
	frameSuspended = -1
	frameExecuting = 0
	frameUnwinding = 2
)

// objectState returns the state of a generator whose frame is an object.
func (r *Reader) objectState(frame uint64) State {
	l := &r.l.Frame
	if l.State == layout.Absent {
		switch {
		case r.o.I32(at(frame, l.Instr)) < 0:
			return Created
		case r.o.U8(at(frame, l.Executing)) != 0:
			return Executing
		case r.o.U64(at(frame, l.StackTop)) == 0:
			return Done
		default:
			return Suspended
		}
	}
	switch r.o.I8(at(frame, l.State)) {
	case frameCreated:
		return Created
	case frameSuspended:
		return Suspended
	case frameExecuting, frameUnwinding:
		return Executing
	default:
		return Done
	}
}

// What a frame is suspended at, up to 3.12.
const (
	opYieldFrom   = 72 // to 3.10
	resumeInAwait = 2  // 3.11: the operand of RESUME after a yield from, 3 after an await
)

// awaitsAt tells whether a frame that is suspended at an offset awaits the
// object on top of its stack: the next instruction is YIELD_FROM again (to
// 3.10), or a RESUME that says so.
func (r *Reader) awaitsAt(c *Code, offset int) bool {
	if offset < 0 || r.l.Gen.YieldFrom != r.l.Gen.Suspended {
		return false
	}
	next := c.bytecode + uint64(offset) + 2
	if r.l.Frame.InstrKind == layout.LastByte || r.l.Frame.InstrKind == layout.LastWord {
		return r.o.U8(next) == opYieldFrom
	}
	return r.o.U8(next+1)&3 >= resumeInAwait
}
