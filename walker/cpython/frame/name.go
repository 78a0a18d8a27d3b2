package frame

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// function returns a frame's function with its module: orders.Server.handle.
func (r *Reader) function(f *Frame) string {
	c := f.Code
	if !c.qualified {
		r.qualify(f)
	}
	if c.full != "" && c.globals == f.Globals {
		return c.full
	}
	c.globals, c.module, c.full = f.Globals, r.Module(f.Globals), c.Qualname
	if c.module != "" {
		c.full = c.module + "." + c.Qualname
	}
	return c.full
}

// Module returns the name of the module whose globals these are; empty when
// they have no __name__, as of code run by exec.
func (r *Reader) Module(globals object.Ref) string {
	name, ok := r.modules[globals]
	if ok || globals == 0 {
		return name
	}
	r.aside(func() {
		if o := r.o.StrDict(globals, "__name__"); o != 0 && r.o.Type(o).Inherits("str") {
			name = r.o.Str(o)
		}
	})
	r.modules[globals] = name
	return name
}

// qualify finds the qualified name of a code object of 3.10 or before: by its
// generator, by its module, or by the class of its first argument.
//
// Generators and functions can be renamed, and functools.wraps does; a name
// that is not about this code is not taken.
func (r *Reader) qualify(f *Frame) {
	c := f.Code
	// What is not found now is not looked for again, but for what a generator
	// of this code will tell.
	c.qualified = f.Gen != 0 || c.kind() == Plain
	r.aside(func() {
		var name string
		switch {
		case f.Gen != 0:
			name = r.o.Str(r.field(f.Gen, r.l.Gen.Qualname))
		case r.hasCode(r.o.StrDict(f.Globals, c.Name), c):
			return
		default:
			name = r.methodName(f)
		}
		if r.o.Err() == nil && name[strings.LastIndexByte(name, '.')+1:] == c.Name {
			c.Qualname, c.full = name, ""
		}
	})
}

// methodName returns the qualified name of the method that a frame runs, if
// its first argument is an object or a class that has such a method.
func (r *Reader) methodName(f *Frame) string {
	self := r.Self(f)
	if self == 0 {
		return ""
	}
	class := r.o.Type(self)
	if class.IsType() {
		class = r.o.TypeAt(self)
	}
	fn := r.o.ClassAttr(class, f.Code.Name)
	if fn != 0 && r.o.Type(fn).FullName() == "classmethod" {
		fn = r.field(fn, r.l.Object.Header) // cm_callable
	}
	if !r.hasCode(fn, f.Code) {
		return ""
	}
	return r.o.Function(fn).Qualname
}

// hasCode tells whether an object is a function of this code.
func (r *Reader) hasCode(fn object.Ref, c *Code) bool {
	return fn != 0 && r.o.Type(fn).FullName() == "function" && r.field(fn, r.l.Function.Code) == c.Addr
}
