package declared

import (
	"errors"
	"reflect"

	"github.com/dlv-async/dlv-async/dlvext"
)

// look takes what a value is, and has looked at what it leads to.
func (s *search) look(v dlvext.Value) {
	plan := s.planOf(v.Type())
	for _, e := range plan.exits {
		part := v.At(dlvext.Field{Offset: e.offset, Type: e.typ})
		if part.Err() != nil {
			continue
		}
		switch e.how {
		case wanted:
			s.meet(part)
		case pointer:
			if p, err := part.Pointer(); err == nil && e.typ.Elem() != nil {
				s.push(e.typ.Elem(), p)
			}
		case iface:
			s.held(part)
		case several:
			s.elementsOf(part)
		case channel:
			s.buffered(part)
		case function:
			s.captured(part)
		}
	}
}

// elementsOf has the elements of a slice, a map and so on looked at.
func (s *search) elementsOf(v dlvext.Value) {
	values, _ := s.elements(v, false)
	if v.Type().Kind == reflect.Map || v.Type().Name == "sync.Map" {
		keys, _ := s.elements(v, true)
		values = append(values, keys...)
	}
	for _, e := range values {
		s.push(e.Type(), e.Addr())
	}
}

// held has looked at what an interface holds: the value itself, where that is a
// pointer, else where it is.
func (s *search) held(v dlvext.Value) {
	tab, data, err := v.Interface()
	if err != nil || tab == 0 || data == 0 {
		return
	}
	if !v.Type().HasField("_type") { // it has methods
		if tab, err = s.pointerAt(tab + itabType); err != nil {
			return
		}
	}
	t, err := s.img.RuntimeType(tab)
	switch {
	case err != nil:
		s.notKnown(tab)
	case !s.mayLead(t):
	case s.direct(t, 0):
		s.look(dlvext.ValueOf(s.img.Memory, t, v.Addr()+8, le.AppendUint64(nil, data)))
	default:
		s.push(t, data)
	}
}

// direct tells whether an interface holds values of a type themselves, and not a
// pointer to them: https://github.com/golang/go/blob/go1.26.0/src/cmd/compile/internal/types/type.go#L1844
func (s *search) direct(t *dlvext.Type, depth int) bool {
	switch t.Kind {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return t.Len == 1 && t.Elem() != nil && depth < maxPointers && s.direct(t.Elem(), depth+1)
	case reflect.Struct:
		fields := t.Fields()
		return len(fields) == 1 && t.Size == 8 && depth < maxPointers && s.direct(fields[0].Type, depth+1)
	}
	return false
}

// buffered has looked at what is in a channel.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/chan.go#L34
func (s *search) buffered(v dlvext.Value) {
	if isNil(v) {
		return
	}
	ch := v.Deref().Load()
	elem := channelElem(ch.Type())
	n, err := ch.Field("qcount").Uint()
	size, err2 := ch.Field("dataqsiz").Uint()
	first, err3 := ch.Field("recvx").Uint()
	buf, err4 := ch.Field("buf").Pointer()
	if elem == nil || errors.Join(err, err2, err3, err4) != nil || n > size || first >= size || size > maxElements {
		return
	}
	for i := range n {
		s.push(elem, buf+(first+i)%size*uint64(elem.Size))
	}
}

// channelElem is the type of what a channel carries, as the debug information of
// who waits on it has it.
func channelElem(t *dlvext.Type) *dlvext.Type {
	if t == nil {
		return nil
	}
	first, err := t.Field("recvq.first")
	if err != nil || first.Type.Elem() == nil {
		return nil
	}
	elem, err := first.Type.Elem().Field("elem")
	if err != nil {
		return nil
	}
	return elem.Type.Elem()
}

// captured has looked at the variables that a function has with it.
func (s *search) captured(v dlvext.Value) {
	p, err := v.Pointer()
	if err != nil || p == 0 || s.img.ModuleAt(p) != nil { // that of no variables lies in the program
		return
	}
	entry, err := s.pointerAt(p)
	if err != nil {
		return
	}
	t, err := s.img.Closure(entry)
	if err != nil {
		s.notKnown(entry)
		return
	}
	s.push(t, p)
}

// notKnown counts a function or a type, once.
func (s *search) notKnown(addr uint64) {
	if at := (place{addr: addr}); !s.seen[at] {
		s.seen[at] = true
		s.opaque++
	}
}
