package dlvext

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// smallImage is an image of bytes, with this test program as its module.
func smallImage(t testing.TB) *Image {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	m, err := OpenModule("/srv/app", f, 0)
	if err != nil {
		t.Skipf("this test program is no ELF file (%v); run the tests on Linux", err)
	}
	t.Cleanup(func() { m.Close() })
	img := NewImage(map[uint64][]byte{0x1000: []byte("0123456789"), 0x2000: []byte("abc")}, m, MissingModule("/lib/gone.so", errors.New("it was deleted")))
	img.PID, img.Exe, img.Arch = 42, "/srv/app", "amd64"
	img.CapturedAt, img.Monotonic, img.Stopped = time.Unix(1_700_000_000, 5).UTC(), 3*time.Second, 4*time.Millisecond
	img.Signal = &Signal{Number: 11, Code: 1, Addr: 8, TID: 7}
	img.Threads = []Thread{{TID: 7, Regs: Registers{1, 2, math.MaxUint64}}, {TID: 8}, {TID: 9, Regs: Registers{3}, Partial: true}}
	img.Notes = []string{"cut: somewhere"}
	return img
}

// reopen writes a recording and opens it.
func reopen(t *testing.T, img *Image) *Image {
	t.Helper()
	var buf bytes.Buffer
	if err := WriteRecording(&buf, img); err != nil {
		t.Fatal(err)
	}
	again, err := OpenRecording(&buf)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// A recording answers what was read of the image, and says of all else that
// it was not.
func TestRecordingHoldsWhatWasRead(t *testing.T) {
	img := smallImage(t)
	Record(img)
	Record(img) // once is enough
	if err := img.Memory.Read(0x1002, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	ReadMany(img.Memory, []Range{{0x1004, 2}, {0x2000, 2}, {0x3000, 1}})
	if err := img.Memory.Read(0x2001, make([]byte, 9)); err == nil {
		t.Fatal("memory that is not there was read")
	}
	if got, want := ReadSet(img), []Range{{0x1002, 4}, {0x2000, 2}}; !slices.Equal(got, want) {
		t.Errorf("the read set is %v, want %v", got, want)
	}

	again := reopen(t, img)
	for _, f := range []struct{ got, want any }{
		{again.Source, "recording"}, {again.PID, img.PID}, {again.Exe, img.Exe}, {again.Arch, img.Arch}, {again.CapturedAt, img.CapturedAt},
		{again.Monotonic, img.Monotonic}, {again.Stopped, img.Stopped}, {again.Signal, img.Signal},
		{again.Threads, img.Threads}, {again.Notes, img.Notes}, {again.Modules[1].Err.Error(), img.Modules[1].Err.Error()},
	} {
		if !reflect.DeepEqual(f.got, f.want) {
			t.Errorf("got %v, want %v", f.got, f.want)
		}
	}
	four := make([]byte, 4)
	if err := again.Memory.Read(0x1002, four); err != nil || string(four) != "2345" {
		t.Errorf("%q, %v", four, err)
	}
	for _, r := range []Range{{0x1001, 2}, {0x1005, 2}, {0x2002, 1}, {0x9000, 1}} {
		var fault *Fault
		if err := again.Memory.Read(r.Addr, make([]byte, r.Len)); !errors.As(err, &fault) || fault.Why != "not in the recording" {
			t.Errorf("%+v reads as %v", r, err)
		}
	}
}

// A recording's modules answer as the image's did, without the file.
func TestRecordingHoldsWhatModulesAnswered(t *testing.T) {
	img := smallImage(t)
	m := img.Modules[0]
	text, ok := m.Section(".text")
	if !ok {
		t.Fatal("no .text")
	}
	Record(img)
	code := make([]byte, 64)
	if err := m.ReadFile(text.Addr+100, code); err != nil {
		t.Fatal(err)
	}
	info, infoErr := m.BuildInfo()

	r := reopen(t, img).Modules[0]
	if r.Path != m.Path || r.Bias != m.Bias || r.Start != m.Start || r.End != m.End || r.BuildID != m.BuildID || r.GoBuildID != m.GoBuildID {
		t.Errorf("%+v, want %+v", r, m)
	}
	if !reflect.DeepEqual(r.Header, m.Header) || !reflect.DeepEqual(r.Segments, m.Segments) {
		t.Errorf("%+v %+v, want %+v %+v", r.Header, r.Segments, m.Header, m.Segments)
	}
	if got, _ := r.Section(".text"); got != text {
		t.Errorf(".text %+v, want %+v", got, text)
	}
	got := make([]byte, 64)
	if err := r.ReadFile(text.Addr+100, got); err != nil || !bytes.Equal(got, code) {
		t.Errorf("%x %v", got, err)
	}
	var fault *Fault
	if err := r.ReadFile(text.Addr+1000, got); !errors.As(err, &fault) || fault.Why != "not in the recording" {
		t.Errorf("what was not read reads as %v", err)
	}
	gotInfo, err := r.BuildInfo()
	if (err == nil) != (infoErr == nil) || err == nil && gotInfo.String() != info.String() {
		t.Errorf("%v %v, want %v %v", gotInfo, err, info, infoErr)
	}
}

func TestOnlyARecordedImageIsWritten(t *testing.T) {
	if err := WriteRecording(io.Discard, smallImage(t)); err == nil {
		t.Error("an image that was not recorded was written")
	}
}

// packRecording makes a recording of a header and data.
func packRecording(size uint64, header, data []byte) []byte {
	var b bytes.Buffer
	b.WriteString(recordingMagic)
	z, err := zstd.NewWriter(&b)
	if err != nil {
		panic(err)
	}
	z.Write(binary.LittleEndian.AppendUint64(nil, size))
	z.Write(header)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

func TestOpenRecordingRefuses(t *testing.T) {
	img := smallImage(t)
	Record(img)
	img.Memory.Read(0x1000, make([]byte, 10))
	var buf bytes.Buffer
	if err := WriteRecording(&buf, img); err != nil {
		t.Fatal(err)
	}
	good := buf.Bytes()
	pack := func(header, data string) string {
		return string(packRecording(uint64(len(header)), []byte(header), []byte(data)))
	}
	for _, c := range []struct{ file, want string }{
		{"{}", "it is none"},
		{"", "it is none"},
		{"dlv-async recording 2\nxyz", "it is a dlv-async recording 2, and this program reads version 1"},
		{string(good[:len(good)-20]), "cut short or damaged"},
		{string(good[:len(recordingMagic)+4]), "cut short"},
		{recordingMagic, "cut short"},
		{string(packRecording(math.MaxUint64, nil, nil)), "its header is longer than it is"},
		{pack("{", ""), "it is damaged: unexpected end of JSON input"},
		{pack(`{"memory":[{"Addr":4096,"Len":9}]}`, "12345678"), "9 bytes at 0x1000 are not in it"},
		{pack(`{"memory":[{"Addr":4096,"Len":-1}]}`, ""), "-1 bytes at 0x1000 are not in it"},
		{pack(`{"memory":[{"Addr":18446744073709551615,"Len":2}]}`, "xy"), "2 bytes at 0xffffffffffffffff are not in it"},
		{pack(`{"modules":[{"path":"/a","file":[{"Addr":0,"Len":4}]}]}`, "\x7fELF"), "not a usable ELF file"},
		{pack(`{"types":[{"name":"a","elem":3}]}`, ""), "there is no type 3"},
		{pack(`{"types":[{"name":"a","fields":[{"type":-1}]}]}`, ""), "there is no type -1"},
		{pack(`{"types":[{"name":"a","size":-8}]}`, ""), "has size -8"},
		{pack(`{"types":[{"name":"a","kind":999}]}`, ""), "kind 999"},
	} {
		img, err := OpenRecording(strings.NewReader(c.file))
		if err == nil {
			t.Errorf("%s: opened as %+v", c.want, img)
		} else if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want one line with %q", err, c.want)
		}
	}
}

// A small file that unpacks to more than any recording has is refused.
func TestOpenRecordingBoundsMemory(t *testing.T) {
	const limit = 4 << 20
	file := packRecording(0, nil, make([]byte, limit))
	if len(file) > 1<<16 {
		t.Fatalf("the file has %d bytes", len(file))
	}
	if _, _, err := readParts(bytes.NewReader(file), limit); err == nil || !strings.Contains(err.Error(), "more than 4 MB") {
		t.Errorf("got %v", err)
	}
}

func FuzzOpenRecording(f *testing.F) {
	f.Add([]byte(`{"memory":[{"Addr":4096,"Len":4}],"types":[{"name":"a","elem":1}],"modules":[{"path":"/a","types":{"a":{"type":1}}}]}`), []byte("1234"))
	f.Fuzz(func(t *testing.T, header, data []byte) {
		img, err := OpenRecording(bytes.NewReader(packRecording(uint64(len(header)), header, data)))
		if err != nil {
			return
		}
		img.Memory.Read(4096, make([]byte, 8))
		for _, m := range img.Modules {
			m.Symbol("a")
			m.SymbolAt(4096)
			m.Section(".text")
			m.Global("a")
			m.BuildInfo()
			if typ, err := m.Type("a"); err == nil {
				typ.Field("b.c")
			}
		}
	})
}
