package dlvext

import (
	"debug/dwarf"
	"fmt"
	"math/bits"
	"reflect"
)

// Bounds on what debug information may claim.
const (
	maxTypeDepth = 32      // typedefs, qualifiers and arrays in a row; real code has three or four
	maxFields    = 1 << 16 // of one structure; generated code has some thousand
)

// Attributes of Go's own: https://github.com/golang/go/blob/go1.26.0/src/cmd/internal/dwarf/dwarf.go#L309
const (
	attrGoKind = dwarf.Attr(0x2900) // a reflect.Kind
	attrGoElem = dwarf.Attr(0x2902) // of a slice, channel or map: what it holds

	attrGoRuntimeType   = dwarf.Attr(0x2904) // where its internal/abi.Type is, from runtime.types on
	attrGoClosureOffset = dwarf.Attr(0x2907) // of a variable that a function captured: where in the closure
)

// make makes the type at an offset: name, kind and size now, fields and what
// a pointer points to when they are asked for. It returns nil for void, and
// for what cannot be read or understood. x.mu is held.
func (x *typeIndex) make(offset dwarf.Offset, depth int) *Type {
	if t, ok := x.types[offset]; ok {
		return t
	}
	if offset == 0 || depth > maxTypeDepth {
		return nil
	}
	e, r := x.entry(offset)
	if e == nil {
		return nil
	}
	t := x.describe(e, r, depth)
	if t != nil && (t.Size < 0 || t.Len < 0) {
		t = nil
	}
	if t != nil || depth == 0 { // deeper, nil may only mean too deep
		x.types[offset] = t
	}
	return t
}

// locked is make for the time after, when a Type completes itself.
func (x *typeIndex) locked(offset dwarf.Offset) *Type {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.make(offset, 0)
}

func (x *typeIndex) describe(e *dwarf.Entry, r *dwarf.Reader, depth int) *Type {
	t := &Type{Kind: reflect.Invalid}
	t.Name, _ = e.Val(dwarf.AttrName).(string)
	t.Name = plainName(t.Name)
	t.Size, _ = e.Val(dwarf.AttrByteSize).(int64)
	goKind, isGo := e.Val(attrGoKind).(int64)
	refers := reference(e, dwarf.AttrType)

	switch e.Tag {
	case dwarf.TagBaseType:
		t.Kind = baseKind(e, t.Size)

	case dwarf.TagEnumerationType:
		t.Kind = sizedKind(reflect.Int, t.Size)

	case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType:
		t.Kind, t.Size = reflect.Pointer, 8
		t.complete = func() ([]Field, *Type) { return nil, x.locked(refers) }

	case dwarf.TagSubroutineType:
		t.Kind = reflect.Func
		if isGo { // a value of the type is a pointer to a closure
			t.Size = 8
		}

	case dwarf.TagStructType, dwarf.TagClassType, dwarf.TagUnionType:
		t.Kind = reflect.Struct
		elem, offset := reference(e, attrGoElem), e.Offset
		t.complete = func() ([]Field, *Type) {
			x.mu.Lock()
			defer x.mu.Unlock()
			return x.fields(offset), x.make(elem, 0)
		}

	case dwarf.TagArrayType:
		elem := x.make(refers, depth+1)
		if elem == nil {
			return nil
		}
		t.Kind, t.elem, t.Len = reflect.Array, elem, arrayLen(r)
		if t.Name == "" {
			t.Name = fmt.Sprintf("[%d]%s", t.Len, elem.Name)
		}
		if e.AttrField(dwarf.AttrByteSize) == nil {
			t.Size = product(t.Len, elem.Size)
		}

	case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
		under := x.make(refers, depth+1)
		if under == nil {
			return nil
		}
		if t.Name == "" {
			return under
		}
		t.Kind, t.Size, t.Len = under.Kind, under.Size, under.Len
		t.complete = func() ([]Field, *Type) { return under.Fields(), under.Elem() }

	default:
		return nil
	}
	if isGo && goKind > 0 && goKind <= int64(reflect.UnsafePointer) {
		t.Kind = reflect.Kind(goKind)
	}
	return t
}

