package cpython

import "github.com/dlv-async/dlv-async/walker/cpython/object"

// What an object may or may not have: a missing attribute, or one of another
// type than it has in CPython, is no failure but an answer.

// intAttr is an attribute that is an int.
func (w *walk) intAttr(o object.Ref, name string) (int64, bool) {
	a := w.r.Attr(o, name)
	if a == 0 || !w.r.Type(a).Inherits("int") {
		return 0, false
	}
	return w.r.Int(a)
}

// boolAttr is an attribute that is a bool.
func (w *walk) boolAttr(o object.Ref, name string) (value, ok bool) {
	n, ok := w.intAttr(o, name)
	return n != 0, ok
}

// floatAttr is an attribute that is a float.
func (w *walk) floatAttr(o object.Ref, name string) (float64, bool) {
	a := w.r.Attr(o, name)
	if a == 0 || !w.r.Type(a).Inherits("float") {
		return 0, false
	}
	return w.r.Float(a), w.r.Err() == nil
}

// strAttr is an attribute that is a str; "" when there is none.
func (w *walk) strAttr(o object.Ref, name string) string { return w.str(w.r.Attr(o, name)) }

// str is a str; "" when the object is none.
func (w *walk) str(o object.Ref) string {
	if !w.isA(o, "str") {
		return ""
	}
	return w.r.Str(o)
}

// attr is an attribute; 0 when there is none or it is None.
func (w *walk) attr(o object.Ref, name string) object.Ref {
	if o == 0 {
		return 0
	}
	return w.some(w.r.Attr(o, name))
}

// some is the object; 0 when it is None.
func (w *walk) some(o object.Ref) object.Ref {
	if o == 0 || w.r.IsNone(o) {
		return 0
	}
	return o
}

// isA tells whether an object is of a class, or of one that derives from it.
func (w *walk) isA(o object.Ref, fullName string) bool {
	return o != 0 && w.r.Type(o).Inherits(fullName)
}

// items are what a list, a tuple or a set has in it.
func (w *walk) items(o object.Ref) []object.Ref {
	switch {
	case w.isA(o, "list"):
		return w.r.List(o)
	case w.isA(o, "tuple"):
		return w.r.Tuple(o)
	case w.isA(o, "set"), w.isA(o, "frozenset"):
		return w.r.Set(o)
	}
	return nil
}

// length is how many items a list or a deque has.
func (w *walk) length(o object.Ref) (int64, bool) {
	if !w.isA(o, "collections.deque") && !w.isA(o, "list") {
		return 0, false
	}
	return w.r.I64(uint64(o) + uint64(w.lay.Object.Size)), w.r.Err() == nil
}
