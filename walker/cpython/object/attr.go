package object

import (
	"iter"
	"sort"
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// attributes is the table of what an instance has in its dict, or where its
// dict would be; false when it has none.
//
//	to 3.10  a dict at tp_dictoffset; negative: counted from the end of what
//	         has items in itself, such as instances of a class derived from tuple
//	3.11     values, or a dict, before the object's header for garbage collection
//	3.12     the same in one word: the lowest bit tells which
//	3.13     a dict there; when that is NULL, values after the object
//
// https://github.com/python/cpython/blob/v3.10.13/Objects/object.c (_PyObject_GetDictPtr)
// https://github.com/python/cpython/blob/v3.11.7/Include/internal/pycore_object.h#L253
// https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_object.h#L373
// https://github.com/python/cpython/blob/v3.13.0/Include/internal/pycore_object.h#L722
func (r *Reader) attributes(o Ref, t *Type) (out table, ok bool) {
	l := &r.l.Type
	if l.ManagedFlag == 0 || t.Flags&l.ManagedFlag == 0 {
		return r.dictAt(r.dictOffset(o, t))
	}
	if l.ManagedValues != layout.Absent {
		if v := r.U64(o.at(l.ManagedValues)); v != 0 {
			return r.sharedKeys(t, v)
		}
	}
	d := r.Ref(o.at(l.ManagedDict))
	switch {
	case d != 0 && l.ManagedIsTagged && d&1 != 0:
		return r.sharedKeys(t, uint64(d)+1)
	case d != 0:
		return r.dictAt(o.at(l.ManagedDict))
	case l.InlineFlag != 0 && t.Flags&l.InlineFlag != 0 && r.err == nil:
		values := o.at(int(r.I64(t.Addr.at(l.BasicSize))))
		const valid = 3 // a byte of PyDictValues; 0: the dict alone counts
		if r.U8(values+valid) != 0 {
			return r.sharedKeys(t, values)
		}
	}
	return table{}, false
}

// sharedKeys is the table of an instance whose values are by themselves: the
// keys are its type's.
func (r *Reader) sharedKeys(t *Type, values uint64) (table, bool) {
	out, ok := r.keysTable(r.U64(t.Addr.at(r.l.Type.CachedKeys)))
	if !ok {
		return out, false
	}
	return r.withValues(out, values)
}

// dictAt is the table of the dict that a pointer at addr is to; false when
// that is NULL, or there is no such pointer.
func (r *Reader) dictAt(addr uint64) (table, bool) {
	if addr == 0 {
		return table{}, false
	}
	d := r.Ref(addr)
	if d == 0 || !r.is(d, flagDict, "dict of attributes") {
		return table{}, false
	}
	return r.dictTable(d)
}

// dictOffset returns where the pointer to the dict of an object is; 0: its type
// has none.
func (r *Reader) dictOffset(o Ref, t *Type) uint64 {
	l := &r.l.Type
	off := r.I64(t.Addr.at(l.DictOffset))
	if off >= 0 || r.err != nil {
		if off == 0 {
			return 0
		}
		return o.at(int(off))
	}
	n := r.I64(o.at(r.l.Object.Size))
	if t.Flags&flagInt != 0 {
		n, _, _ = r.digits(o)
	}
	size := r.I64(t.Addr.at(l.BasicSize)) + max(n, -n)*r.I64(t.Addr.at(l.ItemSize))
	return o.at(int((size+7)&^7 + off))
}

// member is a slot of instances: what __slots__ makes, and types written in C
// that name their fields.
type member struct {
	name   string
	offset int64
}

// Types of members that are objects.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/descrobject.h#L59
const (
	memberObject   = 6
	memberObjectEx = 16
)

// membersOf returns the slots of a type's instances, by name.
func (r *Reader) membersOf(t *Type) []member {
	if t.membersRead {
		return t.members
	}
	var out []member
	for _, b := range t.mro {
		d := r.Ref(b.Addr.at(r.l.Type.Dict))
		if d == 0 || b.full == "object" {
			continue // of no slots; of built-in types from 3.12 on, which have their dict elsewhere
		}
		if !r.is(d, flagDict, "dict of a type") {
			return nil
		}
		dict, _ := r.dictTable(d)
		for k, v := range r.items(dict) {
			if m, ok := r.member(k, v); ok {
				out = append(out, m)
			}
		}
		if r.err != nil {
			return nil
		}
	}
	// Stable: a derived class's slot hides that of its base.
	sort.SliceStable(out, func(i, j int) bool { return out[i].name < out[j].name })
	t.members, t.membersRead = out, true
	return out
}

// member returns what a type's attribute describes, if it describes a slot.
func (r *Reader) member(name, o Ref) (member, bool) {
	if r.Type(o).full != "member_descriptor" {
		return member{}, false
	}
	def := r.U64(o.at(r.l.Container.MemberDef))
	switch r.I32(def + 8) {
	case memberObject, memberObjectEx:
	default:
		return member{}, false
	}
	s, ok := r.plain(name)
	return member{s, r.I64(def + 16)}, ok && r.err == nil
}

// Attr returns an attribute that an instance itself has, in a slot or its dict;
// 0 when it has none of that name. No descriptor is run, and what the class
// has is not looked at: that is [Reader.ClassAttr].
func (r *Reader) Attr(o Ref, name string) Ref {
	t := r.Type(o)
	if r.err != nil {
		return 0
	}
	members := r.membersOf(t)
	if i := sort.Search(len(members), func(i int) bool { return members[i].name >= name }); i < len(members) && members[i].name == name {
		return r.Ref(o.at(int(members[i].offset)))
	}
	attributes, ok := r.attributes(o, t)
	if !ok {
		return 0
	}
	i, ok := r.find(&attributes, name)
	if !ok {
		return 0
	}
	return r.valueAt(&attributes, i)
}

// Attrs goes through the attributes that an instance itself has: those of its
// dict in the order of insertion, then those in slots, by name.
func (r *Reader) Attrs(o Ref) iter.Seq2[string, Ref] {
	return func(yield func(string, Ref) bool) {
		t := r.Type(o)
		if r.err != nil {
			return
		}
		if attributes, ok := r.attributes(o, t); ok {
			for k, v := range r.items(attributes) {
				if name, ok := r.plain(k); ok && !yield(name, v) {
					return
				}
			}
		}
		last := ""
		for _, m := range r.membersOf(t) {
			v := r.Ref(o.at(int(m.offset)))
			own := !strings.HasPrefix(m.name, "__") // and not of a built-in type's making
			if r.err == nil && v != 0 && own && m.name != last && !yield(m.name, v) {
				return
			}
			last = m.name
		}
	}
}

// ClassAttr returns an attribute of a class, its own or of a class that it
// derives from, as it lies in the class's dict; 0 when there is none. The
// dicts of built-in types lie elsewhere from 3.12 on and are not looked at.
func (r *Reader) ClassAttr(t *Type, name string) Ref {
	for _, b := range t.mro {
		d := r.Ref(b.Addr.at(r.l.Type.Dict))
		if d == 0 {
			continue
		}
		if v := r.StrDict(d, name); v != 0 || r.err != nil {
			return v
		}
	}
	return 0
}
