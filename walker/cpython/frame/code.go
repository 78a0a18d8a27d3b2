package frame

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Code is a code object. There is one for each address.
//
//   - https://github.com/python/cpython/blob/v3.8.18/Include/code.h#L22
//   - https://github.com/python/cpython/blob/v3.10.13/Include/cpython/code.h#L18
//   - https://github.com/python/cpython/blob/v3.12.1/Include/cpython/code.h#L81
type Code struct {
	Addr object.Ref
	Name string // co_name: handle

	// Qualname is co_qualname: Server.handle. To 3.10 code objects have none;
	// it is then that of the first generator or function that was seen with
	// this code, or Name.
	Qualname string

	File      string // co_filename
	FirstLine int
	Flags     uint32 // co_flags
	ArgCount  int    // positional parameters; they come first among Vars
	KwOnly    int    // keyword-only parameters, which come next

	qualified bool // Qualname is the last word

	vars     []Var
	varsRead bool

	bytecode uint64 // address of the first instruction
	table    lineTable
	places   map[int]place
	handlers []handler
	depthsOK bool // handlers is decoded

	module  string // of the last frame
	globals object.Ref
	full    string // Func of that module
}

// Var is a local variable of a code object, in the order of the frame's.
type Var struct {
	Name string
	Kind VarKind
}

// VarKind is the bits of co_localspluskinds; to 3.10, what they would be.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_code.h#L131
type VarKind uint8

// The bits.
const (
	HiddenVar VarKind = 0x10 // of a comprehension that was inlined (3.12)
	LocalVar  VarKind = 0x20
	CellVar   VarKind = 0x40 // inner functions use it
	FreeVar   VarKind = 0x80 // of an enclosing function
)

// Bits of co_flags.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/code.h#L178
const (
	flagOptimized         = 0x0001 // locals are in the frame, not in a dict
	flagGenerator         = 0x0020
	flagCoroutine         = 0x0080
	flagIterableCoroutine = 0x0100 // a generator of @types.coroutine
	flagAsyncGenerator    = 0x0200
)

// place is what is known of an instruction.
type place struct {
	line   int  // 0: none
	awaits bool // to 3.12: a frame suspended here awaits what is on top of its stack
}

const (
	maxTable  = 1 << 22 // bytes of a line or exception table
	maxOffset = 1 << 28 // bytes of bytecode
	maxVars   = 1 << 14
)

// Code returns the code object at o; nil when it cannot be read.
func (r *Reader) Code(o object.Ref) *Code {
	if r.last != nil && r.last.Addr == o {
		return r.last
	}
	c := r.codes[o]
	if c == nil {
		if c = r.readCode(o); c == nil {
			return nil
		}
		r.codes[o] = c
	}
	r.last = c
	return c
}

func (r *Reader) readCode(o object.Ref) *Code {
	l := &r.l.Code
	if t := r.o.Type(o); r.o.Err() == nil && t.FullName() != "code" {
		r.failf("a code object should be at %#x, and it is a %s", uint64(o), t.FullName())
	}
	if r.o.Err() != nil {
		return nil
	}
	c := &Code{
		Addr:      o,
		Name:      r.o.Str(r.field(o, l.Name)),
		File:      r.o.Str(r.field(o, l.Filename)),
		FirstLine: int(r.o.I32(at(uint64(o), l.FirstLine))),
		Flags:     r.o.U32(at(uint64(o), l.Flags)),
		ArgCount:  int(r.o.I32(at(uint64(o), l.ArgCount))),
		KwOnly:    int(r.o.I32(at(uint64(o), l.KwOnlyArgCount))),
		bytecode:  at(uint64(o), l.Bytecode),
		places:    map[int]place{},
	}
	if l.BytecodeIsPointer {
		c.bytecode = at(uint64(r.field(o, l.Bytecode)), r.l.Container.BytesData)
	}
	if l.Qualname != layout.Absent {
		c.Qualname, c.qualified = r.o.Str(r.field(o, l.Qualname)), true
	} else {
		c.Qualname = c.Name
		c.qualified = strings.HasPrefix(c.Name, "<module") // it has no other
	}
	c.table = decodeLines(l.LineFormat, r.bytes(r.field(o, l.LineTable), "line table"), c.FirstLine)
	if r.o.Err() != nil {
		return nil
	}
	return c
}

// bytes reads a bytes object: the table of a code object.
func (r *Reader) bytes(o object.Ref, what string) []byte {
	n := r.o.I64(at(uint64(o), r.l.Object.Size))
	if n < 0 || n > maxTable {
		r.failf("the %s at %#x claims to have %d bytes", what, uint64(o), n)
		return nil
	}
	if n == 0 {
		return nil
	}
	return r.o.Bytes(at(uint64(o), r.l.Container.BytesData), int(n))
}

// Line returns the line of the instruction at an offset in bytes; 0: it has
// none, as code that the compiler made up.
func (c *Code) Line(offset int) int {
	line, _ := c.table.line(offset, c.FirstLine)
	return line
}

// place returns what is known of the instruction at an offset.
func (r *Reader) place(c *Code, offset int) place {
	p, ok := c.places[offset]
	if !ok {
		p.line = c.Line(offset)
		p.awaits = r.awaitsAt(c, offset)
		if r.o.Err() != nil {
			return place{}
		}
		c.places[offset] = p
	}
	return p
}

// Vars returns the names of a code object's variables.
func (r *Reader) Vars(c *Code) []Var {
	if c.varsRead {
		return c.vars
	}
	l := &r.l.Code
	var vars []Var
	if l.LocalsPlusNames == layout.Absent {
		vars = r.names(vars, r.field(c.Addr, l.VarNames), LocalVar)
		vars = r.names(vars, r.field(c.Addr, l.CellVars), CellVar)
		vars = r.names(vars, r.field(c.Addr, l.FreeVars), FreeVar)
	} else {
		vars = r.names(vars, r.field(c.Addr, l.LocalsPlusNames), 0)
		kinds := r.bytes(r.field(c.Addr, l.LocalsPlusKinds), "table of kinds")
		if r.o.Err() == nil && len(kinds) != len(vars) {
			r.failf("%s has %d names and %d kinds of variables", c.Name, len(vars), len(kinds))
		}
		for i := range min(len(kinds), len(vars)) {
			vars[i].Kind = VarKind(kinds[i])
		}
	}
	if r.o.Err() != nil {
		return nil
	}
	c.vars, c.varsRead = vars, true
	return vars
}

func (r *Reader) names(vars []Var, tuple object.Ref, kind VarKind) []Var {
	for _, name := range r.o.Tuple(tuple) {
		if r.o.Err() != nil || len(vars) > maxVars {
			return nil
		}
		vars = append(vars, Var{r.o.Str(name), kind})
	}
	return vars
}
