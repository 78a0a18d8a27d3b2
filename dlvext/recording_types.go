package dlvext

import (
	"errors"
	"fmt"
	"reflect"
)

// recordedType is a [Type] in a recording. Others are referred to by their
// index in it, plus 1.
type recordedType struct {
	Name   string          `json:"name"`
	Kind   reflect.Kind    `json:"kind"`
	Size   int64           `json:"size"`
	Len    int64           `json:"len,omitempty"`
	Elem   int             `json:"elem,omitempty"`
	Fields []recordedField `json:"fields,omitempty"`
}

type recordedField struct {
	Name   string `json:"name"`
	Offset int64  `json:"offset"`
	Type   int    `json:"type"`
}

// typeWriter numbers types, and writes those with parts that somebody looked
// at: what is behind a pointer that nobody followed stays away, and with it
// most of the program's types.
type typeWriter struct {
	index map[*Type]int
	out   []recordedType
	whole map[*Type]bool // written, or to be written, with its parts
	todo  []*Type        // the parts of these are yet to be written
}

func newTypeWriter() *typeWriter {
	return &typeWriter{index: map[*Type]int{}, whole: map[*Type]bool{}}
}

// add returns the type's index, plus 1; 0 of none.
func (w *typeWriter) add(t *Type, whole bool) int {
	if t == nil {
		return 0
	}
	i, ok := w.index[t]
	if !ok {
		i = len(w.out)
		w.index[t] = i
		w.out = append(w.out, recordedType{Name: t.Name, Kind: t.Kind, Size: t.Size, Len: t.Len})
	}
	if (whole || t.loaded.Load()) && !w.whole[t] {
		w.whole[t] = true
		w.todo = append(w.todo, t)
	}
	return i + 1
}

func (w *typeWriter) answer(t *Type, addr uint64, err error) recordedAnswer {
	if err != nil {
		return recordedAnswer{Err: err.Error(), Absent: errors.Is(err, ErrAbsent)}
	}
	return recordedAnswer{Type: w.add(t, true), Addr: addr}
}

// write returns all types that were added, and those they are made of: what
// lies within them whole, what they point to as far as it was looked at.
func (w *typeWriter) write() []recordedType {
	for len(w.todo) > 0 {
		t := w.todo[0]
		w.todo = w.todo[1:]
		elem := w.add(t.Elem(), t.Kind == reflect.Array)
		var fields []recordedField
		for _, f := range t.Fields() {
			fields = append(fields, recordedField{Name: f.Name, Offset: f.Offset, Type: w.add(f.Type, true)})
		}
		out := &w.out[w.index[t]]
		out.Elem, out.Fields = elem, fields
	}
	return w.out
}

// readTypes makes types of those in a recording.
func readTypes(recorded []recordedType) ([]*Type, error) {
	types := make([]*Type, len(recorded))
	for i := range types {
		r := &recorded[i]
		if r.Size < 0 || r.Len < 0 || r.Kind > reflect.UnsafePointer {
			return nil, fmt.Errorf("type %q has size %d, length %d and kind %d", r.Name, r.Size, r.Len, uint(r.Kind))
		}
		types[i] = &Type{Name: r.Name, Kind: r.Kind, Size: r.Size, Len: r.Len}
	}
	at := func(i int) (*Type, error) {
		switch {
		case i == 0:
			return nil, nil
		case i < 0 || i > len(types):
			return nil, fmt.Errorf("there is no type %d", i)
		}
		return types[i-1], nil
	}
	for i, t := range types {
		var err error
		if t.elem, err = at(recorded[i].Elem); err != nil {
			return nil, err
		}
		for _, f := range recorded[i].Fields {
			ft, err := at(f.Type)
			if err != nil {
				return nil, err
			}
			t.fields = append(t.fields, Field{Name: f.Name, Offset: f.Offset, Type: ft})
		}
	}
	return types, nil
}
