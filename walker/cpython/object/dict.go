package object

import (
	"bytes"
	"iter"

	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// maxItems bounds the items of one container: no more than there may be tasks.
const maxItems = walker.MaxTasks

// table is the items of a dict, or the attributes of an instance, where they
// lie: the keys' entries, and the values among them or apart.
//
//	combined  entries {hash, key, value}, or {key, value} when all keys are str
//	split     entries as above without their values, shared by the instances of
//	          a class; an array of values for each instance
//
// https://github.com/python/cpython/blob/v3.8.18/Objects/dict-common.h
// https://github.com/python/cpython/blob/v3.12.1/Include/internal/pycore_dict.h
type table struct {
	keys    uint64 // PyDictKeysObject
	entries uint64 // the first entry
	stride  uint64
	key     uint64 // in an entry; the value follows it
	count   uint64

	split bool
	value uint64 // of a split table: the first value
	order uint64 // of a split table: bytes, each the index of an entry, in the order of insertion; 0: in the entries' order
	step  uint64 // from one of these bytes to the next
	used  uint64 // how many of these bytes there are
}

// keysTable is the table of a PyDictKeysObject.
func (r *Reader) keysTable(keys uint64) (t table, ok bool) {
	l := &r.l.Dict
	t = table{keys: keys, stride: 24, key: 8, count: r.U64(keys + uint64(l.KeysEntries))}
	var indices, limit uint64 // bytes of the index table; of entries
	if l.KeysLog2Index == layout.Absent {
		size := r.U64(keys + uint64(l.KeysSize))
		indices, limit = size, size
		switch {
		case size > 1<<32-1:
			indices = size * 8
		case size > 1<<16-1:
			indices = size * 4
		case size > 1<<8-1:
			indices = size * 2
		}
	} else {
		log2 := r.U8(keys + uint64(l.KeysLog2Index))
		indices = 1 << min(log2, 63)
		limit = indices
		if r.U8(keys+uint64(l.KeysKind)) != 0 {
			t.stride, t.key = 16, 0
		}
	}
	if r.err == nil && (t.count > limit || t.count > maxItems || indices > 1<<40) {
		r.failf("the keys of a dict at %#x claim to have %d entries in %d slots", keys, t.count, limit)
	}
	t.entries = keys + uint64(l.KeysIndices) + indices
	return t, r.err == nil
}

// withValues makes the table a split one, with the values at an address.
//
// The order of insertion is kept beside the values from 3.11 on; before, the
// values of a split table were always inserted in the keys' order.
func (r *Reader) withValues(t table, values uint64) (table, bool) {
	t.split = true
	t.value = values + uint64(r.l.Type.ValuesHeader)
	switch {
	case r.l.Dict.KeysLog2Index == layout.Absent:
		return t, true
	case r.l.Type.ValuesHeader != 0: // 3.13: {capacity, size, embedded, valid}, values, order
		t.used, t.order, t.step = uint64(r.U8(values+1)), t.value+8*uint64(r.U8(values)), 1
	default: // order backwards, size, prefix size, values
		t.used, t.order, t.step = uint64(r.U8(values-2)), values-3, ^uint64(0)
	}
	return t, r.err == nil
}

// dictTable is the table of a dict. While a dict grows it has a new table
// without entries, which are counted once all are copied
// (https://github.com/python/cpython/blob/v3.12.1/Objects/dictobject.c#L1399).
func (r *Reader) dictTable(o Ref) (t table, ok bool) {
	l := &r.l.Dict
	if t, ok = r.keysTable(r.U64(o.at(l.Keys))); !ok {
		return t, false
	}
	if v := r.U64(o.at(l.Values)); v != 0 {
		return r.withValues(t, v)
	}
	if t.count == 0 {
		if b := r.peek(o.at(r.l.Object.Size), 8); b != nil && !bytes.Equal(b, make([]byte, 8)) { // ma_used
			r.failf("the dict at %#x is being changed: it has items, and none in its table", uint64(o))
		}
	}
	return t, r.err == nil
}

// keyAt returns the key of the i-th entry; 0 when it was deleted.
func (r *Reader) keyAt(t *table, i uint64) Ref {
	return r.Ref(t.entries + i*t.stride + t.key)
}

// valueAt returns the value of the i-th entry; 0 when there is none.
func (r *Reader) valueAt(t *table, i uint64) Ref {
	if t.split {
		return r.Ref(t.value + 8*i)
	}
	return r.Ref(t.entries + i*t.stride + t.key + 8)
}

// items goes through a table in the order of insertion.
func (r *Reader) items(t table) iter.Seq2[Ref, Ref] {
	return func(yield func(Ref, Ref) bool) {
		n := t.count
		if t.order != 0 {
			n = min(t.used, t.count)
		}
		for i := range n {
			r.spend()
			at := i
			if t.order != 0 {
				if at = uint64(r.U8(t.order + i*t.step)); at >= t.count {
					r.failf("the values of a dict at %#x name the entry %d of %d", t.value, at, t.count)
				}
			}
			k, v := r.keyAt(&t, at), r.valueAt(&t, at)
			if r.err != nil {
				return
			}
			if k != 0 && v != 0 && !yield(k, v) {
				return
			}
		}
	}
}

// Dict goes through the items of a dict, or of what derives from it, in the
// order of insertion. (An OrderedDict has another order of its own, which
// move_to_end changes; this one is the dict's.)
func (r *Reader) Dict(o Ref) iter.Seq2[Ref, Ref] {
	return func(yield func(Ref, Ref) bool) {
		if !r.is(o, flagDict, "dict") {
			return
		}
		if t, ok := r.dictTable(o); ok {
			r.items(t)(yield)
		}
	}
}

// StrDict returns the value of a str key of a dict; 0 when it is not there.
// It goes through the keys, since a hash cannot be computed from outside.
func (r *Reader) StrDict(o Ref, key string) Ref {
	if !r.is(o, flagDict, "dict") {
		return 0
	}
	return r.lookup(o, key)
}

// lookup is StrDict of what is known to be a dict.
func (r *Reader) lookup(o Ref, key string) Ref {
	t, ok := r.dictTable(o)
	if !ok {
		return 0
	}
	i, ok := r.find(&t, key)
	if !ok {
		return 0
	}
	return r.valueAt(&t, i)
}

// find returns the index of the entry with a str key. Names of attributes are
// interned: mostly it is the same object as the last time.
func (r *Reader) find(t *table, key string) (uint64, bool) {
	if known := r.interned[key]; known != 0 {
		for i := uint64(0); i < t.count && r.err == nil; i++ {
			r.spend()
			if r.keyAt(t, i) == known {
				return i, true
			}
		}
	}
	for i := range t.count {
		r.spend()
		k := r.keyAt(t, i)
		if k != 0 && r.strIs(k, key) {
			r.intern(key, k)
			return i, r.err == nil
		}
		if r.err != nil {
			break
		}
	}
	return 0, false
}

// intern remembers the object that a key was.
func (r *Reader) intern(key string, k Ref) {
	if len(r.interned) >= 1<<12 {
		clear(r.interned)
	}
	r.interned[key] = k
}
