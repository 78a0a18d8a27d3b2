// Package lockcode tells from a function's machine code which locks it has
// where it stands.
//
// Go stores nowhere who has a sync.Mutex. But the code says it: between its call
// of Lock and its call of Unlock a goroutine has the lock, and the address that
// it will hand to Unlock is in its frame, or computed from what is there. So the
// code is followed twice, in the abstract: from the function's entry to where it
// stands (what was locked, and not unlocked since), and from there to its ends
// (what will be unlocked, and not locked before).
//
// # How code is followed
//
// A function ([pclntab.Func]) is a graph of basic blocks of amd64 instructions.
// What a register or a word of the frame holds is a [value]: a constant, an address
// in the frame, or a symbol (an argument, what a load or a call gave, a word of the
// frame) and an offset. States of one place are joined as long as they have the same
// locks, and kept apart where not: so a path on which TryLock failed does not become
// one on which it did not, and of two conditions on one value the second is decided.
//
// Lock's and Unlock's fast paths are inlined. They are known by their atomic
// instructions, and by the inlining tables, which say of an instruction that it
// is (*Mutex).Lock's.
//
// Calls of small functions are followed too, two deep: a method that locks and
// returns locks for its caller.
//
// Memory other than the frame is taken to stay as it is between a lock's two ends:
// code that locks s.peer.mu and unlocks s.peer.mu means one lock.
//
// The same is asked of WaitGroups: whether a function that stands somewhere is to call
// Done.
//
// Whether a function comes back to a call is asked of its code too: what a worker
// does that takes its work from a variable.
//
// # What it does not know
//
// Calls through interfaces and func values are taken to leave locks alone, but for
// closures that the function itself made. Code for other processors than amd64, and
// instructions that are not known (there are some in hand-written code), say nothing.
//
// # Files
//
//	a program's code, and what is asked of it   code.go at.go loop.go
//	the answer, and what it means in one frame  standing.go frame.go names.go
//	whether code has to do with locks at all    touch.go
//	instructions, blocks, the ways through them decode.go blocks.go flow.go
//	what is known at one place                  state.go value.go join.go
//	what one instruction does to that           step.go operand.go call.go deferred.go
//	Lock, Unlock and their like                 ops.go inlined.go channels.go groups.go
package lockcode
