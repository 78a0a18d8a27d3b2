package declared

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

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
		var err error
		if typ, err = r.pointerAt(tab + itabType); err != nil {
			return nil, err
		}
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
	at := r.base + uint64(le.Uint32(b[typeStr:]))
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
