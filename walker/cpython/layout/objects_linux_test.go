package layout

import (
	"encoding/binary"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// What running programs say of their objects stands where the layout says:
// on CPythons without debug information too.
func TestLayoutsFindWhatObjectsHold(t *testing.T) {
	for _, p := range testtarget.Pythons(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			tg := testtarget.StartPython(t, p, "layout_objects.py")
			var facts []fact
			if err := json.Unmarshal([]byte(tg.Command(t, "facts")), &facts); err != nil {
				t.Fatal(err)
			}
			img := open(t, tg.PID)
			i := only(t, img)
			l, runtime := i.Layout, i.Runtime
			seen := map[string]bool{}
			for _, f := range facts {
				f.check(t, img, l, runtime)
				seen[strings.Join(f.steps, ",")] = true
			}
			t.Logf("%s: %d facts hold of %d places", l.Version, len(facts), len(seen))
			if len(seen) < 80 {
				t.Errorf("the program told of no more than %d places", len(seen))
			}
		})
	}
}

// fact is what testdata/python/layout_objects.py tells.
type fact struct {
	addr  uint64
	steps []string
	size  int // 0: a Bit
	value uint64
	name  string // of the value, when the layout has it
}

func (f *fact) UnmarshalJSON(text []byte) error {
	var parts [4]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	for n, to := range []any{&f.addr, &f.steps, &f.size} {
		if err := json.Unmarshal(parts[n], to); err != nil {
			return err
		}
	}
	if json.Unmarshal(parts[3], &f.name) == nil {
		return nil
	}
	return json.Unmarshal(parts[3], &f.value)
}

func (f fact) check(t *testing.T, img *dlvext.Image, l *Layout, runtime uint64) {
	t.Helper()
	want := f.value
	if f.name != "" {
		want = uint64(number(t, l, f.name))
	}
	if f.addr == 0 {
		f.checkInterpreter(t, img, l, runtime)
		return
	}
	got := uint64(0)
	switch {
	case f.steps[0] == "awaited":
		got = awaited(t, img, l, f.addr)
	case f.size == 0:
		bit := value(l, f.steps[0]).Interface().(Bit)
		if load(t, img, f.addr+uint64(bit.Offset), 1)&uint64(bit.Mask) != 0 {
			got = 1
		}
	default:
		addr := f.addr
		for n, step := range f.steps {
			if n > 0 {
				addr = load(t, img, addr, 8)
			}
			for part := range strings.SplitSeq(step, "+") {
				addr += uint64(number(t, l, part))
			}
		}
		got = load(t, img, addr, f.size)
		if l.Frame.Tagged && strings.Contains(f.steps[0], "Frame.") {
			got &^= 3
		}
	}
	want &= 1<<(8*max(f.size, 1)) - 1 // of 8 bytes: all of it
	if got != want {
		t.Errorf("%s is %#x, and not %#x", strings.Join(f.steps, ", there "), got, want)
	}
}

// awaited is what a suspended generator awaits, by the top of its stack.
func awaited(t *testing.T, img *dlvext.Image, l *Layout, gen uint64) uint64 {
	t.Helper()
	frame := gen + uint64(l.Gen.Frame)
	if !l.Gen.Embedded {
		frame = load(t, img, frame, 8)
	}
	below := uint64(8 * l.Gen.AwaitedDepth)
	switch {
	case l.Frame.StackTop != Absent:
		return load(t, img, load(t, img, frame+uint64(l.Frame.StackTop), 8)-below, 8) &^ 3
	case l.Frame.ValueStack != Absent:
		depth := load(t, img, frame+uint64(l.Frame.StackDepth), 4)
		return load(t, img, load(t, img, frame+uint64(l.Frame.ValueStack), 8)+8*depth-below, 8)
	}
	depth := load(t, img, frame+uint64(l.Frame.StackDepth), 4)
	return load(t, img, frame+uint64(l.Frame.LocalsPlus)+8*depth-below, 8)
}

func load(t *testing.T, img *dlvext.Image, addr uint64, size int) uint64 {
	t.Helper()
	buf := make([]byte, 8)
	if err := img.Memory.Read(addr, buf[:size]); err != nil {
		t.Error(err)
	}
	return binary.LittleEndian.Uint64(buf)
}

// number is a field of the layout by its path, or a number as it is written.
func number(t *testing.T, l *Layout, path string) int64 {
	t.Helper()
	if n, err := strconv.Atoi(path); err == nil {
		return int64(n)
	}
	n := value(l, path).Int()
	if n == Absent && !strings.HasPrefix(path, "Gen.") {
		t.Errorf("%s has no %s", l.Version, path)
	}
	return n
}

func value(l *Layout, path string) reflect.Value {
	v := reflect.ValueOf(l).Elem()
	for name := range strings.SplitSeq(path, ".") {
		v = v.FieldByName(name)
	}
	return v
}
