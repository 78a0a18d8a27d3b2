package object

// SimpleQueue returns the items of a queue.SimpleQueue, the next one first; not
// ok: o is none of C.
//
//   - https://github.com/python/cpython/blob/v3.12.1/Modules/_queuemodule.c#L19
//   - https://github.com/python/cpython/blob/v3.13.0/Modules/_queuemodule.c#L22
func (r *Reader) SimpleQueue(o Ref) (items []Ref, ok bool) {
	if o == 0 || r.Type(o).FullName() != "_queue.SimpleQueue" {
		return nil, false
	}
	l := &r.l.Container
	if l.SimpleList >= 0 {
		all, from := r.List(r.Ref(o.at(l.SimpleList))), r.I64(o.at(l.SimpleListPos))
		if r.err != nil || from < 0 || from > int64(len(all)) {
			r.failf("the queue at %#x claims to begin at item %d of %d", uint64(o), from, len(all))
			return nil, false
		}
		return all[from:], true
	}
	get, n, room := r.I64(o.at(l.RingGet)), r.I64(o.at(l.RingUsed)), r.I64(o.at(l.RingCapacity))
	if r.err == nil && (n < 0 || n > room || room > maxItems || get < 0 || room > 0 && get >= room) {
		r.failf("the queue at %#x claims %d items of %d, from %d on", uint64(o), n, room, get)
	}
	ring := r.refs(r.U64(o.at(l.RingItems)), max(room, 0))
	if r.err != nil {
		return nil, false
	}
	for i := range n {
		items = append(items, ring[(get+i)%room])
	}
	return items, true
}
