package render_test

import (
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// hostile are strings that would do something to a terminal, or to a line.
var hostile = []string{
	"\x1b[31m\x1b[2J\x1b]0;title\a\x1b]8;;http://evil\x1b\\link",
	"\n\r\v\f\x00\x7f\b\t",
	"\u009b31m\u0085\u2028\u2029",
	"\u202egnp.exe\u2066\u200f\ufeff\u200b\u00ad",
	"\xff\xfe\x9b31m",
	"日本語ｗｉｄｅ👩‍👩‍👧 e\u0301\u0301",
	strings.Repeat("long", 200),
	"a b  c ",
}

var looks = []render.Options{
	{Width: 80}, {Width: 20}, {Width: 40, ASCII: true}, {Width: 200, Full: true, System: true}, {Width: 80, Limit: 1},
	{Width: 1}, {Width: 33, Sort: "-wait", Columns: []string{"wait", "at", "id", "since"}},
}

// TestNothingFromTheTargetReachesTheTerminal puts hostile text into every
// string of a snapshot and looks at what each view makes of it.
func TestNothingFromTheTargetReachesTheTerminal(t *testing.T) {
	for _, sample := range smallSamples() {
		for _, evil := range hostile {
			s := sample.build()
			poison(s, evil)
			for _, look := range looks {
				look.Now = now
				for _, v := range views {
					harmless(t, v.name, v.view, s, look)
				}
				harmless(t, "diff", func(w io.Writer, s *graph.Snapshot, o render.Options) error {
					return render.Diff(w, graph.Compare(stuckBefore(), s, o.System), o)
				}, s, look)
				for _, id := range sample.tasks {
					look.Task = id + graph.TaskID(evil)
					for _, v := range taskViews {
						harmless(t, v.name, v.view, s, look)
					}
				}
			}
			if t.Failed() {
				t.Fatalf("sample %s, text %q", sample.name, evil)
			}
		}
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// harmless checks that a view prints lines of visible characters, none wider
// than asked, and that colour adds colour alone.
func harmless(t *testing.T, name string, v view, s *graph.Snapshot, o render.Options) {
	t.Helper()
	plain := text(t, v, s, o)
	width := max(o.Width, 20)
	for line := range strings.Lines(plain) {
		line = strings.TrimSuffix(line, "\n")
		for i, r := range line {
			switch {
			case !strconv.IsPrint(r):
				t.Errorf("%s %+v: %q reaches the terminal in %q", name, o, r, line)
			case r == utf8.RuneError && strings.HasPrefix(line[i:], "\ufffd") == false:
				t.Errorf("%s %+v: invalid UTF-8 in %q", name, o, line)
			case o.ASCII && r > '~':
				t.Errorf("%s %+v: %q is not ASCII in %q", name, o, r, line)
			}
		}
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("%s %+v: %d columns in %q", name, o, w, line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("%s %+v: spaces at the end of %q", name, o, line)
		}
	}
	o.Color = true
	if colored := sgr.ReplaceAllString(text(t, v, s, o), ""); colored != plain {
		t.Errorf("%s %+v: colour changes the text", name, o)
	}
}

// TestNoNumberStopsAView puts the most extreme values into every number.
func TestNoNumberStopsAView(t *testing.T) {
	for _, sample := range smallSamples() {
		for _, n := range []int64{math.MinInt64, -1, 0, math.MaxInt64} {
			s := sample.build()
			alter(s, func(v reflect.Value) {
				switch v.Interface().(type) {
				case graph.ResourceID, graph.GroupID:
					return // sealed: they refer to what is there
				}
				switch v.Kind() {
				case reflect.Int, reflect.Int64:
					v.SetInt(n)
				case reflect.Int32:
					v.SetInt(min(max(n, math.MinInt32), math.MaxInt32))
				case reflect.Uint8:
					v.SetUint(uint64(uint8(n)))
				case reflect.Interface:
					switch v.Interface().(type) {
					case int64:
						v.Set(reflect.ValueOf(n))
					case time.Duration:
						v.Set(reflect.ValueOf(time.Duration(n)))
					}
				}
			})
			for _, v := range views {
				harmless(t, v.name, v.view, s, render.Options{Width: 80, Now: now})
			}
			for _, id := range sample.tasks {
				for _, v := range taskViews {
					harmless(t, v.name, v.view, s, render.Options{Width: 80, Now: now, Task: id})
				}
			}
		}
	}
}

// smallSamples are the samples with few tasks.
func smallSamples() []sampleCase {
	small := slices.Clone(samples)
	small[0].build = func() *graph.Snapshot { return stuckWith(3, 2) }
	return small
}

// poison appends text to every string that the snapshot holds.
func poison(s *graph.Snapshot, text string) {
	alter(s, func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + text)
		case reflect.Interface:
			if s, ok := v.Interface().(string); ok {
				v.Set(reflect.ValueOf(s + text))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				value := v.MapIndex(k).String()
				v.SetMapIndex(k, reflect.Value{})
				v.SetMapIndex(reflect.ValueOf(k.String()+text), reflect.ValueOf(value+text))
			}
		}
	})
}

// alter applies change once to every exported value that the snapshot holds.
func alter(s *graph.Snapshot, change func(reflect.Value)) {
	seen := map[any]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.Interface()] {
				seen[v.Interface()] = true
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			if v.Len() > 0 && !seen[v.Index(0).Addr().Interface()] {
				seen[v.Index(0).Addr().Interface()] = true
				for i := range v.Len() {
					walk(v.Index(i))
				}
			}
		default:
			change(v)
		}
	}
	walk(reflect.ValueOf(s))
}
