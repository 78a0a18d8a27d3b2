package pclntab_test

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Whatever a table holds, it is read to its end, without a panic and without
// a result that contradicts itself.
func FuzzTable(f *testing.F) {
	table, gofunc := synthetic()
	f.Add(table, gofunc)
	f.Fuzz(func(t *testing.T, data, gofunc []byte) {
		table, err := newSynthetic(data, gofunc)
		if err != nil {
			return
		}
		start, end := table.Range()
		step := max(1, (end-start)/256)
		for pc := start - 1; pc < end && pc+step > pc; pc += step {
			exercise(t, table, pc)
		}
	})
}

// exercise asks all there is to ask of a PC.
func exercise(t *testing.T, table *pclntab.Table, pc uint64) {
	f, ok := table.Func(pc)
	if !ok {
		return
	}
	if pc < f.Entry || pc >= f.End {
		t.Errorf("%#x is in %s, which is from %#x to %#x", pc, f.Name, f.Entry, f.End)
	}
	if delta, ok := f.SPDelta(pc); ok && (delta < 0 || delta%8 != 0) {
		t.Errorf("SP is %d below entry", delta)
	}
	calls, _ := f.Calls(pc)
	if len(calls) == 0 || calls[len(calls)-1].Func != f.Name {
		t.Errorf("the outermost call at %#x is not of %s: %+v", pc, f.Name, calls)
	}
	if l, err := f.Live(pc); (l == nil) == (err == nil) {
		t.Errorf("live words %v and error %v", l, err)
	}
}

// The test binary's own table with bits flipped.
func TestFlippedBits(t *testing.T) {
	_, md := self(t)
	mem := memory(t, os.Getpid())
	good := make([]byte, md.TableLen)
	if err := mem(md.Header, good); err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	made := 0
	for range 100 {
		data := append([]byte(nil), good...)
		for range 2000 {
			data[rnd.IntN(len(data))] ^= 1 << rnd.IntN(8)
		}
		if rnd.IntN(4) == 0 { // the header too
			data[8+rnd.IntN(64)] ^= 1 << rnd.IntN(8)
		}
		table, err := pclntab.New(pclntab.Config{
			Data: data, Text: md.Text, GoFunc: md.GoFunc, Arch: "amd64",
			Read: func(addr uint64, buf []byte) error {
				if err := mem(addr, buf); err != nil {
					return err
				}
				if rnd.IntN(8) == 0 {
					buf[rnd.IntN(len(buf))] ^= 1 << rnd.IntN(8)
				}
				return nil
			},
		})
		if err != nil {
			continue
		}
		made++
		start, end := table.Range()
		for range 200 {
			exercise(t, table, start+rnd.Uint64N(max(1, end-start)))
		}
	}
	if made < 50 {
		t.Errorf("only %d of 100 tables were made: nothing was tested", made)
	}
}

// A moduledata is known by its content: the address of the table alone, which
// may stand anywhere, is none.
func TestModuledataIsVerified(t *testing.T) {
	_, md := self(t)
	mem := memory(t, os.Getpid())
	var image [640]byte // around a copy of the moduledata
	if err := mem(md.Addr, image[64:640]); err != nil {
		t.Fatal(err)
	}
	const at = 0x1234560000
	read := func(addr uint64, buf []byte) error {
		if addr >= at && addr+uint64(len(buf)) <= at+uint64(len(image)) {
			copy(buf, image[addr-at:])
			return nil
		}
		return mem(addr, buf)
	}
	span := []pclntab.Span{{Start: at, End: at + uint64(len(image))}}
	binary.LittleEndian.PutUint64(image[8:], md.Header)
	found, err := pclntab.FindModuledata(read, md.Header, span)
	if err != nil || found.Addr != at+64 || found.GoFunc != md.GoFunc {
		t.Fatalf("found %+v (%v), want the one at %#x", found, err, at+64)
	}
	for _, word := range []int{1, 4, 13, 17, 20, 21, 22} { // parts of the table, and the code it covers
		binary.LittleEndian.PutUint64(image[64+8*word:], binary.LittleEndian.Uint64(image[64+8*word:])+8)
		if found, err := pclntab.FindModuledata(read, md.Header, span); err == nil {
			t.Errorf("with word %d wrong it found %+v", word, found)
		} else if !strings.Contains(err.Error(), "no moduledata found") {
			t.Errorf("with word %d wrong: %v", word, err)
		}
		binary.LittleEndian.PutUint64(image[64+8*word:], binary.LittleEndian.Uint64(image[64+8*word:])-8)
	}
}
