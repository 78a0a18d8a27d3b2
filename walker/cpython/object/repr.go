package object

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Bounds bound what [Reader.Repr] makes of a value. A zero stands for the
// number that is said.
type Bounds struct {
	Length int // bytes in all: 400
	String int // characters of one string, bytes of one buffer: 100
	Items  int // items of one container, attributes of one instance: 10
	Depth  int // of containers in containers, instances in instances: 3

	// Redact leaves out what strings, bytes and buffers hold: their lengths
	// stand instead.
	Redact bool

	// Hide tells of a name of an attribute, or a str key of a dict, whether its
	// value is to be left out; nil: of none.
	Hide func(name string) bool

	// Describe is asked first about each object that is of no built-in type,
	// for those of which the caller knows more: the name of a task. What it
	// returns is printed in the place of the object; empty: it knows nothing.
	Describe func(o Ref, t *Type) string
}

func (b Bounds) withDefaults() Bounds {
	set := func(n *int, def int) {
		if *n <= 0 {
			*n = def
		}
	}
	set(&b.Length, 400)
	set(&b.String, 100)
	set(&b.Items, 10)
	set(&b.Depth, 3)
	b.String = min(b.String, maxString)
	return b
}

// Repr writes a value as Python would print it, made from memory alone:
//
//	None  True  -7  1e+16  'it\'s\n'  b'\x00'  [1, 2]  {'a': (1,)}  {1}  deque([1])
//	Names(['x'])                          of a class that derives from a built-in one
//	Order(id=7, items=[…])                dataclasses, attrs, named tuples
//	<orders.Order object at 0x7f5e: id=7> any other instance, with its attributes
//	<Color.RED: 1>  ValueError('x')  <function f>  <bound method A.f of …>
//	<class 'a.A'>  <module 'os'>  <coroutine object f at 0x7f5e>
//
// An ellipsis of one character stands for what the bounds leave out; after a
// string it stands behind the closing quote. [...] is a container in itself.
// Strings come with quotes and escapes, so that the result is one line of
// printable characters. What cannot be read is <unreadable>, in its place, and
// no failure of the reader.
func (r *Reader) Repr(o Ref, b Bounds) string {
	if r.err != nil {
		return ""
	}
	p := &printer{r: r, b: b.withDefaults()}
	before := r.fuel
	r.fuel = min(before, mostPlaces)
	p.value(o, 0)
	r.fuel = before
	if len(p.out) <= p.b.Length {
		return string(p.out)
	}
	cut := p.b.Length
	for cut > 0 && !utf8.RuneStart(p.out[cut]) {
		cut--
	}
	return string(p.out[:cut]) + "…"
}

// mostPlaces is how many places of dicts and sets one Repr looks at: enough for
// what is large and nearly empty, and some milliseconds.
const mostPlaces = 1 << 18

// printer is one Repr under way.
type printer struct {
	r    *Reader
	b    Bounds
	out  []byte
	open []Ref // the containers around what is being printed
}

// full tells whether there is nothing left to print: the result will be cut.
func (p *printer) full() bool { return len(p.out) > p.b.Length }

func (p *printer) print(s string) {
	if !p.full() {
		p.out = append(p.out, s...)
	}
}

func (p *printer) printf(format string, args ...any) { p.print(fmt.Sprintf(format, args...)) }

const unreadable = "<unreadable>"

// value prints a value that stands in depth others.
func (p *printer) value(o Ref, depth int) {
	if p.full() {
		return
	}
	if o == 0 {
		p.print("<NULL>")
		return
	}
	before := len(p.out)
	if slices.Contains(p.open, o) {
		p.cycle(o)
	} else {
		p.open = append(p.open, o)
		p.object(o, p.r.Type(o), depth)
		p.open = p.open[:len(p.open)-1]
	}
	if p.r.Take() != nil {
		p.out = append(p.out[:before], unreadable...)
	}
}

