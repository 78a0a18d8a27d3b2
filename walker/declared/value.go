package declared

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

// Bounds of what one path leads to.
const (
	maxValues   = 1 << 20 // values
	maxPointers = 8       // pointers to pointers
)

// reader follows paths in one image.
type reader struct {
	img   *dlvext.Image
	types map[string]*dlvext.Type // that paths take something for
	held  map[string]*dlvext.Type // those that are declared, by their names
	short map[string]*dlvext.Type // and as the runtime names them
	known map[uint64]*dlvext.Type // the runtime's types, by address; nil: not described
	names map[uint64]string       // and their names
	base  uint64                  // what those names are counted from; 0: not known
}

func newReader(img *dlvext.Image) *reader {
	r := &reader{img: img, types: map[string]*dlvext.Type{}, held: map[string]*dlvext.Type{}, short: map[string]*dlvext.Type{}, known: map[uint64]*dlvext.Type{}, names: map[uint64]string{}}
	r.base, _, _ = img.Symbol("runtime.types")
	return r
}

// errNil says that a path ends at a nil pointer: there is no value.
var errNil = errors.New("nil")

// follow returns the values that a path leads to. A nil pointer on the way
// leads to none.
func (r *reader) follow(from dlvext.Value, p path) ([]dlvext.Value, error) {
	values := []dlvext.Value{from}
	for _, s := range p {
		var next []dlvext.Value
		for _, v := range values {
			some, err := r.step(v, s)
			if errors.Is(err, errNil) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if len(next)+len(some) > maxValues {
				return next, fmt.Errorf("more than %d values", maxValues)
			}
			next = append(next, some...)
		}
		values = next
	}
	return values, nil
}

func (r *reader) step(v dlvext.Value, s step) ([]dlvext.Value, error) {
	if s.as != "" {
		return r.as(v, s.as)
	}
	v, err := r.reach(v)
	if err != nil {
		return nil, err
	}
	if s.field == "" {
		return r.elements(v, s.keys)
	}
	f := v.Field(s.field)
	return []dlvext.Value{f}, f.Err()
}

// reach follows pointers and atomic pointers to what has parts.
func (r *reader) reach(v dlvext.Value) (dlvext.Value, error) {
	for range maxPointers {
		if err := v.Err(); err != nil {
			return v, err
		}
		switch t := v.Type(); {
		case t.Kind == reflect.Pointer:
			p, err := v.Pointer()
			if err != nil {
				return v, err
			}
			if p == 0 {
				return v, errNil
			}
			v = v.Deref()
		case strings.HasPrefix(t.Name, "sync/atomic.Pointer["):
			to := pointee(t)
			p, err := v.Field("v").Pointer()
			switch {
			case err != nil:
				return v, err
			case to == nil:
				return v, fmt.Errorf("what %s points to is %w", t.Name, dlvext.ErrAbsent)
			case p == 0:
				return v, errNil
			}
			v = dlvext.NewValue(r.img.Memory, to, p)
		case strings.HasPrefix(t.Name, "sync/atomic.") && t.Kind == reflect.Struct && t.HasField("v"):
			v = v.Field("v")
		default:
			return v, nil
		}
	}
	return v, nil
}

// pointee is what an atomic.Pointer points to, as its field of no size says:
// https://github.com/golang/go/blob/go1.26.0/src/sync/atomic/type.go#L44
func pointee(t *dlvext.Type) *dlvext.Type {
	for _, f := range t.Fields() {
		if f.Type != nil && f.Type.Kind == reflect.Array && f.Type.Elem() != nil && f.Type.Elem().Kind == reflect.Pointer {
			return f.Type.Elem().Elem()
		}
	}
	return nil
}

// as takes a value for one of a type: what an interface holds, if it holds that,
// or what a pointer without a type points to.
func (r *reader) as(v dlvext.Value, name string) ([]dlvext.Value, error) {
	t, err := r.typeOf(name)
	if err != nil {
		return nil, err
	}
	v, err = r.reach(v)
	if err != nil {
		return nil, err
	}
	if v.Type().Kind != reflect.Interface {
		p, err := v.Pointer()
		if err != nil || p == 0 {
			return nil, err
		}
		return []dlvext.Value{dlvext.NewValue(r.img.Memory, t, p)}, nil
	}
	tab, data, err := v.Interface()
	if err != nil || tab == 0 || data == 0 {
		return nil, err
	}
	is, err := r.isHeld(v.Type(), tab, map[string]*dlvext.Type{t.Name: t}, map[string]*dlvext.Type{short(name): t})
	if err != nil || is == nil { // it holds something else
		return nil, err
	}
	return []dlvext.Value{dlvext.NewValue(r.img.Memory, t, data)}, nil
}

