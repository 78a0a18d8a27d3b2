package object

// Buffer returns the first bytes of a bytes or bytearray, or of what derives
// from them, and how many it has.
func (r *Reader) Buffer(o Ref, limit int) (first []byte, size int) {
	t := r.Type(o)
	data := o.at(r.l.Container.BytesData)
	switch {
	case r.err != nil:
		return nil, 0
	case t.Flags&flagBytes != 0:
	case t.Inherits("bytearray"):
		data = r.U64(o.at(r.l.Container.ByteArrayStart))
	default:
		r.failf("bytes should be at %#x, and it is a %s", uint64(o), t.full)
		return nil, 0
	}
	n := r.I64(o.at(r.l.Object.Size))
	if n < 0 || n > 1<<48 {
		r.failf("the bytes at %#x claim to be %d", uint64(o), n)
	}
	first = r.Bytes(data, int(min(n, int64(limit))))
	if r.err != nil {
		return nil, 0
	}
	return first, int(n)
}
