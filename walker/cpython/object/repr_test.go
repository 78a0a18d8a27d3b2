package object

import (
	"strings"
	"testing"
)

// TestBounds has the objects of a recording printed with less room.
func TestBounds(t *testing.T) {
	p := replay(t, "3.12")
	r := NewReader(p.img, p.layout)
	byName := map[string]Ref{}
	for _, o := range p.says {
		byName[o[0]] = ref(t, o[1])
	}
	describe := func(_ Ref, t *Type) string { return "<a " + t.FullName() + "\n>" }
	for _, c := range []struct {
		name   string
		bounds Bounds
		want   string
	}{
		{"str ascii", Bounds{}, "'hello'"},
		{"str ascii", Bounds{String: 3}, "'hel'…"},
		{"str ascii", Bounds{Length: 4}, "'hel…"},
		{"str cjk", Bounds{Length: 3}, "'…"},
		{"str ascii", Bounds{Redact: true}, "<str of 5>"},
		{"bytes", Bounds{String: 2}, "b'ab'…"},
		{"bytearray", Bounds{Redact: true}, "<bytearray of 3>"},
		{"list", Bounds{Items: 2}, "[1, 'a', …]"},
		{"list", Bounds{Redact: true}, "[1, <str of 1>, None]"},
		{"nested", Bounds{Depth: 1}, "[[…], {…}]"},
		{"dict", Bounds{Redact: true}, "{<str of 1>: 1, <str of 1>: [2]}"},
		{"dict", Bounds{Hide: func(name string) bool { return name == "b" }}, "{'a': 1, 'b': <hidden>}"},
		{"dict", Bounds{Items: 1}, "{'a': 1, …}"},
		{"dataclass", Bounds{Redact: true}, "Order(id=7, items=[<str of 1>])"},
		{"dataclass", Bounds{Hide: func(name string) bool { return name == "id" }}, "Order(id=<hidden>, items=['x'])"},
		{"dataclass", Bounds{Depth: 1}, "Order(id=7, items=[…])"},
		{"dataclass", Bounds{Items: 1}, "Order(id=7, …)"},
		{"exception", Bounds{Redact: true}, "ValueError(<str of 1>)"},
		{"MyStr 'h\xc3\xa9 \u4f60'", Bounds{Redact: true}, "MyStr(<str of 4>)"},
		{"namedtuple", Bounds{Redact: true}, "Point(x=1, y=<str of 1>)"},
		{"enum of str", Bounds{Redact: true}, "<Color.GREEN: <str of 1>>"},
		{"twice", Bounds{Describe: describe}, "[[7], [7]]"},
		{"slots", Bounds{Describe: describe}, "<a __main__.Slots\\n>"},
	} {
		if byName[c.name] == 0 {
			t.Errorf("there is no %s", c.name)
		}
		if got := r.Repr(byName[c.name], c.bounds); got != c.want {
			t.Errorf("%s with %+v is %s, want %s", c.name, c.bounds, got, c.want)
		}
	}
	// Whatever it is, redacted it has nothing of the strings.
	for _, o := range p.says {
		got := r.Repr(ref(t, o[1]), Bounds{Length: 2000, Redact: true})
		for _, s := range []string{"hello", "it's", "captured", "No such file", "x'", "two", "again", "deep"} {
			if strings.Contains(got, s) {
				t.Errorf("%s, redacted, is %s", o[0], got)
			}
		}
	}
	if got := r.Repr(0, Bounds{}); got != "<NULL>" {
		t.Errorf("NULL is %s", got)
	}
}