// short is a type's name as the runtime has it, with the last part of its
// package's path.
func short(name string) string {
	bracket := strings.IndexByte(name, '[')
	if bracket < 0 {
		bracket = len(name)
	}
	return name[strings.LastIndexByte(name[:bracket], '/')+1:]
}

// typeOf looks a type up by its full name.
func (r *reader) typeOf(name string) (*dlvext.Type, error) {
	if t := r.types[name]; t != nil {
		return t, nil
	}
	t, err := r.img.Type(name)
	if err != nil {
		return nil, err
	}
	r.types[name] = t
	return t, nil
}

// Where the parts of internal/abi.Type and of an itab lie that a type's name is
// found by: the same in every release that can be read.
// https://github.com/golang/go/blob/go1.26.0/src/internal/abi/type.go#L21
const (
	itabType  = 8
	typeTFlag = 20
	typeStr   = 40
	extraStar = 1 << 1
)

// isHeld is which of some types, or a pointer to which, an interface holds a value
// of; nil: none. Where the debug information does not tell it is known by the
// name that the runtime has, with the package's name for its path.
func (r *reader) isHeld(iface *dlvext.Type, tab uint64, types, short map[string]*dlvext.Type) (*dlvext.Type, error) {
	typ := tab
	if !iface.HasField("_type") { // it has methods
		b, err := r.bytes(tab+itabType, 8)
		if err != nil {
			return nil, err
		}
		typ = word(b)
	}
	t, ok := r.known[typ]
	if !ok {
		t, _ = r.img.RuntimeType(typ)
		r.known[typ] = t
	}
	if t != nil && t.Kind == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil {
		return types[t.Name], nil
	}
	name, err := r.nameOf(typ)
	return short[strings.TrimPrefix(name, "*")], err
}

// nameOf is the name of the type that the runtime describes at an address.
func (r *reader) nameOf(typ uint64) (string, error) {
	if name, ok := r.names[typ]; ok {
		return name, nil
	}
	if r.base == 0 {
		return "", fmt.Errorf("the names of the types that interfaces hold are %w", dlvext.ErrAbsent)
	}
	b, err := r.bytes(typ, typeStr+4)
	if err != nil {
		return "", err
	}
	at := r.base + (word(b[typeStr-4:]) >> 32)
	head, err := r.bytes(at, 3)
	if err != nil {
		return "", err
	}
	n, skip := uint64(head[1]&0x7f), uint64(2)
	if head[1]&0x80 != 0 {
		n, skip = n|uint64(head[2]&0x7f)<<7, 3
	}
	text, err := r.bytes(at+skip, int(min(n, walker.MaxString)))
	if err != nil {
		return "", err
	}
	name := string(text)
	if b[typeTFlag]&extraStar != 0 {
		name = strings.TrimPrefix(name, "*")
	}
	r.names[typ] = name
	return name, nil
}

func (r *reader) bytes(addr uint64, n int) ([]byte, error) {
	buf := make([]byte, n)
	if addr > math.MaxUint64-uint64(n) {
		return nil, &dlvext.Fault{Addr: addr, Len: n, Why: "past the end of the address space"}
	}
	return buf, r.img.Memory.Read(addr, buf)
}

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

// addresses are where a value leads by pointers, the last one first: a pointer
// to a pointer to a task leads to the task.
func (r *reader) addresses(v dlvext.Value) (all []dlvext.Value, err error) {
	for range maxPointers {
		if v.Err() != nil {
			return nil, v.Err()
		}
		t := v.Type()
		if t.Kind == reflect.Interface {
			tab, data, err := v.Interface()
			if err != nil || tab == 0 || data == 0 {
				return all, err
			}
			is, err := r.isHeld(t, tab, r.held, r.short)
			if err != nil || is == nil {
				return all, err
			}
			return append([]dlvext.Value{dlvext.NewValue(r.img.Memory, is, data)}, all...), nil
		}
		if t.Kind != reflect.Pointer && !strings.HasPrefix(t.Name, "sync/atomic.Pointer[") {
			return append([]dlvext.Value{v}, all...), nil
		}
		next, err := r.reachOnce(v)
		if errors.Is(err, errNil) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		v = next
	}
	return all, nil
}

// reachOnce follows one pointer.
func (r *reader) reachOnce(v dlvext.Value) (dlvext.Value, error) {
	if v.Type().Kind == reflect.Pointer {
		p, err := v.Pointer()
		if err != nil || p == 0 {
			return v, errors.Join(err, errNil)
		}
		v = v.Deref()
		return v, v.Err()
	}
	return r.reach(v)
}

// word is the first word of b.
func word(b []byte) uint64 {
	var n uint64
	for i := range 8 {
		n |= uint64(b[i]) << (8 * i)
	}
	return n
}
