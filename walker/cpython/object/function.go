package object

import (
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// Function is a function written in Python.
type Function struct {
	Qualname string // gather.<locals>._done_callback
	Module   string // asyncio.tasks; empty when __module__ is no str
	Code     Ref
	Closure  Ref // a tuple of cells, or 0
	Defaults Ref // a tuple of the defaults of its last parameters, or 0
}

// Function reads a function.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/funcobject.h
func (r *Reader) Function(o Ref) Function {
	if !r.exactly(o, "function") {
		return Function{}
	}
	l := &r.l.Function
	f := Function{
		Qualname: r.name(r.Ref(o.at(l.Qualname))),
		Code:     r.Ref(o.at(l.Code)),
		Closure:  r.Ref(o.at(l.Closure)),
		Defaults: r.Ref(o.at(l.Defaults)),
	}
	if m := r.Ref(o.at(l.Module)); m != 0 && r.Type(m).Flags&flagStr != 0 {
		f.Module = r.name(m)
	}
	if r.err != nil {
		return Function{}
	}
	return f
}

// exactly tells whether an object's type is this one, and notes a failure when
// it is not.
func (r *Reader) exactly(o Ref, fullName string) bool {
	t := r.Type(o)
	if r.err == nil && t.full != fullName {
		r.failf("a %s should be at %#x, and it is a %s", fullName, uint64(o), t.full)
	}
	return r.err == nil
}

// name is Str, remembered: of names in code there are few, and each is one
// object.
func (r *Reader) name(o Ref) string {
	if s, ok := r.names[o]; ok && r.err == nil {
		return s
	}
	s := r.Str(o)
	if r.err == nil {
		if len(r.names) >= 1<<16 {
			clear(r.names)
		}
		r.names[o] = s
	}
	return s
}

// Cells returns what a function closes over, by name. A cell that is empty
// still is 0.
func (r *Reader) Cells(fn Ref) map[string]Ref {
	f := r.Function(fn)
	if f.Closure == 0 || r.err != nil {
		return nil
	}
	cells, names := r.Tuple(f.Closure), r.freeNames(f.Code)
	if r.err == nil && len(cells) != len(names) {
		r.failf("%s at %#x has %d cells for %d names", f.Qualname, uint64(fn), len(cells), len(names))
	}
	if r.err != nil {
		return nil
	}
	out := make(map[string]Ref, len(cells))
	for i, c := range cells {
		out[names[i]] = r.cell(c)
	}
	if r.err != nil {
		return nil
	}
	return out
}

// cell returns what is in a cell; 0 when it is empty.
func (r *Reader) cell(o Ref) Ref {
	if !r.exactly(o, "cell") {
		return 0
	}
	return r.Ref(o.at(r.l.Container.CellValue))
}

// freeVariable is the bit of co_localspluskinds for a variable of an enclosing
// function.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_code.h#L134
const freeVariable = 0x80

// freeNames returns the names of a code object's free variables, in the order
// of a closure's cells.
func (r *Reader) freeNames(code Ref) []string {
	if names, ok := r.free[code]; ok || !r.exactly(code, "code") {
		return names
	}
	l := &r.l.Code
	var out []string
	if l.LocalsPlusNames == layout.Absent {
		for _, s := range r.Tuple(r.Ref(code.at(l.FreeVars))) {
			out = append(out, r.name(s))
		}
	} else {
		kinds, _ := r.Buffer(r.Ref(code.at(l.LocalsPlusKinds)), maxBytes)
		for i, s := range r.Tuple(r.Ref(code.at(l.LocalsPlusNames))) {
			if i < len(kinds) && kinds[i]&freeVariable != 0 {
				out = append(out, r.name(s))
			}
		}
	}
	if r.err != nil {
		return nil
	}
	r.free[code] = out
	return out
}

// Method returns the function and the object of a bound method; not ok: o is
// none.
func (r *Reader) Method(o Ref) (fn, self Ref, ok bool) {
	if o == 0 || r.Type(o).full != "method" {
		return 0, 0, false
	}
	fn, self = r.Ref(o.at(r.l.Container.MethodFunc)), r.Ref(o.at(r.l.Container.MethodSelf))
	return fn, self, r.err == nil
}

// Builtin returns the name of a function or method written in C, and what it is
// bound to: an object, a module, or 0; not ok: o is none.
func (r *Reader) Builtin(o Ref) (name string, self Ref, ok bool) {
	if o == 0 || !r.Type(o).Inherits("builtin_function_or_method") {
		return "", 0, false
	}
	name = r.CString(r.U64(r.U64(o.at(r.l.Container.CFuncDef))))
	self = r.Ref(o.at(r.l.Container.CFuncSelf))
	return name, self, r.err == nil
}

// Partial returns the function and the positional arguments of a
// functools.partial; not ok: o is none.
func (r *Reader) Partial(o Ref) (fn Ref, args []Ref, ok bool) {
	if o == 0 || !r.Type(o).Inherits("functools.partial") {
		return 0, nil, false
	}
	fn, args = r.Ref(o.at(r.l.Container.PartialFn)), r.Tuple(r.Ref(o.at(r.l.Container.PartialArgs)))
	return fn, args, r.err == nil
}

// Weak returns what a weak reference is to, 0 when that is gone; not ok: o is
// none.
func (r *Reader) Weak(o Ref) (it Ref, ok bool) {
	if o == 0 {
		return 0, false
	}
	// Its name changed with 3.12.
	if t := r.Type(o); !t.Inherits("weakref") && !t.Inherits("weakref.ReferenceType") {
		return 0, false
	}
	it = r.Ref(o.at(r.l.Container.WeakObject))
	if r.IsNone(it) {
		it = 0
	}
	return it, r.err == nil
}

// Module returns the dict of a module.
func (r *Reader) Module(o Ref) Ref {
	if t := r.Type(o); r.err == nil && !t.Inherits("module") {
		r.failf("a module should be at %#x, and it is a %s", uint64(o), t.full)
		return 0
	}
	return r.Ref(o.at(r.l.Container.ModuleDict))
}
