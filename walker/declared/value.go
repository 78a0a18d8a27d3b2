package declared

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
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

// le is the byte order of the machines that Go programs are read from.
var le = binary.LittleEndian

// pointerAt is the pointer that lies at an address.
func (r *reader) pointerAt(addr uint64) (uint64, error) {
	b, err := r.bytes(addr, 8)
	if err != nil {
		return 0, err
	}
	return le.Uint64(b), nil
}

// bytes are the n bytes at an address.
func (r *reader) bytes(addr uint64, n int) ([]byte, error) {
	buf := make([]byte, n)
	if addr > math.MaxUint64-uint64(n) {
		return nil, &dlvext.Fault{Addr: addr, Len: n, Why: "past the end of the address space"}
	}
	return buf, r.img.Memory.Read(addr, buf)
}
