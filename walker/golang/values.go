package golang

import (
	"fmt"
	"math"
	"reflect"

	"github.com/dlv-async/dlv-async/walker"
)

// anyAt formats the value of an interface, of type any, as the runtime prints
// a panic's: https://github.com/golang/go/blob/go1.26.0/src/runtime/error.go#L260.
// By then the runtime has put an error's or Stringer's text in its place.
func (c *collection) anyAt(b []byte) string {
	typ, data := word(b, 0), word(b, 1)
	if typ == 0 {
		return "nil"
	}
	t, err := c.typeAt(typ)
	if err != nil {
		return fmt.Sprintf("a value of the type at %#x, which could not be read", typ)
	}
	v, err := c.read(data, 16)
	if err != nil {
		v, err = c.read(data, 8)
	}
	other := fmt.Sprintf("(%s) %#x", t.name, data)
	if err != nil {
		return other
	}
	switch n := le.Uint64(v); reflect.Kind(t.kind) {
	case reflect.String:
		if len(v) < 16 {
			return other
		}
		size := word(v, 1)
		s, err := c.read(n, int(min(size, walker.MaxString)))
		if err != nil {
			return other
		}
		if size > walker.MaxString {
			return string(s) + "…"
		}
		return string(s)
	case reflect.Pointer:
		// The errors that nearly all are: a structure that begins with the text.
		if errorsWithText[t.name] && len(v) == 16 {
			if text := c.stringAt(v); text != "" {
				return text
			}
		}
		return other
	case reflect.Bool:
		return named(t, fmt.Sprint(v[0] != 0))
	case reflect.Int, reflect.Int64:
		return named(t, fmt.Sprint(int64(n)))
	case reflect.Int8:
		return named(t, fmt.Sprint(int8(n)))
	case reflect.Int16:
		return named(t, fmt.Sprint(int16(n)))
	case reflect.Int32:
		return named(t, fmt.Sprint(int32(n)))
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return named(t, fmt.Sprint(n))
	case reflect.Uint8:
		return named(t, fmt.Sprint(uint8(n)))
	case reflect.Uint16:
		return named(t, fmt.Sprint(uint16(n)))
	case reflect.Uint32:
		return named(t, fmt.Sprint(uint32(n)))
	case reflect.Float64:
		return named(t, fmt.Sprint(math.Float64frombits(n)))
	case reflect.Float32:
		return named(t, fmt.Sprint(math.Float32frombits(uint32(n))))
	}
	return other
}

// errorsWithText are the types of errors.New and fmt.Errorf.
var errorsWithText = map[string]bool{"*errors.errorString": true, "*fmt.wrapError": true, "*fmt.wrapErrors": true}

// named writes a number with its type, as tracebacks do.
func named(t goType, value string) string { return t.name + "(" + value + ")" }
