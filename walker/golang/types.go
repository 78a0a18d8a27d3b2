package golang

import (
	"errors"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

// What is read of internal/abi.Type, the description of a type that every Go
// binary has of those it makes values of:
// https://github.com/golang/go/blob/go1.26.0/src/internal/abi/type.go#L21
type typeLayout struct {
	size        int
	tflag, kind field
	str         field // offset of the name from moduledata.types
}

// tflagExtraStar says that the name has a star in front which is not the
// type's: the linker lets *T and T share one string.
const tflagExtraStar = 1 << 1

// kindMask takes the kind out of abi.Type.Kind_, whose upper bits were flags
// before Go 1.25.
const kindMask = 1<<5 - 1

// typeFacts are names of types that were looked up.
type typeFacts struct {
	typeNames map[uint64]string // by address; empty: cannot be read
	itabs     map[uint64]string // of concrete types, by itab
}

func newTypeFacts() typeFacts {
	return typeFacts{typeNames: map[uint64]string{}, itabs: map[uint64]string{}}
}

// goType is one type of the target, by its abi.Type.
type goType struct {
	name string
	kind uint8 // as reflect.Kind numbers them
}

// typeAt reads the abi.Type at an address, where there may be none.
func (c *collection) typeAt(addr uint64) (goType, error) {
	l := &c.lay.abiType
	b, err := c.peek(addr, l.size)
	if err != nil {
		return goType{}, err
	}
	types, err := c.typesOf(addr)
	if err != nil {
		return goType{}, err
	}
	name, err := c.typeString(types + l.str.of(b))
	if err != nil {
		return goType{}, err
	}
	if l.tflag.of(b)&tflagExtraStar != 0 {
		name = strings.TrimPrefix(name, "*")
	}
	return goType{name: name, kind: uint8(l.kind.of(b)) & kindMask}, nil
}

// typeString reads an abi.Name: a byte of flags, the length as a varint, and
// the bytes: https://github.com/golang/go/blob/go1.26.0/src/internal/abi/type.go#L558
func (c *collection) typeString(addr uint64) (string, error) {
	n, shift := 0, 0
	for i := uint64(1); ; i++ {
		b, err := c.peek(addr+i, 1)
		if err != nil {
			return "", err
		}
		n |= int(b[0]&0x7f) << shift
		if b[0]&0x80 == 0 {
			if n > walker.MaxString {
				return "", errors.New("the name of a type is too long to be true")
			}
			s, err := c.peek(addr+i+1, n)
			return string(s), err
		}
		if shift += 7; shift > 21 {
			return "", errors.New("the name of a type has no end")
		}
	}
}

// isType tells whether a type of that name is at an address, where there may be
// anything.
func (c *collection) isType(addr uint64, name string) bool {
	known, ok := c.typeNames[addr]
	if !ok {
		t, err := c.typeAt(addr)
		if known = t.name; err == nil {
			c.typeNames[addr] = known
		}
	}
	return known == name
}

// typeName is the name of the type at an address; empty when it cannot be
// read. What Walk asks for must have been asked for by Collect: in a
// position-independent executable the types are relocated, and lie in memory
// that is not copied unless it is read.
func (c *collection) typeName(addr uint64) string {
	if addr == 0 {
		return ""
	}
	name, ok := c.typeNames[addr]
	if !ok {
		t, err := c.typeAt(addr)
		if err == nil {
			name = t.name
		} else {
			c.missed.add(dlvext.Range{Addr: addr, Len: c.lay.abiType.size})
		}
		c.typeNames[addr] = name
	}
	return name
}
