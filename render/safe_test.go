package render

import "testing"

func TestSafe(t *testing.T) {
	for _, c := range []struct{ in, want, ascii string }{
		{"main.main", "main.main", "main.main"},
		{"a\nb\tc\r", `a\nb\tc\r`, `a\nb\tc\r`},
		{"\x1b[31mred\x1b]0;title\a", `\x1b[31mred\x1b]0;title\a`, `\x1b[31mred\x1b]0;title\a`},
		{"\x9b31m", `\x9b31m`, `\x9b31m`},
		{"\u009b31m", `\u009b31m`, `\u009b31m`},
		{"user\u202egnp.exe", `user\u202egnp.exe`, `user\u202egnp.exe`},
		{"zero\u200bwidth", `zero\u200bwidth`, `zero\u200bwidth`},
		{"main.größe·日本", "main.größe·日本", `main.gr\u00f6\u00dfe\u00b7\u65e5\u672c`},
		{"\u2028line", `\u2028line`, `\u2028line`},
		{"half \xe6\x97", `half \xe6\x97`, `half \xe6\x97`},
	} {
		if got := safe(c.in, false); got != c.want {
			t.Errorf("safe(%q) = %q, want %q", c.in, got, c.want)
		}
		if got := safe(c.in, true); got != c.ascii {
			t.Errorf("safe(%q, ascii) = %q, want %q", c.in, got, c.ascii)
		}
	}
}
