package pclntab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"
)

// Call is a function active at a PC: one of those inlined there, or the
// function that the PC is in.
type Call struct {
	Func      string
	File      string // empty: not known
	Line      int    // zero: not known
	StartLine int
	ID        FuncID
	Inlined   bool
}

type callsAt struct {
	calls []Call
	err   error
}

// maxInlined bounds the inlined calls at one PC.
const maxInlined = 256

// Calls are the calls active at pc, innermost first, the physical function
// last. The result is shared and must not be changed. pc is an instruction's:
// of a return address, pass the call's, pc-1.
//
// With an error, the inlined calls could not be read, and the one call that is
// returned has no line: it would be another function's.
func (f *Func) Calls(pc uint64) ([]Call, error) {
	c := f.t.calls.get(pc, func() (callsAt, int) {
		calls, err := f.computeCalls(pc)
		return callsAt{calls, err}, len(calls) * int(unsafe.Sizeof(Call{}))
	})
	return c.calls, c.err
}

func (f *Func) computeCalls(pc uint64) ([]Call, error) {
	var calls []Call
	if !f.hasFuncdata(funcdataInlTree) {
		return append(calls, f.self(pc)), nil
	}
	for range maxInlined {
		i, ok := f.pcdataAt(pcdataInlTree, pc)
		if !ok || i < 0 {
			return append(calls, f.self(pc)), nil
		}
		in, err := f.inlined(i)
		if err != nil {
			return []Call{{Func: f.Name, StartLine: f.StartLine, ID: f.ID}},
				fmt.Errorf("inlined calls in %s at %#x: %w", f.Name, pc, err)
		}
		file, line := f.Line(pc)
		calls = append(calls, Call{
			Func: in.name, File: file, Line: line,
			StartLine: in.startLine, ID: in.id, Inlined: true,
		})
		pc = f.Entry + in.parent
	}
	return []Call{{Func: f.Name, StartLine: f.StartLine, ID: f.ID}},
		fmt.Errorf("inlined calls in %s at %#x do not end", f.Name, pc)
}

// self is the physical function as a call.
func (f *Func) self(pc uint64) Call {
	file, line := f.Line(pc)
	return Call{Func: f.Name, File: file, Line: line, StartLine: f.StartLine, ID: f.ID}
}

// inlined is runtime.inlinedCall.
type inlined struct {
	name      string
	id        FuncID
	parent    uint64 // an instruction at the call site, from the function's entry
	startLine int
}

// https://github.com/golang/go/blob/go1.26.8/src/runtime/symtabinl.go#L13
const inlinedSize = 16

func (f *Func) inlined(i int32) (inlined, error) {
	addr := f.funcdataAddr(funcdataInlTree)
	if addr == 0 || f.t.read == nil {
		return inlined{}, errors.New("the program's function data was not found")
	}
	var b [inlinedSize]byte
	if err := f.t.read(addr+uint64(i)*inlinedSize, b[:]); err != nil {
		return inlined{}, err
	}
	name := f.t.name(binary.LittleEndian.Uint32(b[4:]))
	if name == "" {
		return inlined{}, fmt.Errorf("entry %d has no name", i)
	}
	return inlined{
		name:      name,
		id:        f.t.funcID(b[0], name),
		parent:    uint64(binary.LittleEndian.Uint32(b[8:])),
		startLine: int(int32(binary.LittleEndian.Uint32(b[12:]))),
	}, nil
}

// Line is the file and line of the instruction at pc; with inlining the
// innermost call's. An empty file: not known.
func (f *Func) Line(pc uint64) (file string, line int) {
	fileno, ok := f.pcvalue(f.pcfile, pc)
	if !ok || fileno < 0 {
		return "", 0
	}
	n, ok := f.pcvalue(f.pcln, pc)
	if !ok || n < 0 {
		return "", 0
	}
	at := 4 * (uint64(f.cu) + uint64(fileno))
	if at+4 > uint64(len(f.t.cu)) {
		return "", 0
	}
	off := binary.LittleEndian.Uint32(f.t.cu[at:])
	if off == ^uint32(0) {
		return "", 0
	}
	file = f.t.path(off)
	if file == "" {
		return "", 0
	}
	return file, int(n)
}
