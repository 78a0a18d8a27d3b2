package dlvext

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestLayers makes memory of random regions in layers, and compares each byte
// with what a table of bytes has, filled in the same order.
func TestLayers(t *testing.T) {
	const size = 64
	content := make([]byte, 4*size)
	for i := range content {
		content[i] = byte(i)
	}
	files := []*view{{size: int64(len(content)), data: content}, nil}

	rapid.Check(t, func(t *rapid.T) {
		var m regionMemory
		var want [size]string // what is at an address: a byte, a reason, or nothing
		for range rapid.IntRange(1, 4).Draw(t, "layers") {
			var layer []region
			var starts [size]bool
			for range rapid.IntRange(0, 6).Draw(t, "regions") {
				start := rapid.IntRange(0, size-1).Draw(t, "start")
				if starts[start] {
					continue // which of two that begin together counts is not said
				}
				starts[start] = true
				layer = append(layer, region{
					start: uint64(start),
					end:   uint64(rapid.IntRange(start, size).Draw(t, "end")),
					view:  rapid.SampledFrom(files).Draw(t, "file"),
					off:   int64(rapid.IntRange(0, size).Draw(t, "offset")),
					why:   rapid.SampledFrom([]string{"lost", "absent"}).Draw(t, "why"),
				})
			}
			m = m.layer(layer)
			var over [size]string
			for start := size - 1; start >= 0; start-- { // so that the first comes last
				for _, r := range layer {
					for a := r.start; r.start == uint64(start) && a < r.end; a++ {
						over[a] = r.why
						if r.view != nil {
							over[a] = fmt.Sprint(content[r.off+int64(a-r.start)])
						}
					}
				}
			}
			for a := range want {
				if want[a] == "" {
					want[a] = over[a]
				}
			}
		}
		for i := 1; i < len(m); i++ {
			if m[i-1].end > m[i].start {
				t.Fatalf("regions %d and %d overlap: %+v", i-1, i, m)
			}
		}
		for a, w := range want {
			var b [1]byte
			err := m.Read(uint64(a), b[:])
			got := fmt.Sprint(b[0])
			if fault, ok := errors.AsType[*Fault](err); ok {
				got = fault.Why
			}
			if w == "" {
				w = whyUnmapped
			}
			if got != w {
				t.Fatalf("at %d there is %s, and it should be %s", a, got, w)
			}
		}
		checkRuns(t, m, size)
	})
}

// checkRuns reads runs of bytes at once, each way, and compares with the
// bytes read one by one.
func checkRuns(t *rapid.T, m regionMemory, size int) {
	start := rapid.IntRange(0, size-1).Draw(t, "from")
	run := make([]byte, rapid.IntRange(0, size-start).Draw(t, "length"))
	err := m.Read(uint64(start), run)
	many := m.ReadMany([]Range{{uint64(start), len(run)}})[0]
	if (many == nil) != (err != nil) {
		t.Fatalf("reading %d bytes at %d: %v, and as one of many: %v", len(run), start, err, many)
	}
	for i := range run {
		var b [1]byte
		one := m.Read(uint64(start+i), b[:])
		if one != nil && err == nil {
			t.Fatalf("%d bytes at %d could be read, and the one at %d not", len(run), start, start+i)
		}
		if err == nil && (run[i] != b[0] || many[i] != b[0]) {
			t.Fatalf("the byte at %d is %d, %d and %d", start+i, run[i], many[i], b[0])
		}
	}
}

func TestMemoryEdges(t *testing.T) {
	data := make([]byte, 32)
	top := ^uint64(0) - 15
	m := regionMemory(nil).layer([]region{{start: top, end: ^uint64(0), view: &view{size: 32, data: data}}})
	for _, c := range []struct {
		addr uint64
		size int
		ok   bool
	}{{top, 15, true}, {top, 16, false}, {top, 32, false}, {top - 1, 2, false}, {0, 1, false}, {top, 0, true}} {
		if err := m.Read(c.addr, make([]byte, c.size)); (err == nil) != c.ok {
			t.Errorf("%d bytes at %#x: %v", c.size, c.addr, err)
		}
	}
	for i, b := range m.ReadMany([]Range{{top, -1}, {top, maxRead + 1}, {top, 16}}) {
		if b != nil {
			t.Errorf("range %d was read", i)
		}
	}
}
