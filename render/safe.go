package render

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// safe returns s with everything that a terminal could act on, or that would
// not be seen, written as a Go escape: control characters (\x1b, \n, \u009b),
// bidirectional controls (\u202e), invisible and invalid ones. What stays is
// what [strconv.IsPrint] calls printable; with ascii, only its ASCII part.
func safe(s string, ascii bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x` + hexDigits(s[0]))
		case strconv.IsPrint(r) && (r < utf8.RuneSelf || !ascii):
			b.WriteRune(r)
		case inASCII[r] != "":
			b.WriteString(inASCII[r])
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		s = s[n:]
	}
	return b.String()
}

// inASCII is how what this program itself writes beyond ASCII looks without
// it. That is only met with ascii: printable, it has a case of its own before.
var inASCII = map[rune]string{'→': "->", '…': "...", 'µ': "u"}

// plain reports whether s is printable ASCII, as nearly everything is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func hexDigits(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}
