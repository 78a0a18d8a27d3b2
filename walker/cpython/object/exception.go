package object

// Exception is an exception.
type Exception struct {
	Type      *Type
	Args      []Ref
	Traceback Ref // 0: it was not raised yet
	Context   Ref // what was being handled when it was raised; 0: nothing
	Cause     Ref // of raise ... from; 0: nothing
}

// Exception reads an exception.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/pyerrors.h#L8
func (r *Reader) Exception(o Ref) Exception {
	if !r.is(o, flagException, "exception") {
		return Exception{}
	}
	l := &r.l.Exception
	e := Exception{Type: r.Type(o), Context: r.Ref(o.at(l.Context)), Cause: r.Ref(o.at(l.Cause)), Traceback: r.Ref(o.at(l.Traceback))}
	if args := r.Ref(o.at(l.Args)); args != 0 {
		e.Args = r.Tuple(args)
	}
	if r.err != nil {
		return Exception{}
	}
	return e
}

// Crossing is an entry of a traceback: a frame that an exception left, or was
// raised in.
type Crossing struct {
	Frame Ref // a frame object
	Instr int // tb_lasti: offset of the instruction, in bytes; in instructions of 2 bytes in 3.10
	Line  int // -1: CPython itself works it out from Instr when it is asked (from 3.11 on)
}

// maxCrossings bounds the entries of a traceback: deeper than Python's stack
// mostly is.
const maxCrossings = 1 << 16

// Traceback returns the entries of a traceback, the outermost first.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/traceback.h
func (r *Reader) Traceback(tb Ref) []Crossing {
	var out []Crossing
	var round circle
	l := &r.l.Traceback
	for tb != 0 && !r.IsNone(tb) {
		if !r.exactly(tb, "traceback") {
			return nil
		}
		if round.closes(uint64(tb)) || len(out) == maxCrossings {
			r.failf("the traceback at %#x goes round in a circle, or has more than %d entries", uint64(tb), maxCrossings)
			return nil
		}
		out = append(out, Crossing{
			Frame: r.Ref(tb.at(l.Frame)),
			Instr: int(r.I32(tb.at(l.LastI))),
			Line:  int(r.I32(tb.at(l.Line))),
		})
		tb = r.Ref(tb.at(l.Next))
	}
	if r.err != nil {
		return nil
	}
	return out
}
