package object

import (
	"iter"
	"strconv"
	"strings"
	"unicode"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

func dec(n int64) string { return strconv.FormatInt(n, 10) }

// plainName is a name of the target's as it may stand in a line of text: names
// are of printable characters, but anything can be set with setattr.
func plainName(s string) string {
	if strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) < 0 {
		return s
	}
	q := quoted([]rune(s))
	return q[1 : len(q)-1]
}

func (p *printer) typeName(t *Type) string { return plainName(t.full) }

// className is a type's name as Python's own __repr__s have it: with its
// module, even of built-in ones.
func (p *printer) className(t *Type) string { return plainName(t.Module + "." + t.Qualname) }

// instance prints an instance of a class of which nothing is known: with the
// fields that it names, or with its attributes.
func (p *printer) instance(o Ref, t *Type, depth int) {
	if fields, ok := p.declared(o, t); ok {
		p.print(plainName(t.Qualname) + "(")
		p.fields("", fields, depth)
		p.print(")")
		return
	}
	p.print("<" + p.objectName(t) + " object at " + address(o))
	p.fields(": ", p.r.Attrs(o), depth)
	p.print(">")
}

// objectName is a class's name as object.__repr__ has it.
func (p *printer) objectName(t *Type) string {
	if t.Module == "builtins" {
		return p.typeName(t)
	}
	return p.className(t)
}

// declared are the fields that a dataclass, or a class made with attrs, prints
// of its instances; false when it is neither.
func (p *printer) declared(o Ref, t *Type) (iter.Seq2[string, Ref], bool) {
	r := p.r
	fields := func(yield func(string, Ref) bool) {}
	if d := r.ClassAttr(t, "__dataclass_fields__"); d != 0 && r.Type(d).Flags&flagDict != 0 {
		fields = func(yield func(string, Ref) bool) {
			for _, f := range r.Dict(d) {
				if !p.field(o, f, yield) {
					return
				}
			}
		}
		return fields, true
	}
	if a := r.ClassAttr(t, "__attrs_attrs__"); a != 0 && r.Type(a).Flags&flagTuple != 0 {
		fields = func(yield func(string, Ref) bool) {
			for _, f := range r.Tuple(a) {
				if !p.field(o, f, yield) {
					return
				}
			}
		}
		return fields, true
	}
	return fields, false
}

// field yields one field of an instance, if it is one that is printed: as
// dataclasses and attrs do, those declared with repr=False are not.
func (p *printer) field(o, f Ref, yield func(string, Ref) bool) bool {
	r := p.r
	name, shown := r.Attr(f, "name"), r.Attr(f, "repr")
	if name == 0 || shown == 0 || r.Type(shown).full == "bool" && !r.Bool(shown) {
		return r.err == nil
	}
	s := r.Str(name)
	v := r.Attr(o, s)
	if v == 0 || r.err != nil {
		return r.err == nil // a variable of the class, or not set yet
	}
	return yield(s, v)
}

// namedTuple prints a named tuple; false when it is none.
func (p *printer) namedTuple(o Ref, t *Type, depth int) bool {
	r := p.r
	names := r.ClassAttr(t, "_fields")
	if names == 0 || r.Type(names).full != "tuple" {
		return false
	}
	fields, items := r.Tuple(names), r.Tuple(o)
	if r.err != nil || len(fields) != len(items) {
		return false
	}
	p.print(plainName(t.Name) + "(")
	p.fields("", func(yield func(string, Ref) bool) {
		for i, f := range fields {
			if !yield(r.Str(f), items[i]) {
				return
			}
		}
	}, depth)
	p.print(")")
	return true
}

// enum prints a member of an enumeration.
func (p *printer) enum(o Ref, t *Type, depth int) {
	name, value := p.r.Attr(o, "_name_"), p.r.Attr(o, "_value_")
	p.print("<" + plainName(t.Name))
	if name != 0 && p.r.Type(name).Flags&flagStr != 0 {
		p.print("." + plainName(p.r.Str(name)))
	}
	if value != 0 {
		p.print(": ")
		p.value(value, depth+1)
	}
	p.print(">")
}

