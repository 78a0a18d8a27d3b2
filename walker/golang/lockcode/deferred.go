package lockcode

import "slices"

// deferred is a call that was deferred and is yet to be made: of a closure in the
// frame, as code has it that is not optimised, or that defers in ways which the
// compiler does not lay out.
type deferred struct {
	closure value
	entry   uint64 // where its function begins
}

// maxDeferred bounds the deferred calls of one state.
const maxDeferred = 8

// deferredFn is where a runtime._defer has its func value:
// https://github.com/golang/go/blob/go1.26.0/src/runtime/runtime2.go#L1152
const deferredFn = 24

// defers notes what is deferred, and does what was when the function ends. Of locks
// this is known otherwise: what is pending when the target stands still is looked up.
func (f *flow) defers(s *state, i *inst, fn string) {
	if !f.c.channels {
		return
	}
	closure := s.regs[rax]
	switch fn {
	default:
		return
	case "runtime.deferreturn":
		for _, d := range slices.Backward(s.defers) {
			s.regs[rdx] = d.closure
			f.follow(s, i, d.entry)
		}
		s.defers = nil
		return
	case "runtime.deferprocStack":
		if closure.kind != inFrame {
			return
		}
		closure = s.at(closure.off + deferredFn)
	case "runtime.deferproc":
	}
	if closure.kind != inFrame || len(s.defers) >= maxDeferred {
		return
	}
	entry := s.at(closure.off)
	if d := (deferred{closure, uint64(entry.off)}); entry.kind == constant && f.c.isEntry(d.entry) && !slices.Contains(s.defers, d) {
		s.defers = append(s.defers, d)
	}
}
