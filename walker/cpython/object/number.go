package object

import (
	"encoding/binary"
	"math"
	"math/big"
)

// digitBits is what each 4-byte digit of an int holds.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/longintrepr.h#L21
const digitBits = 30

// digits returns how many digits an int has, and whether it is negative.
func (r *Reader) digits(o Ref) (n int64, negative, ok bool) {
	if !r.is(o, flagInt, "int") {
		return 0, false, false
	}
	l := &r.l.Int
	size := r.I64(o.at(l.Size))
	if l.Tag {
		n, negative = int64(uint64(size)>>3), size&3 == 2
		if size&3 == 1 {
			n = 0
		}
	} else {
		n, negative = max(size, -size), size < 0
	}
	if n < 0 || n > 1<<40 {
		r.failf("the int at %#x claims to have %d digits", uint64(o), n)
	}
	return n, negative, r.err == nil
}

// Int reads an int or bool; false when it does not fit into 64 bits, or is
// none.
func (r *Reader) Int(o Ref) (int64, bool) {
	n, negative, ok := r.digits(o)
	if !ok || n > 3 {
		return 0, false
	}
	b := r.Bytes(o.at(r.l.Int.Digit), 4*int(n))
	if r.err != nil {
		return 0, false
	}
	var v uint64
	for i := range n {
		d := uint64(binary.LittleEndian.Uint32(b[4*i:]))
		if i == 2 && d >= 1<<(64-2*digitBits) {
			return 0, false
		}
		v |= d << (digitBits * i)
	}
	switch {
	case negative && v <= 1<<63:
		return -int64(v), true
	case !negative && v <= math.MaxInt64:
		return int64(v), true
	}
	return 0, false
}

// bigInt reads an int of up to maxDigits digits; nil when it has more.
func (r *Reader) bigInt(o Ref, maxDigits int64) *big.Int {
	n, negative, ok := r.digits(o)
	if !ok || n > maxDigits {
		return nil
	}
	b := r.Bytes(o.at(r.l.Int.Digit), 4*int(n))
	if r.err != nil {
		return nil
	}
	v, d := new(big.Int), new(big.Int)
	for i := n - 1; i >= 0; i-- {
		v.Lsh(v, digitBits)
		v.Or(v, d.SetUint64(uint64(binary.LittleEndian.Uint32(b[4*i:])&(1<<digitBits-1))))
	}
	if negative {
		v.Neg(v)
	}
	return v
}

// Float reads a float; 0 when it is none.
func (r *Reader) Float(o Ref) float64 {
	if t := r.Type(o); r.err == nil && !t.Inherits("float") {
		r.failf("a float should be at %#x, and it is a %s", uint64(o), t.full)
	}
	v := math.Float64frombits(r.U64(o.at(r.l.Container.FloatValue)))
	if r.err != nil {
		return 0
	}
	return v
}

// Bool tells whether an int or bool is not zero.
func (r *Reader) Bool(o Ref) bool {
	n, _, ok := r.digits(o)
	return ok && n != 0
}
