package dlvext

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// counted is memory of some bytes at 0x1000 that counts what is read.
type counted struct {
	bytes []byte
	reads int
	most  int // the longest read
}

func (c *counted) Read(addr uint64, buf []byte) error {
	c.reads++
	c.most = max(c.most, len(buf))
	if addr < 0x1000 || addr-0x1000 > uint64(len(c.bytes)) || uint64(len(buf)) > uint64(len(c.bytes))-(addr-0x1000) {
		return &Fault{Addr: addr, Len: len(buf), Why: "not mapped"}
	}
	copy(buf, c.bytes[addr-0x1000:])
	return nil
}

// node is a structure as a table would give it.
func node() *Type {
	var n *Type
	u64, u16 := NewScalar("uint64", reflect.Uint64), NewScalar("uint16", reflect.Uint16)
	n = NewStruct("node", 40,
		Field{Name: "next", Offset: 0, Type: NewPointer("*node", func() *Type { return n })},
		Field{Name: "id", Offset: 8, Type: u64},
		Field{Name: "flags", Offset: 16, Type: NewStruct("flags", 8, Field{Name: "v", Offset: 2, Type: u16}, Field{Name: "_", Offset: 4, Type: NewStruct("empty", 0)})},
		Field{Name: "list", Offset: 24, Type: NewArray(4, u16)},
		Field{Name: "signed", Offset: 32, Type: NewScalar("int32", reflect.Int32)},
	)
	return n
}

func nodeMemory() *counted {
	b := make([]byte, 80)
	copy(b, "\x28\x10\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xff\xff\x07\x00")
	copy(b[24:], "\x01\x00\x02\x00\x03\x00\x04\x00\xfe\xff\xff\xff")
	copy(b[40:], "\x00\x10\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00")
	return &counted{bytes: b}
}

// Moving reads nothing; a structure that was loaded is read once.
func TestValueReadsWhenAsked(t *testing.T) {
	m := nodeMemory()
	v := NewValue(m, node(), 0x1000)
	flags, item := v.Field("flags.v"), v.Field("list").Index(3)
	if m.reads != 0 {
		t.Fatalf("%d reads before anything was asked for", m.reads)
	}
	if n, err := flags.Uint(); n != 7 || err != nil || m.most != 2 {
		t.Errorf("flags.v is %d, %v, in reads of up to %d bytes", n, err, m.most)
	}
	if n, err := item.Uint(); n != 4 || err != nil || item.Addr() != 0x101e {
		t.Errorf("list[3] is %d, %v", n, err)
	}
	m.reads = 0
	v = v.Load()
	for _, path := range []string{"next", "id", "flags", "flags.v", "signed"} {
		if _, err := v.Field(path).Uint(); err != nil {
			t.Error(err)
		}
	}
	if m.reads != 1 {
		t.Errorf("%d reads of one structure", m.reads)
	}
	if n, err := v.Field("next").Deref().Field("next").Deref().Field("id").Uint(); n != 1 || err != nil || m.reads != 3 {
		t.Errorf("the next node's next is %d after %d reads: %v", n, m.reads, err)
	}
}

// A value over bytes in hand is taken from them, and the rest from memory.
func TestValueOfBytes(t *testing.T) {
	m, n := nodeMemory(), node()
	v := ValueOf(m, n, 0x1000, m.bytes[:40])
	if id, err := v.Field("id").Uint(); id != 1 || err != nil || m.reads != 0 {
		t.Errorf("id is %d after %d reads: %v", id, m.reads, err)
	}
	if id, err := v.Field("next").Deref().Field("id").Uint(); id != 2 || err != nil || m.reads != 1 {
		t.Errorf("the next id is %d after %d reads: %v", id, m.reads, err)
	}
	if err := ValueOf(m, n, 0x1000, m.bytes[:39]).Err(); err == nil || !strings.Contains(err.Error(), "only 39 bytes of node are in hand") {
		t.Errorf("of too few bytes: %v", err)
	}
}

// A handle gives the number in a structure's bytes, and none past their end.
func TestFieldHandle(t *testing.T) {
	n, b := node(), nodeMemory().bytes
	for _, c := range []struct {
		path string
		want uint64
		ends int
	}{{"next", 0x1028, 8}, {"id", 1, 16}, {"flags", 7, 20}, {"flags.v", 7, 20}, {"signed", 0xfffffffe, 36}} {
		f := mustField(t, n, c.path)
		if v, ok := f.Uint(b); v != c.want || !ok {
			t.Errorf("%s is %#x, %v", c.path, v, ok)
		}
		if _, ok := f.Uint(b[:c.ends]); !ok {
			t.Errorf("%s is not in the %d bytes that hold it", c.path, c.ends)
		}
		for short := range c.ends {
			if v, ok := f.Uint(b[:short]); ok || v != 0 {
				t.Fatalf("%s is %d in %d bytes", c.path, v, short)
			}
		}
	}
	if v, ok := mustField(t, n, "signed").Int(b); v != -2 || !ok {
		t.Errorf("signed is %d, %v", v, ok)
	}
	if list, ok := mustField(t, n, "list").Bytes(b); len(list) != 8 || list[6] != 4 || !ok {
		t.Errorf("list is % x, %v", list, ok)
	}
	if _, ok := mustField(t, n, "list").Uint(b); ok {
		t.Error("an array is a number")
	}
	if _, ok := (Field{Offset: math.MaxInt64, Type: NewScalar("uint64", reflect.Uint64)}).Bytes(b); ok {
		t.Error("a field at the end of the address space has bytes")
	}
}

