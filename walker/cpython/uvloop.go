package cpython

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// uvloop's objects are of Cython: their attributes are fields whose offsets change
// from one release to the next, and that nothing tells. But of a class that people
// do not derive from, an object has one field of one sort: the only float of a
// TimerHandle is when it is due, the only deque of a Loop what is ready
// (https://github.com/MagicStack/uvloop/blob/v0.21.0/uvloop/cbhandles.pxd#L27,
// https://github.com/MagicStack/uvloop/blob/v0.21.0/uvloop/loop.pxd#L63).

// maxFields is how many of an object's fields are looked at. A Loop has a
// buffer of 256,000 bytes further in.
const maxFields = 48

// isUvloop tells whether an object is of a class of uvloop's, or of one of a
// program's own that derives from uvloop.Loop.
func (w *walk) isUvloop(o object.Ref) bool {
	t := w.r.Type(o)
	return strings.HasPrefix(t.FullName(), "uvloop.") || t.Inherits("uvloop.loop.Loop")
}

// onlyField is the only one of an object's fields that refers to an object of a
// class; 0: there is none, or more than one.
func (w *walk) onlyField(o, class object.Ref) (only object.Ref) {
	if class == 0 || w.r.Err() != nil {
		return 0
	}
	size := w.r.U64(uint64(w.r.Type(o).Addr) + uint64(w.lay.Type.BasicSize))
	if w.r.Err() != nil {
		return 0
	}
	for i := uint64(w.lay.Object.Header) / 8; i < min(size/8, maxFields); i++ {
		field := w.r.Ref(uint64(o) + i*8)
		if w.r.Err() != nil {
			return 0
		}
		if field < 1<<16 || field%8 != 0 {
			continue // it is no pointer
		}
		is := w.r.Ref(uint64(field)+uint64(w.lay.Object.Type)) == class
		if w.r.Take() != nil || !is {
			continue // it points to no object
		}
		if only != 0 {
			return 0
		}
		only = field
	}
	return only
}

// class is a class that a module of C has under a name.
func (w *walk) class(module, name string) object.Ref {
	for _, in := range w.interps {
		if dict := w.module(in, module); dict != 0 {
			return w.r.StrDict(dict, name)
		}
	}
	return 0
}

// whenOf is when a TimerHandle is due, by its loop's clock.
func (w *walk) whenOf(timer object.Ref) (seconds float64, ok bool) {
	if timer == 0 || !w.isUvloop(timer) {
		return w.floatAttr(timer, "_when")
	}
	when := w.onlyField(timer, w.class("builtins", "float"))
	if when == 0 {
		return 0, false
	}
	return w.r.Float(when), w.r.Err() == nil
}

// readyOf is how many callbacks a loop has to call.
func (w *walk) readyOf(loop object.Ref) (int64, bool) {
	if loop == 0 || !w.isUvloop(loop) {
		return w.length(w.attr(loop, "_ready"))
	}
	return w.length(w.onlyField(loop, w.class("_collections", "deque")))
}