// cycle prints a container that stands in itself, as Python does.
func (p *printer) cycle(o Ref) {
	switch t := p.r.Type(o); {
	case t.Flags&flagList != 0:
		p.print("[...]")
	case t.Flags&flagTuple != 0:
		p.print("(...)")
	case t.Flags&flagDict != 0:
		p.print("{...}")
	case t.Inherits("collections.deque"):
		p.print("[...]")
	default:
		p.print("...")
	}
}

// object prints an object of a type. What fails is seen to by value.
func (p *printer) object(o Ref, t *Type, depth int) {
	r := p.r
	if r.err != nil {
		return
	}
	if known := special[t.full]; known != nil {
		known(p, o, depth)
		return
	}
	if p.b.Describe != nil {
		if s := p.b.Describe(o, t); s != "" {
			p.print(plainName(s))
			return
		}
	}
	switch {
	case t.Inherits("enum.Enum"):
		p.enum(o, t, depth)
	case t.Flags&flagException != 0:
		p.exception(o, t, depth)
	case t.Flags&flagType != 0:
		p.class(o)
	case t.Flags&flagTuple != 0 && p.namedTuple(o, t, depth):
	case p.builtin(t) != nil:
		p.print(plainName(t.Name) + "(")
		p.builtin(t)(p, o, depth)
		p.print(")")
	default:
		p.instance(o, t, depth)
	}
}

// builtin returns how the values of the built-in class that a class derives
// from are printed; nil: it derives from none that has any.
func (p *printer) builtin(t *Type) func(*printer, Ref, int) {
	for _, b := range t.mro {
		switch b.full {
		case "str", "int", "float", "complex", "bytes", "bytearray", "list", "tuple", "dict", "set", "frozenset":
			return special[b.full]
		}
	}
	return nil
}

// special is how values of types that are known by name are printed.
var special map[string]func(p *printer, o Ref, depth int)

func init() {
	special = map[string]func(p *printer, o Ref, depth int){
		"NoneType":           word("None"),
		"NotImplementedType": word("NotImplemented"),
		"ellipsis":           word("Ellipsis"),

		"bool": func(p *printer, o Ref, _ int) {
			if p.r.Bool(o) {
				p.print("True")
			} else {
				p.print("False")
			}
		},
		"int":       (*printer).int,
		"float":     func(p *printer, o Ref, _ int) { p.print(floatText(p.r.Float(o))) },
		"complex":   (*printer).complex,
		"str":       (*printer).str,
		"bytes":     (*printer).bytes,
		"bytearray": (*printer).bytes,

		"list":              (*printer).list,
		"tuple":             (*printer).tuple,
		"set":               (*printer).set,
		"frozenset":         (*printer).set,
		"dict":              (*printer).dict,
		"collections.deque": (*printer).deque,

		"type":                       func(p *printer, o Ref, _ int) { p.class(o) },
		"function":                   (*printer).function,
		"method":                     (*printer).method,
		"builtin_function_or_method": (*printer).builtinFunction,
		"module":                     (*printer).module,
		"functools.partial":          (*printer).partial,
		"weakref":                    (*printer).weak,
		"weakref.ReferenceType":      (*printer).weak,
		"cell":                       (*printer).cell,
		"coroutine":                  (*printer).generator,
		"generator":                  (*printer).generator,
		"async_generator":            (*printer).generator,

		"range":              (*printer).rangeObject,
		"slice":              (*printer).slice,
		"datetime.date":      (*printer).date,
		"datetime.time":      (*printer).time,
		"datetime.datetime":  (*printer).datetime,
		"datetime.timedelta": (*printer).timedelta,
		"datetime.timezone":  (*printer).timezone,
	}
}

func word(s string) func(*printer, Ref, int) {
	return func(p *printer, _ Ref, _ int) { p.print(s) }
}

// address is an address as Python prints it.
func address(o Ref) string { return "0x" + strconv.FormatUint(uint64(o), 16) }
