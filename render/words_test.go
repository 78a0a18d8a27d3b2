package render

import (
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1214: "1,214", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %s, want %s", n, got, want)
		}
	}
}

// TestDuration holds that what is written is never longer than what is meant:
// a lower bound stays one.
func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                     "0 ns",
		300 * time.Microsecond:                "300 µs",
		11*time.Millisecond + 999:             "11 ms",
		2199 * time.Millisecond:               "2.1 s",
		59*time.Second + 999*time.Millisecond: "59 s",
		119 * time.Second:                     "119 s",
		3*time.Minute + 59*time.Second:        "3 min",
		2*time.Hour + 5*time.Minute:           "2 h 5 min",
		2 * time.Hour:                         "2 h",
		25 * time.Hour:                        "1 day 1 h",
		76 * time.Hour:                        "3 days",
		1200 * 24 * time.Hour:                 "1,200 days",
		-5 * time.Second:                      "-5.0 s",
		time.Duration(-1 << 63):               "-106,751 days",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%d) = %s, want %s", d, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	v := newView(nil, nil, Options{})
	for _, c := range []struct {
		name   string
		origin graph.Origin
		want   string
	}{
		{"github.com/acme/orders/store.(*Store).Transfer", graph.OriginUser, "store.(*Store).Transfer"},
		{"net/http.(*conn).serve", graph.OriginStdlib, "net/http.(*conn).serve"},
		{"github.com/jackc/pgx/v5.(*Conn).Query", graph.OriginLibrary, "pgx/v5.(*Conn).Query"},
		{"gopkg.in/yaml%2ev3.Unmarshal", graph.OriginLibrary, "yaml.v3.Unmarshal"},
		{"slices.SortFunc[go.shape.[]github.com/a/b.T,go.shape.int]", graph.OriginStdlib, "slices.SortFunc[...]"},
		{"example.com/a/b.(*Set[go.shape.string]).Each.func1", graph.OriginUser, "b.(*Set[...]).Each.func1"},
		{"broken[", graph.OriginUser, "broken[...]"},
		{"orders.api.Server.handle", graph.OriginUser, "orders.api.Server.handle"},
		{"__main__.main", graph.OriginUser, "__main__.main"},
		{"__main__.main.<locals>.worker", graph.OriginUser, "__main__.main.<locals>.worker"},
		{"shop.v2.Store.<lambda>", graph.OriginUser, "shop.v2.Store.<lambda>"},
		{"shop.stats.mean.<locals>.<genexpr>", graph.OriginLibrary, "shop.stats.mean.<locals>.<genexpr>"},
		{"shop.boxes.<generic parameters of pack>", graph.OriginUser, "shop.boxes.<generic parameters of pack>"},
		{"asyncio.locks.Lock.acquire", graph.OriginStdlib, "asyncio.locks.Lock.acquire"},
		{"", graph.OriginUser, "function not known"},
	} {
		if got := v.function(&graph.Frame{Func: c.name, Origin: c.origin}); got != c.want {
			t.Errorf("function(%q) = %q, want %q", c.name, got, c.want)
		}
	}
	for in, want := range map[string]string{
		"chan github.com/a/b.T":                   "chan b.T",
		"asyncio.locks.Lock":                      "asyncio.locks.Lock",
		"map[string]*example.com/x/y.Z":           "map[string]*y.Z",
		"chan struct{ A net/http.Header; B int }": "chan struct{ A http.Header; B int }",
	} {
		if got := typeName(in); got != want {
			t.Errorf("typeName(%q) = %q, want %q", in, got, want)
		}
	}
	for _, c := range []struct {
		file string
		line int
		want string
	}{{"/src/a/store.go", 88, "store.go:88"}, {`C:\src\store.go`, 8, "store.go:8"}, {"/src/store.go", 0, "store.go"}, {"", 5, ""}} {
		if got := location(&graph.Frame{File: c.file, Line: c.line}); got != c.want {
			t.Errorf("location(%q, %d) = %q, want %q", c.file, c.line, got, c.want)
		}
	}
}
