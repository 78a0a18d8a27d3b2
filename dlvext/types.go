package dlvext

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// ErrAbsent is wrapped by the errors that say that a type, a field or a
// global is not known, as opposed to one whose memory cannot be read. Code
// that reads several versions of a structure decides by it.
var ErrAbsent = errors.New("not in the debug information")

// Type is the layout of a type in the target. It comes from debug
// information ([Module.Type]) or from a table ([NewStruct] and the like).
// A Type is immutable and safe for concurrent use.
type Type struct {
	Name string       // full: runtime.g, *runtime.sudog, [2]uint64
	Kind reflect.Kind // a C enum is its integer, a union a Struct; Invalid: void, or not understood
	Size int64        // in bytes
	Len  int64        // of an Array: how many elements

	once     sync.Once
	complete func() (fields []Field, elem *Type)
	fields   []Field
	elem     *Type
	loaded   atomic.Bool // somebody asked for its parts
}

// NewScalar makes a type without parts, of a kind from Bool to Float64,
// Uintptr or UnsafePointer, whose size is that of Go's type on a 64-bit machine.
func NewScalar(name string, kind reflect.Kind) *Type {
	return &Type{Name: name, Kind: kind, Size: scalarSize(kind)}
}

func scalarSize(kind reflect.Kind) int64 {
	switch kind {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return 1
	case reflect.Int16, reflect.Uint16:
		return 2
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return 4
	}
	return 8
}

// NewStruct makes a structure type of the given size.
func NewStruct(name string, size int64, fields ...Field) *Type {
	return &Type{Name: name, Kind: reflect.Struct, Size: size, fields: fields}
}

// NewPointer makes a pointer to what elem returns, which is asked for when
// the pointer is first followed: so a structure can point to itself.
func NewPointer(name string, elem func() *Type) *Type {
	return &Type{Name: name, Kind: reflect.Pointer, Size: 8, complete: func() ([]Field, *Type) { return nil, elem() }}
}

// NewArray makes an array type.
func NewArray(n int64, elem *Type) *Type {
	return &Type{Name: fmt.Sprintf("[%d]%s", n, elem.Name), Kind: reflect.Array, Size: n * elem.Size, Len: n, elem: elem}
}

func (t *Type) load() {
	t.once.Do(func() {
		t.loaded.Store(true)
		if t.complete != nil {
			t.fields, t.elem = t.complete()
		}
	})
}

// Fields returns the fields of a structure, in order. Go's strings and slices
// have those that the runtime knows them by: str, array, len, cap. What is in
// a file's debug information and is not understood, as a bit field, is left out.
func (t *Type) Fields() []Field { t.load(); return t.fields }

// Elem returns what a Pointer points to, or an Array or Slice holds; nil
// when that is not known.
func (t *Type) Elem() *Type { t.load(); return t.elem }

// Field finds a field by its path: "goid", "sched.pc", with an embedded
// structure by its type's bare name. The offset is from the start of t.
func (t *Type) Field(path string) (Field, error) {
	f := Field{Name: path, Type: t}
	for name := range strings.SplitSeq(path, ".") {
		next, ok := f.Type.direct(name)
		if !ok {
			return Field{}, fmt.Errorf("%s has no field %s: %w", t.Name, path, ErrAbsent)
		}
		f.Offset += next.Offset
		f.Type = next.Type
	}
	f.number = numberIn(f.Type)
	return f, nil
}

// HasField reports whether there is a field of this path.
func (t *Type) HasField(path string) bool { _, err := t.Field(path); return err == nil }

// direct finds a field of t that lies within t: layouts are target data.
func (t *Type) direct(name string) (Field, bool) {
	for _, f := range t.Fields() {
		if f.Name == name && f.Type != nil && f.Offset >= 0 && f.Type.Size >= 0 && f.Type.Size <= t.Size && f.Offset <= t.Size-f.Type.Size {
			return f, true
		}
	}
	return Field{}, false
}

// scalar returns the number within t and its offset: t itself, or the one
// part with a size of a structure or array around it. So sync/atomic's and the runtime's
// atomics are what they wrap, in every version that wraps them or does not.
func (t *Type) scalar() (*Type, int64, bool) {
	var at int64
	for range 16 { // more levels than any wrapper has; hostile layouts may be endless
		switch t.Kind {
		case reflect.Struct:
			var only *Field
			for _, f := range t.Fields() {
				if f.Type == nil || f.Type.Size == 0 {
					continue
				}
				if only != nil {
					return nil, 0, false
				}
				only = &f
			}
			if only == nil || only.Offset < 0 {
				return nil, 0, false
			}
			at += only.Offset
			t = only.Type
		case reflect.Invalid, reflect.Array, reflect.Slice, reflect.String, reflect.Interface, reflect.Complex64, reflect.Complex128:
			return nil, 0, false
		default:
			return t, at, t.Size == 1 || t.Size == 2 || t.Size == 4 || t.Size == 8
		}
	}
	return nil, 0, false
}

// Field is a part of a structure. One that [Type.Field] returned is a handle
// for loops over many structures that were read in bulk: see [Field.Uint].
type Field struct {
	Name   string
	Offset int64 // in bytes
	Type   *Type

	number number
}

// number is where in a type the one number is that it is or wraps.
type number struct {
	at, size int64 // size is 1, 2, 4 or 8; 0: there is none
}

func numberIn(t *Type) number {
	if n, at, ok := t.scalar(); ok {
		return number{at, n.Size}
	}
	return number{}
}

// Uint returns the number in the field, zero-extended, from the bytes of the
// structure that [Type.Field] was asked of; ok is false when they end before
// it, or when the field is no number of 1, 2, 4 or 8 bytes, alone or wrapped.
func (f Field) Uint(buf []byte) (v uint64, ok bool) {
	n, at := f.number.size, f.Offset+f.number.at
	if n == 0 || at < 0 || at > int64(len(buf)) || n > int64(len(buf))-at {
		return 0, false
	}
	b := buf[at : at+n]
	switch n {
	case 8:
		return binary.LittleEndian.Uint64(b), true
	case 4:
		return uint64(binary.LittleEndian.Uint32(b)), true
	case 2:
		return uint64(binary.LittleEndian.Uint16(b)), true
	}
	return uint64(b[0]), true
}

// Int is Uint, sign-extended.
func (f Field) Int(buf []byte) (v int64, ok bool) {
	u, ok := f.Uint(buf)
	shift := 64 - 8*f.number.size
	return int64(u<<shift) >> shift, ok
}

// Bytes returns the field's own bytes from those of the structure.
func (f Field) Bytes(buf []byte) (b []byte, ok bool) {
	if f.Type == nil || f.Offset < 0 || f.Type.Size < 0 || f.Offset > int64(len(buf)) || f.Type.Size > int64(len(buf))-f.Offset {
		return nil, false
	}
	return buf[f.Offset : f.Offset+f.Type.Size], true
}