func (p *printer) exception(o Ref, t *Type, depth int) {
	e := p.r.Exception(o)
	if p.r.err != nil {
		return
	}
	p.print(plainName(t.Name))
	all := int64(len(e.Args))
	p.print("(")
	p.items("", ")", e.Args[:min(all, int64(p.b.Items))], all, depth)
}

func (p *printer) class(o Ref) {
	t := p.r.TypeAt(o)
	if p.r.err == nil {
		p.print("<class '" + p.typeName(t) + "'>")
	}
}

func (p *printer) function(o Ref, _ int) {
	f := p.r.Function(o)
	p.print("<function " + plainName(f.Qualname) + ">")
}

func (p *printer) method(o Ref, depth int) {
	fn, self, ok := p.r.Method(o)
	if !ok {
		return
	}
	name := "?"
	if p.r.Type(fn).full == "function" {
		name = plainName(p.r.Function(fn).Qualname)
	}
	p.print("<bound method " + name + " of ")
	p.value(self, depth+1)
	p.print(">")
}

func (p *printer) builtinFunction(o Ref, _ int) {
	name, self, ok := p.r.Builtin(o)
	if !ok {
		return
	}
	if self == 0 || p.r.Type(self).Inherits("module") {
		p.print("<built-in function " + plainName(name) + ">")
		return
	}
	p.print("<built-in method " + plainName(name) + " of " + plainName(p.r.Type(self).Name) + " object at " + address(self) + ">")
}

func (p *printer) module(o Ref, _ int) {
	name := "?"
	if d := p.r.Module(o); d != 0 {
		if n := p.r.StrDict(d, "__name__"); n != 0 && p.r.Type(n).Flags&flagStr != 0 {
			name = p.r.Str(n)
		}
	}
	p.print("<module " + quoted([]rune(name)) + ">")
}

func (p *printer) partial(o Ref, depth int) {
	fn, args, ok := p.r.Partial(o)
	if !ok {
		return
	}
	p.print("functools.partial(")
	p.value(fn, depth+1)
	for i, a := range args {
		p.print(", ")
		if i == p.b.Items {
			p.print("…")
			break
		}
		p.value(a, depth+1)
	}
	kw := p.r.Ref(o.at(p.r.l.Container.PartialKw))
	if kw != 0 && p.r.Type(kw).Flags&flagDict != 0 {
		n := 0
		for k, v := range p.r.Dict(kw) {
			p.print(", ")
			if n++; n > p.b.Items {
				p.print("…")
				break
			}
			name := p.r.Str(k)
			p.print(plainName(name) + "=")
			p.named(name, v, depth+1)
		}
	}
	p.print(")")
}

func (p *printer) weak(o Ref, _ int) {
	it, ok := p.r.Weak(o)
	switch {
	case !ok:
	case it == 0:
		p.print("<weakref at " + address(o) + "; dead>")
	default:
		p.print("<weakref at " + address(o) + "; to '" + p.typeName(p.r.Type(it)) + "' at " + address(it) + ">")
	}
}

func (p *printer) cell(o Ref, depth int) {
	it := p.r.cell(o)
	if it == 0 {
		p.print("<cell: empty>")
		return
	}
	p.print("<cell: ")
	p.value(it, depth+1)
	p.print(">")
}

// generator prints a generator, coroutine or async generator.
func (p *printer) generator(o Ref, _ int) {
	name := "?"
	if at := p.r.l.Gen.Qualname; at != layout.Absent {
		name = p.r.Str(p.r.Ref(o.at(at)))
	}
	p.print("<" + p.typeName(p.r.Type(o)) + " object " + plainName(name) + " at " + address(o) + ">")
}
