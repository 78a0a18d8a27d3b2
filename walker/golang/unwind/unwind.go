package unwind

import (
	"encoding/binary"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Start is where unwinding begins.
//
// For a goroutine that is not running it comes from its g: sched.pc, sched.sp
// and sched.lr, or, when syscallsp is not zero, syscallpc and syscallsp. For
// one that is running it is its thread's registers, with Trap set; while its
// m's vdsoSP is not zero, vdsoPC and vdsoSP without Trap.
type Start struct {
	PC, SP uint64
	BP     uint64 // frame pointer: a way out of C code; zero: not known
	LR     uint64 // link register, on arm64

	// Trap: the registers were taken wherever the thread was. Else PC is a
	// return address, or the entry of a function that has not begun.
	Trap bool

	// Syscall: PC and SP were saved at the entry to a system call.
	Syscall bool

	Stack Stack

	// Goroutine: the stack is a goroutine's, not a thread's own.
	Goroutine bool

	// Next is the stack that this one does the work of: a signal stack's is
	// the g0's, a g0's is its m's curg's, with curg's sched. Nil: none.
	Next *Start
}

// Stack is the memory of one stack, or as much of it as is known.
type Stack struct {
	Lo   uint64
	Data []byte
}

// contains reports whether a stack pointer is in the stack. One that is at
// its very top is: the stack is empty.
func (s Stack) contains(sp uint64) bool {
	return sp >= s.Lo && sp-s.Lo <= uint64(len(s.Data))
}

// word reads the word at addr.
func (s Stack) word(addr uint64) (uint64, bool) {
	off := addr - s.Lo
	if addr < s.Lo || off > uint64(len(s.Data)) || uint64(len(s.Data))-off < 8 {
		return 0, false
	}
	return binary.LittleEndian.Uint64(s.Data[off:]), true
}

// Frame is one physical frame. The function may have others inlined at PC.
type Frame struct {
	PC  uint64
	SP  uint64
	CFA uint64 // SP before the call that made the frame; zero: not known

	Func *pclntab.Func

	// Trap: PC is an instruction that was interrupted, or faulted. Else it
	// is a return address, or the function's entry.
	Trap bool

	// Dead: the function faulted, and goes on in its deferred calls if at all.
	Dead bool

	// ByFramePointer: what is below has no known size, and the frame was
	// found by the frame pointer. Some between may be missing.
	ByFramePointer bool
}

// CallPC is the PC that says where in its function the frame stands: that of
// the call, not of the instruction it returns to.
func (f Frame) CallPC() uint64 {
	if f.Trap || f.Func == nil || f.PC == f.Func.Entry {
		return f.PC
	}
	return f.PC - 1
}

// End says why unwinding ended.
type End struct {
	Reason Reason
	Addr   uint64 // the address that could not be read, or the PC in question
}

// Reason is the kind of an [End].
type Reason uint8

const (
	Complete   Reason = iota // the stack's outermost function was reached
	Unreadable               // the stack's word at Addr is not known
	UnknownPC                // no Go function is at PC Addr: C code, or garbage
	Unsized                  // the function at PC Addr moves SP in a way that no table tells
	TooDeep                  // there are more frames than asked for
)

func (r Reason) String() string {
	names := [...]string{"complete", "unreadable stack", "unknown pc", "frame of unknown size", "too deep"}
	if int(r) < len(names) {
		return names[r]
	}
	return "unknown"
}

// Unwinder unwinds the stacks of one process. It remembers what it learns of
// a PC, and is not safe for concurrent use; several may share their tables.
type Unwinder struct {
	tables pclntab.Tables
	link   bool // the architecture has a link register
	places map[uint64]*place
}

// New makes an unwinder for stacks of arch, amd64 or arm64.
func New(tables pclntab.Tables, arch string) *Unwinder {
	return &Unwinder{tables: tables, link: arch == "arm64", places: make(map[uint64]*place)}
}

// place is what is known of a PC.
type place struct {
	fn    *pclntab.Func // nil: no Go function is there
	size  uint64        // from SP to CFA
	sized bool          // size is known
	comes bool          // on a goroutine's stack the size holds even where fn moves SP
}

// maxPlaces bounds what is remembered. Programs have thousands of PCs on
// their stacks; only garbage has more.
const maxPlaces = 1 << 20

func (u *Unwinder) at(pc uint64) *place {
	p, ok := u.places[pc]
	if !ok {
		p = u.look(pc)
		if len(u.places) < maxPlaces {
			u.places[pc] = p
		}
	}
	return p
}

func (u *Unwinder) look(pc uint64) *place {
	fn, ok := u.tables.Func(pc)
	if !ok {
		return &place{}
	}
	delta, sized := fn.SPDelta(pc)
	p := &place{fn: fn, size: uint64(delta), sized: sized, comes: leaves[fn.Name] && !u.link}
	if !u.link {
		p.size += 8 // the return address
	}
	return p
}
