package object

import (
	"slices"
	"strings"
)

// Type is a class.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/object.h#L146
type Type struct {
	Addr     Ref
	Name     string // __name__: Lock
	Qualname string // __qualname__: Outer.Lock
	Module   string // __module__: asyncio.locks; of built-in types builtins
	Flags    uint64 // tp_flags

	full     string
	complete bool    // mro is read
	mro      []*Type // itself first; their own mro may not be read

	members     []member // slots of instances, by name, a derived class's before its base's
	membersRead bool
}

// Bits of tp_flags, the same in all versions.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/object.h#L448
const (
	flagHeap      = 1 << 9
	flagInt       = 1 << 24
	flagList      = 1 << 25
	flagTuple     = 1 << 26
	flagBytes     = 1 << 27
	flagStr       = 1 << 28
	flagDict      = 1 << 29
	flagException = 1 << 30
	flagType      = 1 << 31
)

// FullName is the class's name with its module: asyncio.locks.Lock. Those of
// the module builtins stand alone: dict.
func (t *Type) FullName() string { return t.full }

// Inherits tells whether the class of this full name is the type or in its
// method resolution order.
func (t *Type) Inherits(fullName string) bool {
	return t.full == fullName || slices.ContainsFunc(t.mro, func(b *Type) bool { return b.full == fullName })
}

// IsType tells whether the type's instances are types themselves.
func (t *Type) IsType() bool { return t.Flags&flagType != 0 }

// IsException tells whether the type derives from BaseException.
func (t *Type) IsException() bool { return t.Flags&flagException != 0 }

// MRO is the method resolution order, by name: itself first.
func (t *Type) MRO() []string {
	var names []string
	for _, b := range t.mro {
		names = append(names, b.full)
	}
	return names
}

// maxMRO bounds the classes that one derives from.
const maxMRO = 256

// Type returns an object's type. It is never nil: one that cannot be read has
// no name, and is a failure.
func (r *Reader) Type(o Ref) *Type {
	if o == 0 {
		r.failf("NULL stands where an object should be")
	}
	return r.TypeAt(r.Ref(o.at(r.l.Object.Type)))
}

// TypeAt returns the type that is the object at t: a class itself.
func (r *Reader) TypeAt(t Ref) *Type {
	if r.err != nil {
		return &Type{}
	}
	if r.last != nil && r.last.Addr == t {
		return r.last
	}
	out := r.baseType(t)
	if r.err == nil && !out.complete {
		r.readMRO(out)
	}
	if r.err == nil {
		r.last = out
	}
	return out
}

// baseType reads what a type says of itself.
func (r *Reader) baseType(t Ref) *Type {
	if known := r.types[t]; known != nil {
		return known
	}
	l := &r.l.Type
	out := &Type{
		Addr:  t,
		Flags: r.U64(t.at(l.Flags)),
	}
	name := r.CString(r.U64(t.at(l.Name)))
	out.Module, out.Name = "builtins", name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		out.Module, out.Name = name[:dot], name[dot+1:]
	}
	out.Qualname = out.Name
	if out.Flags&flagHeap != 0 {
		r.heapNames(t, out)
	}
	out.full = out.Qualname
	if out.Module != "builtins" && out.Module != "" {
		out.full = out.Module + "." + out.Qualname
	}
	if r.err != nil {
		return &Type{Addr: t}
	}
	r.types[t] = out
	return out
}

// heapNames reads what types made at run time, by a class statement or
// PyType_FromSpec, say beyond tp_name: that has no module when it is of a class
// statement.
func (r *Reader) heapNames(t Ref, out *Type) {
	l := &r.l.Type
	if q := r.Ref(t.at(l.Qualname)); q != 0 {
		if s, ok := r.plain(q); ok {
			out.Qualname = s
		}
	}
	out.Name = out.Qualname[strings.LastIndexByte(out.Qualname, '.')+1:]
	if d := r.Ref(t.at(l.Dict)); d != 0 {
		if m := r.lookup(d, "__module__"); m != 0 {
			if s, ok := r.plain(m); ok {
				out.Module = s
			}
		}
	}
}

// readMRO reads the types that t derives from, but not what those derive from:
// there is no way round in circles.
func (r *Reader) readMRO(t *Type) {
	mro := r.Ref(t.Addr.at(r.l.Type.MRO))
	if mro == 0 {
		t.mro, t.complete = []*Type{t}, r.err == nil // not ready yet
		return
	}
	n := r.I64(mro.at(r.l.Object.Size))
	if n < 0 || n > maxMRO {
		r.failf("the type %s at %#x claims to derive from %d others", t.full, uint64(t.Addr), n)
		return
	}
	var out []*Type
	for i := range n {
		out = append(out, r.baseType(r.Ref(mro.at(r.l.Container.TupleItems)+8*uint64(i))))
		if r.err != nil {
			return
		}
	}
	t.mro, t.complete = out, true
}

// is tells whether o is of a type with this flag, and notes a failure when it
// is not: what says what it should have been.
func (r *Reader) is(o Ref, flag uint64, what string) bool {
	t := r.Type(o)
	if r.err != nil {
		return false
	}
	if t.Flags&flag == 0 {
		r.failf("a %s should be at %#x, and it is a %s", what, uint64(o), t.full)
		return false
	}
	return true
}

// IsNone tells whether o is None.
func (r *Reader) IsNone(o Ref) bool {
	if o == 0 || r.err != nil {
		return false
	}
	if r.none != 0 {
		return o == r.none
	}
	if r.Type(o).full == "NoneType" {
		r.none = o
		return true
	}
	return false
}
