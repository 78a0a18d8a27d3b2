package object

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker/cpython/layout"
)

var update = flag.Bool("update", false, "record testdata anew, from the Pythons of this machine")

// recorded are the minor versions that recordings are kept of: each has
// something of its own in how objects lie.
var recorded = []string{"3.8", "3.10", "3.11", "3.12", "3.13", "3.14"}

// replayed is a recording of what Repr reads of the objects of objects.py.
type replayed struct {
	img    *dlvext.Image
	layout *layout.Layout
	says   [][3]string // name, address, text
}

func (p *replayed) refs(t testing.TB) []Ref {
	t.Helper()
	var out []Ref
	for _, o := range p.says {
		out = append(out, ref(t, o[1]))
	}
	return out
}

func replay(t testing.TB, minor string) *replayed {
	t.Helper()
	recording, err1 := os.ReadFile(filepath.Join("testdata", "objects-"+minor+".recording"))
	text, err2 := os.ReadFile(filepath.Join("testdata", "objects-"+minor+".json"))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	out := &replayed{layout: tableOf(t, minor)}
	var err error
	if out.img, err = dlvext.OpenRecording(bytes.NewReader(recording)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.img.Close() })
	if err := json.Unmarshal(text, &out.says); err != nil {
		t.Fatal(err)
	}
	return out
}

func tableOf(t testing.TB, minor string) *layout.Layout {
	t.Helper()
	n, _ := strconv.Atoi(strings.TrimPrefix(minor, "3."))
	l, ok := layout.Table(layout.Version{Major: 3, Minor: n})
	if !ok {
		t.Fatalf("no layout of %s", minor)
	}
	return l
}

