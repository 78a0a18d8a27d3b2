// Package unwind takes Go stacks apart: from where a goroutine or a thread
// stands, and the bytes of its stack, to its frames, and from those to the
// calls that the source shows, with what was inlined.
//
// It knows the sizes of frames from the function table ([pclntab]), as the
// runtime's own unwinder does
// (https://github.com/golang/go/blob/go1.26.8/src/runtime/traceback.go), and
// the frames that have none of their own: stack switches, injected calls,
// signals. It reads no memory but the stack it is given, and remembers what it
// learnt of each PC, since many goroutines stand at few places.
package unwind
