package unwind

import "github.com/dlv-async/dlv-async/walker/golang/pclntab"

// Stack appends to dst the physical frames from start outwards, innermost
// first, at most limit of them, and says why it ended there. Whatever the
// reason, the frames that it found stand.
func (u *Unwinder) Stack(start Start, dst []Frame, limit int) ([]Frame, End) {
	w := walk{u: u, Start: start, first: true}
	if w.PC == 0 && !w.returnFromNil() {
		return dst, End{Unreadable, w.SP}
	}
	for range limit {
		f, end, more := w.step()
		if f.Func != nil {
			dst = append(dst, f)
		}
		if !more {
			return dst, end
		}
	}
	return dst, End{TooDeep, w.PC}
}

// walk is where an unwinding stands: Start is the state of the current frame.
type walk struct {
	u *Unwinder
	Start
	first     bool // no frame was left yet
	dead      bool // the frame below is a sigpanic
	byPointer bool // the frame was found by the frame pointer
}

// returnFromNil leaves a call of a nil function: nothing but the return
// address was pushed.
func (w *walk) returnFromNil() bool {
	if w.u.link && w.LR != 0 {
		w.PC, w.LR = w.LR, 0
	} else {
		pc, ok := w.Stack.word(w.SP)
		if !ok {
			return false
		}
		w.PC = pc
		if !w.u.link {
			w.SP += 8
		}
	}
	w.Trap = false
	return true
}

// step makes the current frame and goes to its caller's. A frame without a
// function is none: only the state has changed.
func (w *walk) step() (f Frame, end End, more bool) {
	p := w.u.at(w.PC)
	if p.fn == nil {
		pc := w.PC
		return Frame{}, End{UnknownPC, pc}, w.byFramePointer()
	}
	f = Frame{PC: w.PC, SP: w.SP, Func: p.fn, Trap: w.Trap, Dead: w.dead, ByFramePointer: w.byPointer}
	size, sized := p.size, p.sized
	opaque := p.fn.Flag&pclntab.SPWrite != 0 && !(p.comes && w.Goroutine)
	if p.fn.ID != pclntab.Normal {
		switch w.switchStack(p.fn.ID) {
		case left:
			return Frame{}, End{}, true
		case through:
			s := w.u.at(w.PC)
			size, sized, opaque = s.size, s.sized, false
			f.SP = w.SP
		}
		// cgocallback sees to it that it can be unwound on both its stacks.
		if p.fn.ID == pclntab.CgoCallback {
			opaque = false
		}
	}
	if p.fn.Flag&pclntab.TopFrame != 0 {
		if sized {
			f.CFA = w.SP + size
		}
		return f, End{}, p.fn.ID == pclntab.SigTramp && w.leaveSignal(f)
	}
	// What parked itself in a function that moves SP did so at its entry,
	// before it moved.
	if opaque && w.first && !w.Trap {
		opaque = false
	}
	if !sized || opaque {
		pc := w.PC
		return f, End{Unsized, pc}, w.byFramePointer()
	}
	f.CFA = w.SP + size
	end, more = w.leave(f)
	return f, end, more
}

// leave goes from a frame of known size to its caller's.
func (w *walk) leave(f Frame) (End, bool) {
	ret, at, ok := w.returnAddress(f)
	if !ok {
		return End{Unreadable, at}, false
	}
	id := f.Func.ID
	w.PC, w.SP, w.BP, w.LR = ret, f.CFA, 0, 0
	w.first, w.byPointer = false, false
	w.dead = id == pclntab.SigPanic
	w.Trap = w.dead || id == pclntab.AsyncPreempt || id == pclntab.DebugCall
	if w.Trap && w.u.link {
		return w.leaveInjected()
	}
	return End{}, true
}

// returnAddress is where the function of a frame returns to; at is where that
// was read.
func (w *walk) returnAddress(f Frame) (ret, at uint64, ok bool) {
	if !w.u.link {
		ret, ok = w.Stack.word(f.CFA - 8)
		return ret, f.CFA - 8, ok
	}
	// On arm64 it is at the bottom of the frame once there is one.
	if w.LR != 0 && !(w.first && f.CFA > f.SP) {
		return w.LR, 0, true
	}
	ret, ok = w.Stack.word(f.SP)
	return ret, f.SP, ok
}