func ref(t testing.TB, s any) Ref {
	t.Helper()
	n, err := strconv.ParseUint(s.(string), 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	return Ref(n)
}

// TestReplay reads the recordings: what TestRepr does, without a Python.
func TestReplay(t *testing.T) {
	for _, minor := range recorded {
		t.Run(minor, func(t *testing.T) {
			p := replay(t, minor)
			r := NewReader(p.img, p.layout)
			for _, o := range p.says {
				if got := r.Repr(ref(t, o[1]), testBounds); got != o[2] {
					t.Errorf("%s: %s\nwant %s", o[0], got, o[2])
				}
			}
		})
	}
}

// holed is memory of which one word is not there, and which notes what is read.
type holed struct {
	dlvext.Memory
	hole    uint64
	touched map[uint64]bool // words; nil: not noted
}

func (h *holed) Read(addr uint64, buf []byte) error {
	if h.touched != nil {
		for a := addr &^ 7; a < addr+uint64(len(buf)); a += 8 {
			h.touched[a] = true
		}
	}
	if h.hole != 0 && addr < h.hole+8 && h.hole < addr+uint64(len(buf)) {
		return &dlvext.Fault{Addr: addr, Len: len(buf), Why: "a hole"}
	}
	return h.Memory.Read(addr, buf)
}

// TestReprOfWhatIsMissing has each word that a Repr reads missing once (one in
// sixteen, unless the whole matrix is asked for): it says so, and makes nothing
// up.
func TestReprOfWhatIsMissing(t *testing.T) {
	for _, minor := range recorded {
		t.Run(minor, func(t *testing.T) {
			p := replay(t, minor)
			memory := p.img.Memory
			done := map[uint64]bool{} // each word once, with the first object that needs it
			for _, o := range p.says {
				at := ref(t, o[1])
				all := &holed{Memory: memory, touched: map[uint64]bool{}}
				p.img.Memory = all
				NewReader(p.img, p.layout).Repr(at, testBounds)
				for hole := range all.touched {
					if done[hole] || !testtarget.Full() && hole/8%16 != 0 {
						continue
					}
					done[hole] = true
					p.img.Memory = &holed{Memory: memory, hole: hole}
					if got := NewReader(p.img, p.layout).Repr(at, testBounds); got != o[2] && !strings.Contains(got, unreadable) {
						t.Fatalf("%s without the word at %#x: %s\nwant %s", o[0], hole, got, o[2])
					}
				}
			}
			if len(done) < 150 {
				t.Errorf("only %d words were left out", len(done))
			}
		})
	}
}

// FuzzRepr overwrites words of a recording: with numbers, and with the
// addresses of other objects, so that types are not what they should be. What
// comes of it must be bounded and printable.
func FuzzRepr(f *testing.F) {
	type seen struct {
		*replayed
		memory map[uint64][]byte
		ranges []dlvext.Range
		words  int
	}
	var targets []*seen
	for _, minor := range recorded {
		s := &seen{replayed: replay(f, minor), memory: map[uint64][]byte{}}
		dlvext.Record(s.img)
		for _, o := range s.refs(f) {
			NewReader(s.img, s.layout).Repr(o, testBounds)
		}
		s.ranges = dlvext.ReadSet(s.img)
		for _, part := range s.ranges {
			b := make([]byte, part.Len)
			if err := s.img.Memory.Read(part.Addr, b); err != nil {
				f.Fatal(err)
			}
			s.memory[part.Addr] = b
			s.words += part.Len / 8
		}
		targets = append(targets, s)
	}
	f.Add(uint8(0), uint8(3), []byte("\x00\x00\x00\x01"))
	f.Add(uint8(1), uint8(7), []byte("\x01\x00\x00\x01\x02\xff\xff\x01\x08\x01\x02\x03\xff\xff\x03\x04"))
	f.Add(uint8(2), uint8(40), bytes.Repeat([]byte("\x02\x01\x30\x05\x01\x07\x22\x09"), 20))
	f.Add(uint8(3), uint8(99), bytes.Repeat([]byte("\x03\x01\x00\x05\xe1\xa7\x02\x01"), 50))
	f.Add(uint8(5), uint8(200), bytes.Repeat([]byte("\x07\x91\x23\x01"), 9))
	f.Fuzz(func(t *testing.T, version, which uint8, changes []byte) {
		s := targets[int(version)%len(targets)]
		objects := s.refs(t)
		memory := map[uint64][]byte{}
		for addr, b := range s.memory {
			memory[addr] = b
		}
		// A change is 4 bytes: what to write, where to (2), and a number.
		for ; len(changes) >= 4; changes = changes[4:] {
			place := (int(changes[1])<<8 | int(changes[2])) % s.words
			value := uint64(changes[3])
			switch changes[0] % 8 {
			case 0:
				value = -value
			case 1:
				value = 1 << (value % 64)
			case 2:
				value = uint64(s.ranges[int(value)*31%len(s.ranges)].Addr)
			case 3, 4, 5:
				value = uint64(objects[int(value)*7%len(objects)])
			}
			for _, part := range s.ranges {
				if place >= part.Len/8 {
					place -= part.Len / 8
					continue
				}
				b := slices.Clone(memory[part.Addr])
				for i := range 8 {
					b[8*place+i] = byte(value >> (8 * i))
				}
				memory[part.Addr] = b
				break
			}
		}
		tryAll(t, NewReader(dlvext.NewImage(memory), s.layout), objects, int(which))
	})
}

// tryAll does with some objects whatever can be done.
func tryAll(t *testing.T, r *Reader, objects []Ref, which int) {
	const most = 1 << 16 // items: the memory that there is has no more
	for i := range 40 {
		o := objects[(which+i*17)%len(objects)]
		s := r.Repr(o, testBounds)
		if len(s) > testBounds.Length+len("…") || !utf8.ValidString(s) || strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) >= 0 {
			t.Errorf("it is printed as %q", s)
		}
		if r.Err() != nil {
			t.Errorf("Repr leaves a failure: %v", r.Err())
		}
		for _, read := range []func(Ref) []Ref{r.Tuple, r.List, r.Set, r.Deque, r.WeakSet} {
			if n := len(read(o)); n > most || r.Err() != nil && n > 0 {
				t.Errorf("%d items, and %v", n, r.Err())
			}
			_ = r.Take()
		}
		n := 0
		for range r.Dict(o) {
			n++
		}
		_ = r.Take()
		for range r.Attrs(o) {
			n++
		}
		if n > most {
			t.Errorf("%d items", n)
		}
		_ = r.Take()
		r.Cells(o)
		_ = r.Take()
		r.Traceback(r.Exception(o).Traceback)
		_ = r.Take()
		r.ClassAttr(r.Type(o), "none")
		_ = r.Take()
	}
}

// growing is memory in which a dict has items, and a new table to which its
// entries are not copied yet.
type growing struct {
	dlvext.Memory
	items, entries uint64 // where the dict and its table count them
}

func (g *growing) Read(addr uint64, buf []byte) error {
	word := map[uint64]byte{g.items: 1, g.entries: 0}
	if n, ok := word[addr]; ok && len(buf) == 8 {
		clear(buf)
		buf[0] = n
		return nil
	}
	return g.Memory.Read(addr, buf)
}

// A dict that is in the middle of a change is not taken for an empty one.
func TestGrowingDict(t *testing.T) {
	for _, minor := range recorded {
		t.Run(minor, func(t *testing.T) {
			p := replay(t, minor)
			r := NewReader(p.img, p.layout)
			i := slices.IndexFunc(p.says, func(o [3]string) bool {
				return strings.HasPrefix(o[2], "{'") && r.Type(ref(t, o[1])).FullName() == "dict"
			})
			dict := ref(t, p.says[i][1])
			p.img.Memory = &growing{
				Memory: p.img.Memory, items: dict.at(p.layout.Object.Size),
				entries: r.U64(dict.at(p.layout.Dict.Keys)) + uint64(p.layout.Dict.KeysEntries),
			}
			r, n := NewReader(p.img, p.layout), 0
			for range r.Dict(dict) {
				n++
			}
			if err := r.Take(); n > 0 || err == nil || !strings.Contains(err.Error(), "is being changed") {
				t.Errorf("%s: %d items, and %v", p.says[i][0], n, err)
			}
		})
	}
}
