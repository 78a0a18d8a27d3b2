package unwind

import (
	"errors"
	"fmt"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Call is one call as the source shows it.
type Call struct {
	pclntab.Call
	Frame int // the index of its physical frame
}

// Expand appends to dst the calls of frames, innermost first, with those that
// were inlined and without the wrappers that tracebacks leave out. An error
// tells that at some frame the inlined calls are missing.
func (u *Unwinder) Expand(frames []Frame, dst []Call) ([]Call, error) {
	callee := pclntab.Normal
	var missing error
	for i, f := range frames {
		calls, err := f.Func.Calls(f.CallPC())
		if err != nil {
			missing = err
		}
		for _, c := range calls {
			if c.ID != pclntab.Wrapper || !callee.HidesWrapper() {
				dst = append(dst, Call{c, i})
			}
			callee = c.ID
		}
	}
	return dst, missing
}

// errInterrupted: the frame was interrupted between calls, where the compiler
// does not say what is live.
var errInterrupted = errors.New("interrupted between calls: what is live there is not known")

// Live is what is live in a frame.
func (f Frame) Live() (*pclntab.Live, error) {
	switch {
	case f.Func == nil:
		return nil, errors.New("the frame has no function")
	case f.Dead && f.Func.DeferReturn == 0:
		return &pclntab.Live{}, nil // it never runs again
	case f.Dead:
		// If a deferred call recovers, it goes on after that call.
		return f.Func.Live(f.Func.Entry + uint64(f.Func.DeferReturn) + 1)
	case f.Trap:
		return nil, fmt.Errorf("%s at %#x: %w", f.Func.Name, f.PC, errInterrupted)
	}
	return f.Func.Live(f.PC)
}