func mustField(t testing.TB, ty *Type, path string) Field {
	t.Helper()
	f, err := ty.Field(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// No address, length or limit makes a read wrap around, or a large one.
func TestValueAtTheEdge(t *testing.T) {
	m := nodeMemory()
	n := node()
	for _, addr := range []uint64{0, 1, 0xfd0, 0x1000 + 80, math.MaxUint64, math.MaxUint64 - 7, math.MaxUint64 - 20, math.MaxUint64 - 39} {
		v := NewValue(m, n, addr)
		for what, v := range map[string]Value{"signed": v.Field("signed"), "id": v.Field("id"), "list[3]": v.Field("list").Index(3), "loaded": v.Load().Field("id"), "next": v.Field("next").Deref().Field("id")} {
			if got, err := v.Uint(); err == nil {
				t.Errorf("%s at %#x is %d", what, addr, got)
			}
		}
	}
	// Headers of a slice and a string with a length and address of all ones.
	long := &counted{bytes: []byte(strings.Repeat("\xff", 24))}
	slice := &Type{Name: "[]uint64", Kind: reflect.Slice, Size: 24, elem: NewScalar("uint64", reflect.Uint64)}
	str := &Type{Name: "string", Kind: reflect.String, Size: 16}
	_, errWords := NewValue(long, slice, 0x1000).Words(math.MaxInt)
	_, errIndex := NewValue(long, slice, 0x1000).Index(math.MaxUint64 - 1).Uint()
	_, errSecond := NewValue(long, slice, 0x1000).Index(1).Uint()
	_, errString := NewValue(long, str, 0x1000).String(100)
	for what, err := range map[string]error{"Words": errWords, "Index": errIndex, "the second element": errSecond, "String": errString} {
		var fault *Fault
		if !errors.As(err, &fault) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if long.most > 24 {
		t.Errorf("%d bytes were asked for", long.most)
	}
	// A string that says it is long, of which little is wanted.
	short := &counted{bytes: append([]byte("\x10\x10\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f"), "hello, world"...)}
	if s, err := NewValue(short, str, 0x1000).String(5); s != "hello" || err != nil || short.most > 16 {
		t.Errorf("%q, %v", s, err)
	}
	if s, err := NewValue(short, str, 0x1000).String(500); s != "" || err == nil {
		t.Errorf("a string that ends past what is mapped is %q", s)
	}
	if err := NewValue(m, &Type{Name: "large", Kind: reflect.Struct, Size: 1 << 40}, 0x1000).Load().Err(); err == nil || m.most > 40 {
		t.Errorf("loading a terabyte: %v", err)
	}
}

func TestReadCString(t *testing.T) {
	m := &counted{bytes: append(append([]byte(strings.Repeat("x", 4096-3)), "abc"...), "def\x00ghi"...)}
	for _, c := range []struct {
		addr uint64
		max  int
		want string
	}{{0x1ffd, 100, "abcdef"}, {0x1ffd, 6, "abcdef"}, {0x1ffd, 4, "abcd"}, {0x1ffd, 0, ""}, {0x1ffd, -1, ""}, {0x2003, 100, ""}, {0x1000, 5000, strings.Repeat("x", 4093) + "abcdef"}} {
		if s, err := ReadCString(m, c.addr, c.max); s != c.want || err != nil {
			t.Errorf("at %#x, of %d: %q, %v", c.addr, c.max, s, err)
		}
	}
	if s, err := ReadCString(m, 0x2004, 100); err == nil {
		t.Errorf("a string that ends past what is mapped is %q", s)
	}
	if s, err := ReadCString(m, 0, 100); err == nil {
		t.Errorf("at 0: %q", s)
	}
	if s, err := ReadCString(flat('x'), math.MaxUint64-5, 100); err == nil {
		t.Errorf("at the end of the address space: %q, %v", s, err)
	}
}

func TestZeroValue(t *testing.T) {
	var v Value
	if v.Err() == nil || v.Load().Field("x").Index(3).Deref().As(node()).Err() == nil || v.Type() != nil {
		t.Error("the zero Value has no error")
	}
	if _, err := v.Uint(); !errors.Is(err, ErrAbsent) {
		t.Errorf("%v", err)
	}
	if err := NewValue(nil, node(), 8).Load().Err(); err == nil {
		t.Error("a value without memory can be read")
	}
}

func BenchmarkFieldHandle(b *testing.B) {
	buf := nodeMemory().bytes
	f := mustField(b, node(), "flags.v")
	for b.Loop() {
		if _, ok := f.Uint(buf); !ok {
			b.Fatal("no number")
		}
	}
}