// fields reads the members of the structure at an offset. One that is not
// understood (a bit field, a location that is computed) is left out.
func (x *typeIndex) fields(offset dwarf.Offset) []Field {
	e, r := x.entry(offset)
	if e == nil || !e.Children {
		return nil
	}
	var fields []Field
	for len(fields) < maxFields {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == 0 {
			break
		}
		if e.Children && !skipChildren(r) {
			break
		}
		if e.Tag != dwarf.TagMember || e.Val(dwarf.AttrBitSize) != nil {
			continue
		}
		at, ok := memberOffset(e)
		t := x.make(reference(e, dwarf.AttrType), 0)
		if !ok || t == nil {
			continue
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		fields = append(fields, Field{Name: name, Offset: at, Type: t})
	}
	return fields
}

// skipChildren moves past the children of the entry just read. ([dwarf.Reader]
// has a method of this name, which calls itself for each level: hostile
// nesting would end the program.)
func skipChildren(r *dwarf.Reader) bool {
	for depth := 1; depth > 0; {
		e, err := r.Next()
		switch {
		case err != nil || e == nil:
			return false
		case e.Tag == 0:
			depth--
		case e.Children:
			depth++
		}
	}
	return true
}

// memberOffset is a member's offset: a constant, or DW_OP_plus_uconst in old
// C; members of unions have none.
func memberOffset(e *dwarf.Entry) (int64, bool) {
	switch v := e.Val(dwarf.AttrDataMemberLoc).(type) {
	case nil:
		return 0, true
	case int64:
		return v, v >= 0
	case []byte:
		if len(v) > 1 && v[0] == 0x23 {
			c := decoder{data: v, pos: 1}
			n := c.uleb()
			return int64(n), !c.bad && int64(n) >= 0
		}
	}
	return 0, false
}

// arrayLen is how many elements an array has, over all its dimensions.
func arrayLen(r *dwarf.Reader) int64 {
	n := int64(1)
	for range maxTypeDepth {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == 0 {
			break
		}
		if e.Children && !skipChildren(r) {
			break
		}
		if e.Tag != dwarf.TagSubrangeType {
			continue
		}
		if count, ok := e.Val(dwarf.AttrCount).(int64); ok {
			n = product(n, count)
		} else if last, ok := e.Val(dwarf.AttrUpperBound).(int64); ok && last < 1<<62 {
			n = product(n, last+1)
		} else {
			n = 0 // of no stated length
		}
	}
	return n
}

// product is a*b, or -1 when either is negative or it overflows.
func product(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if a < 0 || b < 0 || hi != 0 || int64(lo) < 0 {
		return -1
	}
	return int64(lo)
}

// baseKind is the kind of a base type: DW_AT_encoding, DWARF 5, 7.8.
func baseKind(e *dwarf.Entry, size int64) reflect.Kind {
	encoding, _ := e.Val(dwarf.AttrEncoding).(int64)
	switch encoding {
	case 0x02: // boolean
		return reflect.Bool
	case 0x03: // complex float
		return map[int64]reflect.Kind{8: reflect.Complex64, 16: reflect.Complex128}[size]
	case 0x04: // float
		return map[int64]reflect.Kind{4: reflect.Float32, 8: reflect.Float64}[size]
	case 0x05, 0x06: // signed, signed char
		return sizedKind(reflect.Int, size)
	case 0x01, 0x07, 0x08, 0x10: // address, unsigned, unsigned char, UTF
		return sizedKind(reflect.Uint, size)
	}
	return reflect.Invalid
}

// sizedKind is the kind of an integer, from Int or Uint, of a size.
func sizedKind(kind reflect.Kind, size int64) reflect.Kind {
	switch size {
	case 1:
		return kind + 1
	case 2:
		return kind + 2
	case 4:
		return kind + 3
	case 8:
		return kind + 4
	}
	return reflect.Invalid
}
