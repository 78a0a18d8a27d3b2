package declared

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

// text is a value in words, for a name, an id, a condition; ok is false where
// there is none.
func (r *reader) text(v dlvext.Value) (s string, ok bool, err error) {
	if v.Err() == nil && v.Type().Kind == reflect.Pointer {
		p, err := v.Pointer()
		if err != nil || p == 0 {
			return "", false, err
		}
	}
	if v.Err() == nil && v.Type().Name == "sync/atomic.Bool" {
		b, err := v.Bool()
		return strconv.FormatBool(b), err == nil, err
	}
	v, err = r.reach(v)
	if errors.Is(err, errNil) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	switch t := v.Type(); t.Kind {
	case reflect.String:
		s, err = v.String(walker.MaxString)
		return s, err == nil, err
	case reflect.Bool:
		b, err := v.Bool()
		return strconv.FormatBool(b), err == nil, err
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, err := v.Uint()
		return strconv.FormatUint(n, 10), err == nil, err
	case reflect.Interface, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return fmt.Sprintf("%#x", v.Addr()), true, nil
	default:
		n, err := v.Int()
		if err != nil { // a structure: it is known by where it lies
			return fmt.Sprintf("%#x", v.Addr()), true, nil
		}
		return strconv.FormatInt(n, 10), true, nil
	}
}

// isNil tells whether a value is a pointer, or something like it, that is nil.
func isNil(v dlvext.Value) bool {
	if v.Err() != nil {
		return false
	}
	switch v.Type().Kind {
	case reflect.Interface:
		tab, _, err := v.Interface()
		return err == nil && tab == 0
	case reflect.Slice:
		addr, _, _, err := v.Slice()
		return err == nil && addr == 0
	}
	p, err := v.Pointer()
	return err == nil && p == 0
}

// meets tells whether a value meets all conditions.
func (r *reader) meets(v dlvext.Value, all []condition) (bool, error) {
	for _, c := range all {
		values, err := r.follow(v, c.path)
		if err != nil {
			return false, err
		}
		equal := false
		for _, found := range values {
			if c.value == "nil" {
				equal = equal || isNil(found)
				continue
			}
			text, ok, err := r.text(found)
			if err != nil {
				return false, err
			}
			equal = equal || ok && text == c.value
		}
		if len(values) == 0 && c.value == "nil" {
			equal = true
		}
		if equal == c.not {
			return false, nil
		}
	}
	return true, nil
}
