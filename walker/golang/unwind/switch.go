package unwind

import "github.com/dlv-async/dlv-async/walker/golang/pclntab"

// switched is what became of a frame where the thread changed stacks.
type switched uint8

const (
	stayed  switched = iota // it did not
	through                 // the frame goes on on the other stack
	left                    // the frame is gone, the state is the other stack's
)

// switchStack follows a thread from its own stack to the goroutine's, at the
// functions that brought it there. Where the thread is on the goroutine's
// stack already there is nothing to follow.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/traceback.go#L284
func (w *walk) switchStack(id pclntab.FuncID) switched {
	to := w.Next
	if to == nil || to.Stack.contains(w.SP) && !w.Stack.contains(w.SP) || to.Stack.Lo == w.Stack.Lo {
		return stayed
	}
	switch id {
	case pclntab.Morestack, pclntab.Mcall:
		// They saved the state of their caller and do not return to it.
		w.Start = *to
		w.first, w.dead, w.byPointer = true, false, false
		return left
	case pclntab.SystemStack, pclntab.AsmCgoCall:
		// They left systemstack_switch behind as the goroutine's state, with
		// a frame like their own.
		if p := w.u.at(to.PC); p.fn == nil || p.fn.ID != pclntab.SystemStackSwitch {
			return stayed
		}
		w.Start = *to
		w.first, w.dead, w.byPointer = false, false, false
		return through
	}
	return stayed
}

// leaves are the runtime's functions on amd64 that move SP for one reason: to
// leave the goroutine's stack for the thread's, and to come back to where they were.
// So while SP is in the goroutine's stack it is what the table says, which knows
// nothing of the moves. (Those that run on a thread's stack anyhow align SP there:
// of that nothing is said.)
//
// https://github.com/golang/go/blob/go1.26.8/src/runtime/asm_amd64.s#L520
// https://github.com/golang/go/blob/go1.26.8/src/runtime/sys_linux_amd64.s#L221
// https://github.com/golang/go/blob/go1.26.8/src/runtime/time_linux_amd64.s#L13
// https://github.com/golang/go/blob/go1.26.8/src/runtime/race_amd64.s#L434
var leaves = map[string]bool{
	"runtime.systemstack": true,
	"runtime.mcall":       true,
	"runtime.morestack":   true,
	"runtime.asmcgocall":  true,
	"runtime.nanotime1":   true,
	"time.now":            true,
	"racecall":            true,
}

// Offsets in the kernel's struct ucontext of amd64.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/defs_linux_amd64.go#L247
const (
	ucontextRBP = 40 + 10*8
	ucontextRSP = 40 + 15*8
	ucontextRIP = 40 + 16*8
)

// leaveSignal goes from the signal handler's outermost function to what the
// signal interrupted, if the kernel's frame is there as expected: a struct
// ucontext above the return address. That is of Go's own function, or with cgo of
// the C library's, which is not known; then what was interrupted must lie on a
// stack of the thread's.
func (w *walk) leaveSignal(f Frame) bool {
	ret, ok := w.Stack.word(f.CFA - 8)
	p := w.u.at(ret)
	if !ok || w.u.link || p.fn != nil && p.fn.ID != pclntab.SigReturn {
		return false
	}
	pc, ok1 := w.Stack.word(f.CFA + ucontextRIP)
	sp, ok2 := w.Stack.word(f.CFA + ucontextRSP)
	bp, ok3 := w.Stack.word(f.CFA + ucontextRBP)
	if !ok1 || !ok2 || !ok3 || p.fn == nil && !w.onSomeStack(sp) {
		return false
	}
	w.PC, w.SP, w.BP, w.Trap = pc, sp, bp, true
	w.first, w.dead, w.byPointer = true, false, false
	for s, n := w.Next, 0; s != nil && n < maxStacks && !w.Stack.contains(sp); s, n = s.Next, n+1 {
		if s.Stack.contains(sp) {
			w.Stack, w.Next = s.Stack, s.Next
		}
	}
	return true
}

// onSomeStack tells whether an address lies on one of the thread's stacks.
func (w *walk) onSomeStack(sp uint64) bool {
	on := w.Stack.contains(sp)
	for s, n := w.Next, 0; s != nil && n < maxStacks; s, n = s.Next, n+1 {
		on = on || s.Stack.contains(sp)
	}
	return on && sp%8 == 0
}

// maxStacks bounds a chain of stacks: signal, g0, goroutine.
const maxStacks = 3

// leaveInjected goes from a call that the signal handler injected to the
// instruction it was injected at. On arm64 the handler pushed the link
// register for it.
// https://github.com/golang/go/blob/go1.26.8/src/runtime/traceback.go#L504
func (w *walk) leaveInjected() (End, bool) {
	lr, ok := w.Stack.word(w.SP)
	if !ok {
		return End{Unreadable, w.SP}, false
	}
	w.SP += 16
	switch p := w.u.at(w.PC); {
	case p.fn == nil:
		w.PC, w.Trap = lr, false
	case p.sized && p.size == 0:
		w.LR = lr
	}
	return End{}, true
}

// maxPointers bounds a chain of frame pointers.
const maxPointers = 256

// byFramePointer looks for a Go caller along the chain of frame pointers, from
// code whose frames have no sizes in the tables. On amd64 a function that has
// one pushes the old one below its return address.
func (w *walk) byFramePointer() bool {
	if w.u.link {
		return false
	}
	bp, low := w.BP, w.SP
	for range maxPointers {
		if bp < low {
			return false
		}
		next, ok := w.Stack.word(bp)
		if !ok {
			return false
		}
		ret, ok := w.Stack.word(bp + 8)
		if !ok {
			return false
		}
		if p := w.u.at(ret); p.fn != nil && ret > p.fn.Entry {
			w.PC, w.SP, w.BP = ret, bp+16, next
			w.Trap, w.first, w.dead, w.byPointer = false, false, false, true
			return true
		}
		bp, low = next, bp+16
	}
	return false
}
