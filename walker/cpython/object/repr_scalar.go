package object

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// mostDigits is how many 30-bit digits of an int are turned into decimal ones,
// which takes time by the square: some 1,200 decimal digits.
const mostDigits = 128

func (p *printer) int(o Ref, _ int) {
	if v, ok := p.r.Int(o); ok {
		p.print(strconv.FormatInt(v, 10))
		return
	}
	if v := p.r.bigInt(o, mostDigits); v != nil {
		p.print(v.String())
		return
	}
	if n, _, ok := p.r.digits(o); ok {
		p.printf("<int of about %d bits>", n*digitBits)
	}
}

// floatText is a float as Python prints it.
//
// https://github.com/python/cpython/blob/v3.12.1/Python/pystrtod.c (format_float_short)
func floatText(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	case math.IsNaN(v):
		return "nan"
	}
	s := strconv.FormatFloat(v, 'e', -1, 64)
	exponent, _ := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	if exponent < -4 || exponent >= 16 {
		return s
	}
	s = strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.ContainsRune(s, '.') {
		s += ".0"
	}
	return s
}

func (p *printer) complex(o Ref, _ int) {
	at := o.at(p.r.l.Container.FloatValue)
	re, im := math.Float64frombits(p.r.U64(at)), math.Float64frombits(p.r.U64(at+8))
	part := func(v float64) string { return strings.TrimSuffix(floatText(v), ".0") }
	if re == 0 && !math.Signbit(re) {
		p.print(part(im) + "j")
		return
	}
	sign := "+"
	if s := part(im); s[0] == '-' {
		sign = ""
	}
	p.print("(" + part(re) + sign + part(im) + "j)")
}

func (p *printer) str(o Ref, _ int) {
	t, ok := p.r.text(o)
	if !ok {
		return
	}
	if p.b.Redact {
		p.printf("<str of %d>", t.count)
		return
	}
	runes, cut := p.r.runes(t, p.b.String)
	if p.r.err == nil {
		p.print(quoted(runes))
		p.ellipsis(cut)
	}
}

func (p *printer) ellipsis(cut bool) {
	if cut {
		p.print("…")
	}
}

// bytes prints bytes, and a bytearray as what is made of them.
func (p *printer) bytes(o Ref, _ int) {
	b, n := p.r.Buffer(o, p.b.String)
	if p.r.err != nil {
		return
	}
	array := p.r.Type(o).full == "bytearray"
	switch {
	case p.b.Redact && array:
		p.printf("<bytearray of %d>", n)
		return
	case p.b.Redact:
		p.printf("<bytes of %d>", n)
		return
	case array:
		p.print("bytearray(")
		defer p.print(")")
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
		if c >= 0x7f { // no character, whatever it would be as one
			runes[i] = rune(c) | rawByte
		}
	}
	p.print("b" + quoted(runes))
	p.ellipsis(len(b) < n)
}

// rawByte marks a byte that is printed by its number.
const rawByte = 1 << 30

// quoted is a string with quotes and escapes, as Python prints it: single
// quotes, unless those alone are in it. Surrogates, control characters and
// whatever else is not printable is escaped.
//
// https://github.com/python/cpython/blob/v3.12.1/Objects/unicodeobject.c (unicode_repr)
func quoted(runes []rune) string {
	quote := '\''
	if slices.Contains(runes, '\'') && !slices.Contains(runes, '"') {
		quote = '"'
	}
	const hex = "0123456789abcdef"
	out := []byte{byte(quote)}
	number := func(prefix byte, digits int, c rune) {
		out = append(out, '\\', prefix)
		for i := digits - 1; i >= 0; i-- {
			out = append(out, hex[c>>(4*i)&15])
		}
	}
	for _, c := range runes {
		switch {
		case c == quote || c == '\\':
			out = append(out, '\\', byte(c))
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\r':
			out = append(out, `\r`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c&rawByte != 0:
			number('x', 2, c&0xff)
		case unicode.IsPrint(c):
			out = append(out, string(c)...)
		case c < 0x100:
			number('x', 2, c)
		case c < 0x10000:
			number('u', 4, c)
		default:
			number('U', 8, c)
		}
	}
	return string(append(out, byte(quote)))
}
