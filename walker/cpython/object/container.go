package object

import "encoding/binary"

// refs reads an array of pointers. It takes memory for what is there, not
// for what is claimed.
func (r *Reader) refs(addr uint64, n int64) []Ref {
	if r.err != nil {
		return nil
	}
	const part = 4096
	out := make([]Ref, 0, min(n, part))
	for n > 0 {
		m := min(n, part)
		b := r.Bytes(addr, int(8*m))
		if b == nil {
			return nil
		}
		for i := range m {
			out = append(out, Ref(binary.LittleEndian.Uint64(b[8*i:])))
		}
		n, addr = n-m, addr+uint64(8*m)
	}
	return out
}

// Tuple returns the items of a tuple, or of what derives from it, as named
// tuples do.
func (r *Reader) Tuple(o Ref) []Ref {
	items, _ := r.tuple(o, maxItems)
	return items
}

// tuple returns the first items of a tuple, and how many it has.
func (r *Reader) tuple(o Ref, limit int64) ([]Ref, int64) {
	if !r.is(o, flagTuple, "tuple") {
		return nil, 0
	}
	n := r.length(o)
	return r.refs(o.at(r.l.Container.TupleItems), min(n, limit)), n
}

// length is ob_size of what has items.
func (r *Reader) length(o Ref) int64 {
	n := r.I64(o.at(r.l.Object.Size))
	if n < 0 || n > maxItems {
		r.failf("the object at %#x claims to have %d items", uint64(o), n)
		return 0
	}
	return n
}

// List returns the items of a list, or of what derives from it.
func (r *Reader) List(o Ref) []Ref {
	items, _ := r.list(o, maxItems)
	return items
}

// list returns the first items of a list, and how many it has.
func (r *Reader) list(o Ref, limit int64) ([]Ref, int64) {
	if !r.is(o, flagList, "list") {
		return nil, 0
	}
	n := r.length(o)
	if n == 0 {
		return nil, 0 // there may be no array
	}
	return r.refs(r.U64(o.at(r.l.Container.ListItems)), min(n, limit)), n
}

// isSet tells whether a type is set, frozenset, or derives from them.
func isSet(t *Type) bool { return t.Inherits("set") || t.Inherits("frozenset") }

// Set returns the items of a set or frozenset, or of what derives from them,
// in the order in which Python goes through them.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/setobject.h
func (r *Reader) Set(o Ref) []Ref {
	items, _ := r.set(o, maxItems)
	return items
}

// set returns the first items of a set, and how many it has.
func (r *Reader) set(o Ref, limit int64) ([]Ref, int64) {
	if t := r.Type(o); r.err == nil && !isSet(t) {
		r.failf("a set should be at %#x, and it is a %s", uint64(o), t.full)
	}
	l := &r.l.Container
	used, mask, table := r.I64(o.at(l.SetUsed)), r.U64(o.at(l.SetMask)), r.U64(o.at(l.SetTable))
	if r.err != nil {
		return nil, 0
	}
	if used < 0 || used > maxItems || uint64(used) > mask || mask > 1<<30 {
		r.failf("the set at %#x claims to have %d items in %d places", uint64(o), used, mask)
		return nil, 0
	}
	var out []Ref
	for i := uint64(0); i <= mask && int64(len(out)) < min(used, limit); i++ {
		r.spend()
		k := r.Ref(table + 16*i)
		// The place of an item that was removed has a dummy with the hash -1,
		// which no object has.
		if k != 0 && r.I64(table+16*i+8) != -1 {
			out = append(out, k)
		}
		if r.err != nil {
			return nil, 0
		}
	}
	if int64(len(out)) < min(used, limit) {
		r.failf("the set at %#x has %d items, and not %d", uint64(o), len(out), used)
		return nil, 0
	}
	return out, used
}

// dequeBlock is the number of items in one block of a deque.
//
// https://github.com/python/cpython/blob/v3.12.1/Modules/_collectionsmodule.c (BLOCKLEN)
const dequeBlock = 64

// Deque returns the items of a collections.deque, or of what derives from it.
func (r *Reader) Deque(o Ref) []Ref {
	items, _ := r.deque(o, maxItems)
	return items
}

// deque returns the first items of a deque, and how many it has.
func (r *Reader) deque(o Ref, limit int64) ([]Ref, int64) {
	if t := r.Type(o); r.err == nil && !t.Inherits("collections.deque") {
		r.failf("a deque should be at %#x, and it is a %s", uint64(o), t.full)
	}
	l := &r.l.Container
	n, block, at := r.length(o), r.U64(o.at(l.DequeLeftBlock)), r.U64(o.at(l.DequeLeftIndex))
	if r.err != nil {
		return nil, 0
	}
	if at > dequeBlock {
		r.failf("the deque at %#x claims to begin at place %d of a block", uint64(o), at)
		return nil, 0
	}
	var out []Ref
	left := min(n, limit)
	var round circle
	for left > 0 {
		if round.closes(block) {
			r.failf("the blocks of the deque at %#x go round in a circle", uint64(o))
			return nil, 0
		}
		here := min(int64(dequeBlock-at), left)
		out = append(out, r.refs(block+uint64(l.DequeBlockData)+8*at, here)...)
		left, at = left-here, 0
		if left > 0 {
			block = r.U64(block + uint64(l.DequeBlockRight))
		}
		if r.err != nil {
			return nil, 0
		}
	}
	return out, n
}

// circle finds out whether a list of nodes leads back to itself, by a node
// that was passed and is not to be met again: after 1, 2, 4, 8 ... steps
// another one (Brent's algorithm).
type circle struct {
	past         uint64
	steps, until int
}

// closes is told each node, and says whether it was told that one before: not
// at once, but before the circle was gone round three times.
func (c *circle) closes(node uint64) bool {
	if c.steps > 0 && node == c.past {
		return true
	}
	if c.steps++; c.steps > c.until {
		c.past, c.until = node, 2*c.steps
	}
	return false
}

// WeakSet returns the living items of a weakref.WeakSet.
func (r *Reader) WeakSet(o Ref) []Ref {
	data := r.Attr(o, "data")
	if data == 0 {
		if r.err == nil {
			r.failf("the WeakSet at %#x has no data", uint64(o))
		}
		return nil
	}
	var out []Ref
	for _, w := range r.Set(data) {
		if it := r.Ref(w.at(r.l.Container.WeakObject)); it != 0 && !r.IsNone(it) {
			out = append(out, it)
		}
		if r.err != nil {
			return nil
		}
	}
	return out
}
