package dlvext

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
)

// maxLoad bounds what [Value.Load] reads at once. Runtime structures have
// hundreds of bytes, some thousand at most.
const maxLoad = 1 << 20

// Value is a place in the target's memory with a type: a cursor that moves
// without reading. Only a method that needs what stands there reads: the
// scalars, Len, Index of a slice, Deref.
//
//	goid, err := img.Global("runtime.allgs").Index(0).Deref().Field("goid").Uint()
//
// An error sticks: every Value made of one with an error has the same one,
// and what reads returns it. So only the end of a chain needs a look.
type Value struct {
	memory Memory
	typ    *Type
	addr   uint64
	data   []byte // the bytes at addr when they are in hand; at least the type's size
	err    error
}

// NewValue is the value of a type at an address.
func NewValue(m Memory, t *Type, addr uint64) Value {
	if t == nil {
		return failed(fmt.Errorf("the type of what is at %#x is %w", addr, ErrAbsent))
	}
	return Value{memory: m, typ: t, addr: addr}
}

// ValueOf is the value of a type at an address whose bytes were read before:
// what is within them is taken from them, and what it points to from m.
func ValueOf(m Memory, t *Type, addr uint64, data []byte) Value {
	v := NewValue(m, t, addr)
	if v.err == nil && int64(len(data)) < t.Size {
		return failed(&Fault{Addr: addr, Len: int(t.Size), Why: fmt.Sprintf("only %d bytes of %s are in hand", len(data), t.Name)})
	}
	v.data = data
	return v
}

func failed(err error) Value { return Value{err: err} }

func (v Value) fail(format string, args ...any) Value { return failed(fmt.Errorf(format, args...)) }

// Err is the first error on the way to this value.
func (v Value) Err() error {
	if v.err == nil && v.typ == nil {
		return fmt.Errorf("no value: %w", ErrAbsent)
	}
	return v.err
}

// Type is the value's type; nil when Err is not.
func (v Value) Type() *Type { return v.typ }

// Addr is where the value lies; 0 when Err is not nil.
func (v Value) Addr() uint64 { return v.addr }

// As is the same place seen as another type.
func (v Value) As(t *Type) Value {
	if v.Err() != nil {
		return v
	}
	if int64(len(v.data)) >= t.Size {
		return ValueOf(v.memory, t, v.addr, v.data)
	}
	return NewValue(v.memory, t, v.addr)
}

// Load reads the whole value at once; fields of the result come from what
// was read.
func (v Value) Load() Value {
	if v.Err() != nil || v.data != nil {
		return v
	}
	if v.typ.Size > maxLoad {
		return v.fail("%s at %#x claims %d bytes", v.typ.Name, v.addr, v.typ.Size)
	}
	b, err := v.read(v.typ.Size)
	if err != nil {
		return failed(err)
	}
	v.data = b
	return v
}

// read returns n bytes at the value's address.
func (v Value) read(n int64) ([]byte, error) {
	if v.Err() != nil {
		return nil, v.Err()
	}
	if int64(len(v.data)) >= n {
		return v.data[:n], nil
	}
	buf := make([]byte, n)
	if err := readMemory(v.memory, v.addr, buf); err != nil {
		return nil, fmt.Errorf("%s: %w", v.typ.Name, err)
	}
	return buf, nil
}

// readMemory reads from m, and refuses what wraps around the address space.
func readMemory(m Memory, addr uint64, buf []byte) error {
	switch {
	case len(buf) == 0:
		return nil
	case m == nil:
		return &Fault{Addr: addr, Len: len(buf), Why: "there is no memory to read"}
	case addr > math.MaxUint64-uint64(len(buf)):
		return &Fault{Addr: addr, Len: len(buf), Why: "past the end of the address space"}
	}
	return m.Read(addr, buf)
}

