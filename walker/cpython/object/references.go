package object

// References returns how many references there are to an object, which counts
// them: ob_refcnt, whose lower half has it in every version. It is 0 where that
// cannot be relied on: of an object that weak references lead to as well, or
// that is never freed.
//
// https://github.com/python/cpython/blob/v3.14.0/Include/refcount.h#L36
func (r *Reader) References(o Ref) int {
	const immortal = 1 << 28 // whatever has as many is: far more than there are words
	n := r.U32(o.at(r.l.Object.Type - 8))
	if offset := r.I64(r.Ref(o.at(r.l.Object.Type)).at(r.l.Type.WeakList)); offset != 0 && r.U64(uint64(o)+uint64(offset)) != 0 {
		return 0
	}
	if r.err != nil || n >= immortal {
		return 0
	}
	return int(n)
}
