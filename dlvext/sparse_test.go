package dlvext

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Whatever pieces there are, a read returns exactly what they say, or a fault
// when one byte of it is in none of them.
func TestSparseReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const base, size = 0x1000, 200
		model := make([]int, size) // -1: not known
		for i := range model {
			model[i] = -1
		}
		// What memory has at an address is the same in every piece: pieces of
		// one stopped process overlap without contradiction.
		content := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "content")
		var pieces []piece
		for range rapid.IntRange(0, 12).Draw(t, "pieces") {
			at := rapid.IntRange(0, size-1).Draw(t, "at")
			n := rapid.IntRange(0, size-at).Draw(t, "n")
			p := piece{addr: uint64(base + at), size: n, data: content[at : at+n]}
			if rapid.Bool().Draw(t, "zeros") {
				clear(content[at : at+n])
				p.data = nil
			}
			pieces = append(pieces, p)
			for i := at; i < at+n; i++ {
				model[i] = 0
			}
		}
		for i := range model {
			if model[i] == 0 {
				model[i] = int(content[i])
			}
		}
		s := newSparse(pieces, nil, "not there")
		for range 20 {
			at := rapid.IntRange(-5, size+5).Draw(t, "read at")
			n := rapid.IntRange(0, 60).Draw(t, "bytes")
			want := make([]byte, 0, n)
			for i := at; i < at+n; i++ {
				if i < 0 || i >= size || model[i] < 0 {
					want = nil
					break
				}
				want = append(want, byte(model[i]))
			}
			got := make([]byte, n)
			err := s.Read(uint64(base+at), got)
			many := s.ReadMany([]Range{{Addr: uint64(base + at), Len: n}})[0]
			switch {
			case want == nil && (err == nil || many != nil):
				t.Fatalf("%d bytes at %d: a read of what is not there succeeded", n, at)
			case want != nil && (err != nil || !bytes.Equal(got, want) || many == nil || !bytes.Equal(many, want)):
				t.Fatalf("%d bytes at %d: got %v, %v and %v, want %v", n, at, got, err, many, want)
			}
		}
	})
}

func TestFaultSaysWhereAndWhy(t *testing.T) {
	img := NewImage(map[uint64][]byte{0x1000: {1, 2, 3, 4}})
	err := img.Memory.Read(0x1002, make([]byte, 4))
	var fault *Fault
	if !errors.As(err, &fault) || fault.Addr != 0x1002 || fault.Len != 4 {
		t.Fatalf("got %v", err)
	}
	if got, want := err.Error(), "cannot read 4 bytes at 0x1002: not there"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Addresses and lengths come from targets.
func TestAbsurdRangesAreFaults(t *testing.T) {
	img := NewImage(map[uint64][]byte{0: make([]byte, 16), math.MaxUint64 - 15: make([]byte, 15)})
	for _, r := range []Range{{0, -1}, {0, math.MaxInt}, {8, maxRead + 1}, {math.MaxUint64, 1}, {math.MaxUint64 - 8, 16}} {
		if got := ReadMany(img.Memory, []Range{r}); got[0] != nil {
			t.Errorf("%+v was read", r)
		}
	}
	if err := img.Memory.Read(math.MaxUint64-15, make([]byte, 15)); err != nil {
		t.Error(err)
	}
}
