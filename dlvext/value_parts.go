package dlvext

import (
	"bytes"
	"fmt"
	"math/bits"
	"reflect"
)

// Len is the length of an array, a slice or a string, in elements. Of a
// slice or string it is what the target says: bound it before you loop.
func (v Value) Len() (uint64, error) {
	if v.Err() != nil {
		return 0, v.Err()
	}
	switch v.typ.Kind {
	case reflect.Array:
		return uint64(v.typ.Len), nil
	case reflect.Slice, reflect.String:
		w, err := v.words(2)
		if err != nil {
			return 0, err
		}
		return w[1], nil
	}
	return 0, fmt.Errorf("%s has no length", v.typ.Name)
}

// Slice is a slice's header: the address of its first element, length and
// capacity in elements, as the target says.
func (v Value) Slice() (addr, length, capacity uint64, err error) {
	if v.Err() == nil && v.typ.Kind != reflect.Slice {
		return 0, 0, 0, fmt.Errorf("%s is no slice", v.typ.Name)
	}
	w, err := v.words(3)
	if err != nil {
		return 0, 0, 0, err
	}
	return w[0], w[1], w[2], nil
}

// Interface is an interface's two words: its type (an itab, or an abi.Type
// when the interface has no methods) and its data.
func (v Value) Interface() (tab, data uint64, err error) {
	if v.Err() == nil && v.typ.Kind != reflect.Interface {
		return 0, 0, fmt.Errorf("%s is no interface", v.typ.Name)
	}
	w, err := v.words(2)
	if err != nil {
		return 0, 0, err
	}
	return w[0], w[1], nil
}

// Index is an element of an array or a slice; one past the length is an error.
func (v Value) Index(i uint64) Value {
	n, err := v.Len()
	if err != nil {
		return failed(err)
	}
	elem := v.typ.Elem()
	switch {
	case elem == nil:
		return v.fail("the element type of %s is %w", v.typ.Name, ErrAbsent)
	case i >= n:
		return v.fail("%s at %#x has %d elements, and no [%d]", v.typ.Name, v.addr, n, i)
	}
	hi, offset := bits.Mul64(i, uint64(elem.Size))
	if hi != 0 || int64(offset) < 0 {
		return failed(&Fault{Addr: v.addr, Len: int(elem.Size), Why: "past the end of the address space"})
	}
	if v.typ.Kind == reflect.Array {
		return v.within(int64(offset), elem)
	}
	w, err := v.words(1)
	if err != nil {
		return failed(err)
	}
	return Value{memory: v.memory, typ: v.typ, addr: w[0]}.within(int64(offset), elem)
}

// Words is the first limit elements of a slice or array whose elements have 8
// bytes, read at once: addresses, or what they are; [Value.Len] has the length.
func (v Value) Words(limit int) ([]uint64, error) {
	n, err := v.Len()
	if err != nil {
		return nil, err
	}
	if elem := v.typ.Elem(); elem == nil || elem.Size != 8 {
		return nil, fmt.Errorf("%s is no list of words", v.typ.Name)
	}
	n = min(n, uint64(max(limit, 0)), maxRead/8)
	if n == 0 {
		return nil, nil
	}
	first := v.Index(0)
	first.data = nil
	if v.typ.Kind == reflect.Array {
		first = v
	}
	return first.words(int64(n))
}

// String is the first limit bytes of a string; [Value.Len] has its length.
func (v Value) String(limit int) (string, error) {
	if v.Err() == nil && v.typ.Kind != reflect.String {
		return "", fmt.Errorf("%s is no string", v.typ.Name)
	}
	b, err := v.Bytes(limit)
	return string(b), err
}

// Bytes is the first limit bytes of the elements of a string, a slice or an
// array of bytes, and of anything else the value's own.
func (v Value) Bytes(limit int) ([]byte, error) {
	if v.Err() != nil {
		return nil, v.Err()
	}
	most := uint64(min(maxRead, max(limit, 0)))
	switch v.typ.Kind {
	case reflect.String, reflect.Slice:
		if elem := v.typ.Elem(); v.typ.Kind == reflect.Slice && (elem == nil || elem.Size != 1) {
			return nil, fmt.Errorf("%s is no slice of bytes", v.typ.Name)
		}
		w, err := v.words(2)
		if err != nil {
			return nil, err
		}
		buf := make([]byte, min(w[1], most))
		if err := readMemory(v.memory, w[0], buf); err != nil {
			return nil, fmt.Errorf("%s: %w", v.typ.Name, err)
		}
		return buf, nil
	}
	return v.read(int64(min(uint64(v.typ.Size), most)))
}

// CString is the bytes up to a zero, at most limit, that a pointer to char
// points to or an array of char holds.
func (v Value) CString(limit int) (string, error) {
	if v.Err() != nil {
		return "", v.Err()
	}
	addr := v.addr
	if v.typ.Kind != reflect.Array {
		p, err := v.Pointer()
		if err != nil {
			return "", err
		}
		addr = p
	} else {
		limit = min(limit, int(min(v.typ.Len, maxRead)))
	}
	return ReadCString(v.memory, addr, limit)
}

// ReadCString reads bytes from addr up to a zero, at most limit. What lies
// past the zero need not be there: memory that was captured may end anywhere.
func ReadCString(m Memory, addr uint64, limit int) (string, error) {
	const step = 256 // bytes read at once; most names are shorter
	var out []byte
	for n := step; len(out) < limit; {
		n = min(n, limit-len(out), step-int(addr%step))
		buf := make([]byte, n)
		if err := readMemory(m, addr, buf); err != nil {
			if n == 1 {
				return "", err
			}
			n /= 2
			continue
		}
		if i := bytes.IndexByte(buf, 0); i >= 0 {
			return string(append(out, buf[:i]...)), nil
		}
		out = append(out, buf...)
		addr += uint64(n)
		n = step
	}
	return string(out), nil
}
