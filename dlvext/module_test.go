package dlvext

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime/debug"
	"strings"
	"testing"
)

func openBytes(t testing.TB, b []byte) *Module {
	t.Helper()
	m, err := OpenModule("program", bytes.NewReader(b), 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModuleOfBytes(t *testing.T) {
	for _, version := range []byte{4, 5} {
		checkProgram(t, openBytes(t, testProgram(version).bytes()))
	}
}

func checkProgram(t *testing.T, m *Module) {
	t.Helper()
	if m.BuildID != "deadbeef" || m.GoBuildID != "go-id" {
		t.Errorf("build ids %q and %q", m.BuildID, m.GoBuildID)
	}
	if s, ok := m.Symbol("main"); !ok || s.Addr != 0x401000 || s.Size != 16 {
		t.Errorf("main is %+v, %v", s, ok)
	}
	if s, ok := m.SymbolAt(0x40100f); !ok || s.Name != "main" {
		t.Errorf("0x40100f is in %+v, %v", s, ok)
	}
	if s, ok := m.SymbolAt(0x401010); ok {
		t.Errorf("0x401010 is in %+v", s)
	}
	head, addr, err := m.Global("runtime.head")
	if err != nil || addr != 0x402000 || head.Elem().Name != "runtime.node" {
		t.Fatalf("runtime.head is at %#x: %v", addr, err)
	}
	if f, err := head.Elem().Field("pair"); err != nil || f.Offset != 16 || f.Type.Len != 3 || f.Type.Size != 24 {
		t.Errorf("pair is %+v, %v", f, err)
	}
}

// The lowest mapping says where the module lies.
func TestPlace(t *testing.T) {
	m := openBytes(t, testProgram(5).bytes())
	if err := m.Place(0x7f0000001000, 0); err != nil {
		t.Fatal(err)
	}
	if m.Bias != 0x7f0000001000-0x401000 || m.Start != 0x7f0000001000 || m.End != 0x7f0000002200 {
		t.Errorf("bias %#x, from %#x to %#x", m.Bias, m.Start, m.End)
	}
	if s, ok := m.Symbol("main"); !ok || s.Addr != 0x7f0000001000 {
		t.Errorf("main is at %#x", s.Addr)
	}
	if err := m.Place(0x7f0000001000, 0x5000); err == nil {
		t.Error("placed by an offset that no segment has")
	}
}

// What cannot be used is refused in one line that says why.
func TestOpenModuleRefuses(t *testing.T) {
	good := testProgram(5)
	small := elf.Header32{Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), 1}, Type: uint16(elf.ET_EXEC), Version: 1, Ehsize: 52}
	big := elf.Header64{Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2MSB), 1}, Type: uint16(elf.ET_EXEC), Version: 1, Ehsize: 64}
	many := good
	many.loads = make([]elf.Prog64, maxSegments+1)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":           {nil, "cannot use program: not a usable ELF file"},
		"text":            {[]byte("#!/bin/sh\necho hello, hello, hello, hello, hello, hello, hello\n"), "cannot use program: not a usable ELF file"},
		"truncated":       {good.bytes()[:100], "cannot use program: not a usable ELF file"},
		"32-bit":          {write(binary.LittleEndian, small), "cannot use program: it is a 32-bit program, and only 64-bit ones can be read"},
		"big-endian":      {write(binary.BigEndian, big), "cannot use program: it is a big-endian program, and only little-endian ones can be read"},
		"many segments":   {many.bytes(), "it has 257 program headers"},
		"headers at 2^63": {bytes.Replace(good.bytes(), []byte{64, 0, 0, 0, 0, 0, 0, 0}, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, 1), "not a usable ELF file"},
	} {
		m, err := OpenModule("program", bytes.NewReader(c.file), 0)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if m == nil || m.Err != err || m.Path != "program" {
			t.Errorf("%s: no module with the error", name)
			continue
		}
		answersWith(t, m, err)
	}
	answersWith(t, MissingModule("gone", io.ErrUnexpectedEOF), io.ErrUnexpectedEOF)
	if err := (&Module{Path: "never"}).ReadFile(0, nil); err == nil || err.Error() == "" {
		t.Error("a Module that was never opened reads")
	}
}

// answersWith asks for everything of a module that has no file.
func answersWith(t *testing.T, m *Module, want error) {
	t.Helper()
	if _, err := m.Type("runtime.g"); !errors.Is(err, want) {
		t.Errorf("Type: %v", err)
	}
	if _, _, err := m.Global("runtime.allgs"); !errors.Is(err, want) {
		t.Errorf("Global: %v", err)
	}
	if err := m.Place(0, 0); !errors.Is(err, want) {
		t.Errorf("Place: %v", err)
	}
	var fault *Fault
	if err := m.ReadFile(1, make([]byte, 1)); !errors.As(err, &fault) {
		t.Errorf("ReadFile: %v", err)
	}
	_, symbol := m.Symbol("main")
	_, at := m.SymbolAt(0x401000)
	_, section := m.Section(".text")
	if symbol || at || section {
		t.Error("a module without a file has symbols or sections")
	}
	if err := m.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// zeros is an endless file behind a real beginning: what a sparse file is.
type zeros struct{ *bytes.Reader }

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	n, _ := z.Reader.ReadAt(p, off)
	clear(p[n:])
	return len(p), nil
}

