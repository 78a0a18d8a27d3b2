package object

import (
	"encoding/binary"
	"testing"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

// TestReader has words in pages, across them, in pieces of pages and nowhere.
func TestReader(t *testing.T) {
	whole := make([]byte, 3*pageSize)
	for i := range len(whole) / 8 {
		binary.LittleEndian.PutUint64(whole[8*i:], uint64(i))
	}
	img := dlvext.NewImage(map[uint64][]byte{0x10000: whole, 0x20010: []byte("in a piece of a page\x00and more")})
	for _, recorded := range []bool{false, true} {
		if recorded {
			dlvext.Record(img)
		}
		r := NewReader(img, &layout.Layout{})
		for range 2 {
			for _, i := range []uint64{0, 1, 511, 512, 1024, 1535} {
				if got := r.U64(0x10000 + 8*i); got != i {
					t.Errorf("word %d is %d (recorded %v)", i, got, recorded)
				}
			}
		}
		if got := r.U64(0x10000 + pageSize - 4); got != 512<<32 {
			t.Errorf("a word across two pages is %#x", got)
		}
		if got := r.CString(0x20010); got != "in a piece of a page" {
			t.Errorf("the string is %q", got)
		}
		if got := string(r.Bytes(0x20013, 7)); got != "a piece" {
			t.Errorf("the bytes are %q", got)
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		if got := r.U64(0x20008); got != 0 || r.Err() == nil {
			t.Errorf("a word that is not there is %#x, with %v", got, r.Err())
		}
		if got := r.U64(0x10008); got != 0 {
			t.Errorf("after a failure a word is read as %#x", got)
		}
		if err := r.Take(); err == nil || r.Err() != nil {
			t.Errorf("Take returns %v and leaves %v", err, r.Err())
		}
		if got := r.U64(0x10008); got != 1 {
			t.Errorf("after Take a word is read as %#x", got)
		}
	}
	bytes := 0
	for _, part := range dlvext.ReadSet(img) {
		bytes += part.Len
	}
	if bytes > 200 {
		t.Errorf("of an image that is recorded %d bytes were read, for a hundred", bytes)
	}
}