// Field is a field of a structure, by a path as [Type.Field] takes it.
func (v Value) Field(path string) Value {
	if v.Err() != nil {
		return v
	}
	f, err := v.typ.Field(path)
	if err != nil {
		return failed(err)
	}
	return v.At(f)
}

// At is the field of a structure that a handle stands for. The handle must be
// of the value's own type.
func (v Value) At(f Field) Value { return v.within(f.Offset, f.Type) }

// within is a part of v.
func (v Value) within(offset int64, t *Type) Value {
	if v.Err() != nil {
		return v
	}
	addr := v.addr + uint64(offset)
	switch {
	case t == nil:
		return v.fail("a part of %s at %#x is %w", v.typ.Name, v.addr, ErrAbsent)
	case offset < 0 || addr < v.addr:
		return failed(&Fault{Addr: v.addr, Len: int(t.Size), Why: "past the end of the address space"})
	}
	part := Value{memory: v.memory, typ: t, addr: addr}
	if t.Size >= 0 && offset <= int64(len(v.data)) && t.Size <= int64(len(v.data))-offset {
		part.data = v.data[offset : offset+t.Size]
	}
	return part
}

// Pointer is the address that a pointer, channel, map, function or uintptr
// holds, or a structure that wraps one of them.
func (v Value) Pointer() (uint64, error) {
	if v.Err() != nil {
		return 0, v.Err()
	}
	if t, _, ok := v.typ.scalar(); ok && t.Size == 8 {
		switch t.Kind {
		case reflect.Pointer, reflect.UnsafePointer, reflect.Uintptr, reflect.Uint64, reflect.Chan, reflect.Map, reflect.Func:
			return v.Uint()
		}
	}
	return 0, fmt.Errorf("%s is no pointer", v.typ.Name)
}

// Deref is what a pointer points to; of a channel or map, the runtime's
// structure. A nil pointer is an error.
func (v Value) Deref() Value {
	if v.Err() != nil {
		return v
	}
	if t, _, ok := v.typ.scalar(); ok {
		return v.DerefAs(t.Elem())
	}
	return v.fail("%s is no pointer", v.typ.Name)
}

// DerefAs is Deref for a pointer whose type does not say what it points to,
// as unsafe.Pointer, or the runtime's guintptr.
func (v Value) DerefAs(t *Type) Value {
	p, err := v.Pointer()
	switch {
	case err != nil:
		return failed(err)
	case t == nil:
		return v.fail("what %s points to is %w", v.typ.Name, ErrAbsent)
	case p == 0:
		return v.fail("%s at %#x is nil", v.typ.Name, v.addr)
	}
	return NewValue(v.memory, t, p)
}

// Uint is a number, zero-extended: any scalar of 1, 2, 4 or 8 bytes, or a
// structure that wraps one.
func (v Value) Uint() (uint64, error) {
	f, b, err := v.scalar()
	if err != nil {
		return 0, err
	}
	u, _ := f.Uint(b)
	return u, nil
}

// Int is a number, sign-extended.
func (v Value) Int() (int64, error) {
	f, b, err := v.scalar()
	if err != nil {
		return 0, err
	}
	i, _ := f.Int(b)
	return i, nil
}

// Bool is whether a number is not zero.
func (v Value) Bool() (bool, error) {
	u, err := v.Uint()
	return u != 0, err
}

// scalar reads the number within the value.
func (v Value) scalar() (Field, []byte, error) {
	if v.Err() != nil {
		return Field{}, nil, v.Err()
	}
	t, at, ok := v.typ.scalar()
	if !ok {
		return Field{}, nil, fmt.Errorf("%s is no number", v.typ.Name)
	}
	b, err := v.within(at, t).read(t.Size)
	return Field{Type: t, number: number{size: t.Size}}, b, err
}

// words reads the first n words of the value.
func (v Value) words(n int64) ([]uint64, error) {
	b, err := v.read(8 * n)
	if err != nil {
		return nil, err
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return out, nil
}