// Sizes that a file claims are not believed.
func TestModuleOfClaimedSizes(t *testing.T) {
	for _, name := range []string{".symtab", ".strtab", ".debug_info", ".debug_abbrev", ".note", ".shstrtab"} {
		e := testProgram(5)
		for i := range e.content {
			if e.content[i].name == name {
				e.content[i].size = 1 << 42
			}
		}
		file := e.bytes()
		if name == ".shstrtab" { // the last section header's size
			copy(file[len(file)-64+32:], "\x00\x00\x00\x00\x00\x04\x00\x00")
		}
		m, err := OpenModule("program", zeros{bytes.NewReader(file)}, 0)
		if err == nil {
			m.Symbol("main")
			_, err = m.Type("runtime.node")
		}
		// Types do not depend on symbols and notes.
		if harmless := name == ".symtab" || name == ".strtab" || name == ".note"; (err == nil) != harmless {
			t.Errorf("%s of 4 TB: %v", name, err)
		}
	}
}

// Compressed debug information is what it was before, or an error.
func TestModuleOfCompressedDebugInfo(t *testing.T) {
	compressed := func(claim int, cut int) *Module {
		e := testProgram(5)
		info := e.content[0].data
		var packed bytes.Buffer
		packed.Write(write(binary.LittleEndian, elf.Chdr64{Type: uint32(elf.COMPRESS_ZLIB), Size: uint64(len(info) + claim), Addralign: 1}))
		w := zlib.NewWriter(&packed)
		if _, err := w.Write(info); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		e.content[0].data, e.content[0].flag = packed.Bytes()[:packed.Len()-cut], elf.SHF_COMPRESSED
		return openBytes(t, e.bytes())
	}
	checkProgram(t, compressed(0, 0))
	for what, m := range map[string]*Module{"claims more": compressed(1, 0), "claims much more": compressed(1<<29, 0), "ends early": compressed(0, 20)} {
		if _, err := m.Type("runtime.node"); err == nil || errors.Is(err, ErrAbsent) {
			t.Errorf("debug information that %s: %v", what, err)
		}
	}
}

// Debug information that loops, nests without end or claims what cannot be
// ends in an error or in a type that says no more than is there.
func TestHostileDebugInfo(t *testing.T) {
	d := newTestDWARF(5)
	d.entry("int", testBase, "int", byte(5), uint64(8))
	d.entry("loop", testTypedef, "loop", ref("loop"))
	d.entry("one", testTypedef, "one", ref("two"))
	d.entry("two", testTypedef, "two", ref("one"))
	d.entry("self", testArray, ref("self"))
	d.entry("", testCount, uint64(2))
	d.end()
	d.entry("", testTypedef, "self", ref("self"))
	d.entry("in", testStruct, "in", uint64(8))
	d.entry("", testMember, "in", ref("in"), uint64(0))
	d.end()
	d.entry("huge", testArray, ref("int"))
	d.entry("", testCount, uint64(math.MaxInt64))
	d.end()
	d.entry("", testTypedef, "huge", ref("huge"))
	d.entry("outside", testStruct, "outside", uint64(8))
	d.entry("", testMember, "past", ref("int"), uint64(1))
	d.entry("", testMember, "wrapped", ref("int"), uint64(math.MaxUint64-3))
	d.entry("", testMember, "nothing", ref("nosuch"), uint64(0))
	d.end()
	d.entry("", testStruct, "nested", uint64(8))
	for range 300_000 {
		d.entry("", testStruct, "", uint64(0))
	}
	// Passing over them by recursion would take more stack than this.
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	m := openBytes(t, testELF{content: d.sections()}.bytes())

	for _, name := range []string{"loop", "one", "two", "self", "huge"} {
		if ty, err := m.Type(name); err == nil {
			t.Errorf("%s is a type of %d bytes", name, ty.Size)
		}
	}
	in, err := m.Type("in")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewValue(nil, in, 8).Uint(); err == nil {
		t.Error("a structure that holds itself is a number")
	}
	outside, err := m.Type("outside")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"past", "wrapped", "nothing"} {
		if outside.HasField(f) {
			t.Errorf("the field %s lies outside and is one", f)
		}
	}
	nested, err := m.Type("nested")
	if err != nil || len(nested.Fields()) != 0 {
		t.Errorf("nested: %v", err)
	}
}

// FuzzModule asks everything of a file that is broken in some way: it must
// end, and not panic.
func FuzzModule(f *testing.F) {
	for _, version := range []byte{4, 5} {
		e := testProgram(version)
		f.Add(e.bytes())
		for i := range e.content { // as if it were compressed
			if e.content[i].name == ".note" {
				e.content[i].flag = elf.SHF_COMPRESSED
			}
		}
		f.Add(e.bytes())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := OpenModule("program", bytes.NewReader(file), 0)
		if err != nil {
			return
		}
		if err := m.Place(0x10000, 0); err != nil {
			m.Bias = 1 << 63
		}
		m.Symbol("main")
		for _, addr := range []uint64{0, m.Start, m.End - 1, m.Bias + 0x401000, math.MaxUint64} {
			m.SymbolAt(addr)
			_ = m.ReadFile(addr, make([]byte, 32))
			m.ReadOnly(addr, 32)
		}
		img := &Image{Modules: []*Module{m}, Memory: flat(0x42)}
		v := img.Global("runtime.head")
		for _, v := range []Value{v, v.Load(), v.Deref(), v.Deref().Load()} {
			_, _ = v.Field("id").Int()
			_, _ = v.Field("pair").Index(1).Uint()
			_, _ = v.Field("next").Deref().Field("next").Pointer()
			_, _ = v.Bytes(64)
			_, _ = v.CString(64)
		}
		for _, name := range []string{"runtime.node", "runtime.myint", "int"} {
			if ty, err := m.Type(name); err == nil {
				ty.HasField("next.next.id")
				ty.scalar()
			}
		}
	})
}

// flat is memory that has the same byte everywhere.
type flat byte

func (b flat) Read(_ uint64, buf []byte) error {
	for i := range buf {
		buf[i] = byte(b)
	}
	return nil
}
