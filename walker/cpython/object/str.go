package object

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/dlv-async/dlv-async/walker"
)

const maxString = walker.MaxString

func validUTF8(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// text is the characters of a str where they lie.
//
// https://github.com/python/cpython/blob/v3.12.1/Include/cpython/unicodeobject.h#L48
type text struct {
	data  uint64
	width int // bytes of a character
	count int
	ascii bool
}

// Bits of the state of a str: the same in all versions.
const (
	kindShift  = 2 // 3 bits: the width of a character
	compactBit = 1 << 5
	asciiBit   = 1 << 6
)

// text returns where the characters of a str, or of an object of a class
// derived from it, lie.
func (r *Reader) text(o Ref) (t text, ok bool) {
	if !r.is(o, flagStr, "str") {
		return text{}, false
	}
	return r.textOf(o)
}

// textOf is text of what is known to be a str.
func (r *Reader) textOf(o Ref) (t text, ok bool) {
	u := &r.l.Unicode
	length, state := r.I64(o.at(u.Length)), r.U32(o.at(u.State))
	if r.err != nil {
		return text{}, false
	}
	t = text{width: int(state >> kindShift & 7), ascii: state&asciiBit != 0, count: int(length)}
	if t.width != 1 && t.width != 2 && t.width != 4 || length < 0 || length > 1<<48 {
		r.failf("no str is at %#x: its kind is %d, its length %d", uint64(o), t.width, length)
		return text{}, false
	}
	switch {
	case state&compactBit == 0: // of a subclass: PyUnicodeObject.data
		t.data = r.U64(o.at(u.Compact))
	case t.ascii:
		t.data = o.at(u.ASCII)
	default:
		t.data = o.at(u.Compact)
	}
	return t, r.err == nil
}

// Str reads a str, or what derives from it. Of more than walker.MaxString
// characters the rest is cut, and an ellipsis stands for it. Surrogates, which
// are no characters, become U+FFFD.
func (r *Reader) Str(o Ref) string {
	t, ok := r.text(o)
	if !ok {
		return ""
	}
	return r.decode(t)
}

// plain reads a str without asking its type for more than its flags, and so
// serves to read types; false when it is none.
func (r *Reader) plain(o Ref) (string, bool) {
	flags := r.U64(r.Ref(o.at(r.l.Object.Type)).at(r.l.Type.Flags))
	if r.err != nil || flags&flagStr == 0 {
		return "", false
	}
	t, ok := r.textOf(o)
	if !ok {
		return "", false
	}
	return r.decode(t), r.err == nil
}

// decode reads the characters.
func (r *Reader) decode(t text) string {
	if t.ascii && t.count <= maxString {
		return r.asciiString(t)
	}
	runes, cut := r.runes(t, maxString)
	var b strings.Builder
	for _, c := range runes {
		b.WriteRune(c) // a surrogate is written as U+FFFD
	}
	if cut {
		b.WriteRune('…')
	}
	return b.String()
}

// asciiString is the whole of a string whose state says that it is ASCII.
func (r *Reader) asciiString(t text) string {
	b := r.Bytes(t.data, t.count)
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return validUTF8(b)
		}
	}
	return string(b)
}

// runes reads the first characters of a string, and says whether there are
// more. Surrogates are among them as they are.
func (r *Reader) runes(t text, limit int) (out []rune, cut bool) {
	n := min(t.count, limit)
	b := r.Bytes(t.data, n*t.width)
	if b == nil {
		return nil, false
	}
	out = make([]rune, n)
	for i := range out {
		switch t.width {
		case 1:
			out[i] = rune(b[i])
		case 2:
			out[i] = rune(binary.LittleEndian.Uint16(b[2*i:]))
		default:
			out[i] = rune(min(binary.LittleEndian.Uint32(b[4*i:]), utf8.MaxRune+1))
		}
	}
	return out, n < t.count
}

// strIs tells whether an object is this str; others are told apart by their
// length, mostly.
func (r *Reader) strIs(o Ref, want string) bool {
	if r.U64(r.Ref(o.at(r.l.Object.Type)).at(r.l.Type.Flags))&flagStr == 0 {
		return false
	}
	u := &r.l.Unicode
	if state := r.U32(o.at(u.State)); state&(compactBit|asciiBit) == compactBit|asciiBit {
		if r.U64(o.at(u.Length)) != uint64(len(want)) {
			return false
		}
		b := r.Bytes(o.at(u.ASCII), len(want))
		return b != nil && string(b) == want
	}
	t, ok := r.textOf(o)
	if !ok || t.count > len(want) {
		return false
	}
	runes, _ := r.runes(t, len(want))
	return r.err == nil && string(runes) == want
}
