package cpython_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/render"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// Recordings of testdata/python/locks.py, of all the shapes that CPython's
// structures have.
const (
	recordings = "../../internal/e2e/testdata/python/recorded/locks-*.recording"
	releases   = 5
)

// FuzzWalk damages what a walk of a recording reads: bits are flipped,
// pointers go elsewhere, lengths are absurd, reads fail. Whatever the damage
// there is an error or a valid snapshot, soon, of a size that goes by what there is.
func FuzzWalk(f *testing.F) {
	files, err := filepath.Glob(recordings)
	if err != nil || len(files) != releases {
		f.Fatal(files, err)
	}
	var targets []*damaged
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		targets = append(targets, newDamaged(f, file))
	}
	for release := range uint8(releases) {
		for kind := range byte(kinds) {
			f.Add(release, kind&1 != 0, bytes.Repeat([]byte{kind, release, 77 * kind, 3}, 3))
		}
		f.Add(release, false, []byte("\x01\x01\x02\x03\x02\x0a\x03\x04\x03\x14\x04\x05\x04\x1e\x05\x06"))
		f.Add(release, true, bytes.Repeat([]byte("\x02\x03\x05\x07\x01\x0b\x0d\x11"), 20))
	}
	f.Fuzz(func(t *testing.T, release uint8, locals bool, changes []byte) {
		d := targets[int(release)%len(targets)]
		begin := time.Now()
		s, err := d.walk(t, locals, changes)
		if took := time.Since(begin); took > time.Minute { // it takes a second where much else goes on
			t.Errorf("it took %v", took)
		}
		if err != nil {
			return
		}
		if err := graph.Validate(s); err != nil {
			t.Errorf("the snapshot is not valid: %v", err)
		}
		var out bytes.Buffer
		if err := render.Tree(&out, s, render.Options{Width: 120, Locals: locals}); err != nil {
			t.Error(err)
		}
		if out.Len() > maxOutput {
			t.Errorf("the tree has %d bytes", out.Len())
		}
	})
}

// maxOutput is a hundred times what the undamaged recordings come to.
const maxOutput = 1 << 20

// damaged is a recording of which some words are something else.
type damaged struct {
	img    *dlvext.Image
	memory dlvext.Memory
	places []uint64 // that the walk reads: some of each sequence of calls that leads to a read
	words  []uint64 // what is there
}

func newDamaged(f *testing.F, file []byte) *damaged {
	f.Helper()
	img, err := dlvext.OpenRecording(bytes.NewReader(file))
	if err != nil {
		f.Fatal(err)
	}
	d := &damaged{img: img, memory: img.Memory}
	ways, known := map[[40]uintptr]int{}, map[uint64]bool{}
	img.Memory = &overlay{Memory: d.memory, note: func(addr uint64, b []byte) {
		var way [40]uintptr
		runtime.Callers(2, way[:])
		if ways[way]++; ways[way] > 3 || known[addr] || len(b) < 8 {
			return
		}
		known[addr] = true
		d.places, d.words = append(d.places, addr), append(d.words, binary.LittleEndian.Uint64(b))
	}}
	if _, err := snapshot.Of(f.Context(), img, snapshot.Options{Locals: true}); err != nil {
		f.Fatal(err)
	}
	if len(d.places) < 1000 {
		f.Fatalf("a walk reads in %d ways only", len(d.places))
	}
	return d
}

// walk takes a snapshot with the changes: of 4 bytes each, which are its kind,
// where (2), and a number.
func (d *damaged) walk(t *testing.T, locals bool, changes []byte) (*graph.Snapshot, error) {
	o := &overlay{Memory: d.memory, words: map[uint64]uint64{}, gone: map[uint64]bool{}}
	for ; len(changes) >= 4; changes = changes[4:] {
		at := (int(changes[1])<<8 | int(changes[2])) % len(d.places)
		addr, word, n := d.places[at], d.words[at], uint64(changes[3])
		switch changes[0] % kinds {
		case flipBit:
			word ^= 1 << (n % 64)
		case elsewhere:
			word = d.words[(at+int(n)*7+1)%len(d.words)]
		case toPlace:
			word = d.places[(at+int(n)*13)%len(d.places)]
		case absurd:
			word = [...]uint64{1 << 62, ^uint64(0), 1 << 63, 1 << 31, 1 << 24, 0, 1, 1 << 40}[n%8]
		case small:
			word = n
		case gone:
			o.gone[addr] = true
		}
		o.words[addr] = word
	}
	d.img.Memory = o
	return snapshot.Of(t.Context(), d.img, snapshot.Options{Locals: locals})
}

// Kinds of changes to a word.
const (
	flipBit   = iota
	elsewhere // it is what stands somewhere else
	toPlace   // it is the address of something that is read
	absurd
	small
	gone
	kinds
)

// overlay is a Memory in which some words are other ones.
type overlay struct {
	dlvext.Memory
	words map[uint64]uint64
	gone  map[uint64]bool
	note  func(addr uint64, b []byte)
	mu    sync.Mutex // held while note is called
}

func (o *overlay) Read(addr uint64, buf []byte) error {
	end := addr + uint64(len(buf))
	for at := range o.gone {
		if at < end && addr < at+8 {
			return &dlvext.Fault{Addr: addr, Len: len(buf), Why: "the test withholds it"}
		}
	}
	if err := o.Memory.Read(addr, buf); err != nil {
		return err
	}
	for at, word := range o.words {
		for i := range uint64(8) {
			if at+i >= addr && at+i < end {
				buf[at+i-addr] = byte(word >> (8 * i))
			}
		}
	}
	if o.note != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.note(addr, buf)
	}
	return nil
}
