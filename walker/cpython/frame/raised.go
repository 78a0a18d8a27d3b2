package frame

import (
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Raised returns the frames of a traceback, outermost first, standing where the
// exception was raised or passed. Of a frame that is done the variables are
// those that it had in the end.
//
// https://github.com/python/cpython/blob/v3.12.1/Python/traceback.c#L107 (tb_lineno_get)
func (r *Reader) Raised(traceback object.Ref) []Frame {
	var frames []Frame
	for _, c := range r.o.Traceback(traceback) {
		if len(frames) == walker.MaxDepth {
			break
		}
		addr := uint64(c.Frame)
		if t := r.o.Type(c.Frame); r.o.Err() == nil && t.FullName() != "frame" {
			r.failf("a frame should be at %#x, and it is a %s", addr, t.FullName())
		}
		if r.l.Frame.ObjectFrame != layout.Absent {
			addr = r.o.U64(at(addr, r.l.Frame.ObjectFrame))
		}
		f, ok := r.frame(addr, 0)
		if !ok {
			return nil
		}
		if f.Line = c.Line; c.Line < 0 {
			f.Offset, f.Line = c.Instr, r.place(f.Code, c.Instr).line
		}
		frames = append(frames, f)
	}
	if r.o.Err() != nil {
		return nil
	}
	return frames
}

// Place is a line of a function.
type Place struct {
	Func string // as co_name has it, without its module
	File string
	Line int
}

// Origin returns the calls by which a coroutine was made, innermost first, as
// it keeps them when asyncio is in debug mode, or
// sys.set_coroutine_origin_tracking_depth was called; nil when it does not.
//
// https://github.com/python/cpython/blob/v3.12.1/Objects/genobject.c#L1204 (compute_cr_origin)
func (r *Reader) Origin(coroutine object.Ref) []Place {
	if kind, ok := r.kindOf(coroutine); !ok || kind != Coroutine {
		return nil
	}
	calls := r.field(coroutine, r.l.Gen.Origin)
	if calls == 0 || r.o.IsNone(calls) {
		return nil
	}
	var out []Place
	for _, call := range r.o.Tuple(calls) {
		parts := r.o.Tuple(call)
		if len(parts) != 3 || len(out) == walker.MaxDepth {
			break
		}
		line, _ := r.o.Int(parts[1])
		out = append(out, Place{Func: r.o.Str(parts[2]), File: r.o.Str(parts[0]), Line: int(line)})
	}
	if r.o.Err() != nil {
		return nil
	}
	return out
}
