package dlvext

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// writeFile writes a file of the test's own and returns its path.
func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCoreRefused has every file that is not the core of the executable, and
// the one line that says so.
func TestCoreRefused(t *testing.T) {
	exe, core := crashed(t, "panic", testtarget.Options{})
	other := testtarget.Build(t, "chans", testtarget.Options{})
	image, program := readFile(t, core), readFile(t, exe)

	// changed is the core with some bytes at an offset set to others.
	changed := func(content []byte, off int, to ...byte) string {
		c := append([]byte(nil), content[:min(len(content), 4<<20)]...)
		copy(c[off:], to)
		return writeFile(t, "changed", c)
	}
	const class, data, machine = elf.EI_CLASS, elf.EI_DATA, 18
	noteSize := 64 + 32 // p_filesz of the first program header, PT_NOTE
	text := writeFile(t, "text", []byte("this is no core, and long enough to have been one with a header of 64 bytes"))
	tests := []struct {
		name, exe, core string
		want            []string
	}{
		{"no core", exe, exe + ".none", []string{exe + ".none", "no such file"}},
		{"no executable", exe + ".none", core, []string{"executable", exe + ".none", "no such file"}},
		{"directory", exe, t.TempDir(), []string{"not a regular file"}},
		{"empty", exe, writeFile(t, "nothing", nil), []string{"it is empty"}},
		{"text", exe, text, []string{"not an ELF file"}},
		{"text executable", text, core, []string{text, "not a 64-bit ELF executable"}},
		{"swapped", core, exe, []string{core + " is the core", "executable first"}},
		{"swapped with text", core, text, []string{core + " is the core", "executable first"}},
		{"executable alone", "", exe, []string{exe, "not a core"}},
		{"two executables", exe, other, []string{other, "not a core"}},
		{"32-bit", exe, changed(image, class, byte(elf.ELFCLASS32)), []string{"32-bit"}},
		{"big-endian", exe, changed(image, data, byte(elf.ELFDATA2MSB)), []string{"big-endian"}},
		{"riscv", exe, changed(image, machine, byte(elf.EM_RISCV), 0), []string{"EM_RISCV", "only amd64 and arm64"}},
		{"executable for arm64", changed(program, machine, byte(elf.EM_AARCH64), 0), core, []string{"for amd64", "for arm64"}},
		{"no threads", exe, changed(image, noteSize, 0, 0, 0, 0, 0, 0, 0, 0), []string{"no threads"}},
		{"header cut", exe, writeFile(t, "cut", image[:40]), []string{"cut off after 40 bytes"}},
		{"program headers cut", exe, writeFile(t, "cut", image[:100]), []string{"cut off after 100 bytes"}},
		{"xz", exe, writeFile(t, "core.xz", []byte("\xfd7zXZ\x00...")), []string{"xz -dk"}},
		{"zstd of nothing", exe, writeFile(t, "core.zst", []byte("\x28\xb5\x2f\xfd...")), []string{"zstd", "damaged"}},
		{"another program", other, core, []string{exe, other, buildIDOf(t, exe), buildIDOf(t, other), "--any-exe"}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			img, err := OpenCore(c.exe, c.core, CoreOptions{})
			if err == nil {
				img.Close()
				t.Fatal("it was opened")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("the error does not say %q: %v", w, err)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
		})
	}
	t.Run("another program by force", func(t *testing.T) {
		img := openCore(t, other, core, CoreOptions{AnyExe: true})
		if len(img.Notes) == 0 || !strings.Contains(img.Notes[0], buildIDOf(t, other)) {
			t.Errorf("the notes do not say that the executable is another: %q", img.Notes)
		}
	})
	t.Run("executable moved", func(t *testing.T) {
		img := openCore(t, writeFile(t, "elsewhere", program), core, CoreOptions{})
		if img.Exe != exe || len(img.Notes) != 0 {
			t.Errorf("the executable is called %s, and the notes are %q", img.Exe, img.Notes)
		}
		checkGoCore(t, img)
	})
}

func buildIDOf(t *testing.T, exe string) string {
	t.Helper()
	f, err := os.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := OpenModule(exe, f, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m.BuildID == "" {
		t.Fatalf("%s has no build id", exe)
	}
	return m.BuildID
}

// TestCoreTruncated cuts a core as a full disk or a limit does. What is left
// can be read, and what is gone says so.
func TestCoreTruncated(t *testing.T) {
	exe, core := crashed(t, "panic", testtarget.Options{})
	whole := openCore(t, exe, core, CoreOptions{})
	image := readFile(t, core)
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_NOTE { // without these no thread is known
			_, err := OpenCore(exe, writeFile(t, "headers", image[:p.Off]), CoreOptions{})
			requireError(t, err, "holds no threads; it is truncated, ")
		}
	}
	for _, percent := range []int{99, 50, 10, 1} {
		cut := writeFile(t, "core", image[:len(image)*percent/100])
		img := openCore(t, exe, cut, CoreOptions{})
		if len(img.Notes) == 0 || !strings.Contains(img.Notes[0], "truncated") {
			t.Errorf("at %d percent, the notes do not say that the core is truncated: %q", percent, img.Notes)
		}
		if len(img.Threads) != len(whole.Threads) {
			t.Errorf("at %d percent, %d of %d threads are left", percent, len(img.Threads), len(whole.Threads))
		}
		gone := 0
		for _, r := range whole.Memory.(regionMemory) {
			there, want := make([]byte, 16), make([]byte, 16)
			if whole.Memory.Read(r.end-16, want) != nil {
				continue
			}
			err := img.Memory.Read(r.end-16, there)
			fault, isFault := errors.AsType[*Fault](err)
			switch {
			case err == nil && string(there) != string(want):
				t.Errorf("at %d percent, %#x reads as other bytes than in the whole core", percent, r.end-16)
			case err != nil && (!isFault || !strings.Contains(fault.Why, "truncated")):
				t.Errorf("at %d percent, the error is %v", percent, err)
			case err != nil:
				gone++
			}
		}
		if gone == 0 {
			t.Errorf("at %d percent, nothing is missing", percent)
		}
	}
	for size := 0; size < 1<<15; size += 97 {
		img, err := OpenCore(exe, writeFile(t, "core", image[:size]), CoreOptions{})
		if err == nil {
			err = img.Close()
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("cut to %d bytes, the error has more than one line: %q", size, err)
		}
	}
}

// TestCoreDamaged flips bits where a core says what is where. It may be
// refused or read; it must not take this program down.
func TestCoreDamaged(t *testing.T) {
	exe, core := crashed(t, "panic", testtarget.Options{PIE: true})
	image := readFile(t, core)
	l, err := readELFLayout(&view{size: int64(len(image)), data: image})
	if err != nil {
		t.Fatal(err)
	}
	headers := int(l.progs(elf.PT_LOAD)[0].Off)
	random := rand.New(rand.NewPCG(1, 2))
	path := writeFile(t, "core", image)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 300 {
		damaged := append([]byte(nil), image[:headers]...)
		for range 1 + random.IntN(8) {
			damaged[random.IntN(headers)] ^= 1 << random.IntN(8)
		}
		if _, err := f.WriteAt(damaged, 0); err != nil {
			t.Fatal(err)
		}
		img, err := OpenCore(exe, path, CoreOptions{AnyExe: true})
		if err != nil {
			continue
		}
		for _, r := range img.Memory.(regionMemory) {
			buf := make([]byte, 16)
			_ = img.Memory.Read(r.start, buf)
			_ = img.Memory.Read(r.end-8, buf)
		}
		img.Close()
	}
}

// TestCoreHostile has structures in a process's memory that lead nowhere.
func TestCoreHostile(t *testing.T) {
	words := func(w ...uint64) []byte {
		var b []byte
		for _, w := range w {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
		return b
	}
	exe := &Module{Segments: []elf.ProgHeader{{Type: elf.PT_DYNAMIC, Vaddr: 0x1000, Memsz: 32}}}
	at := func(pieces map[uint64][]byte) Memory {
		m := regionMemory(nil)
		for addr, b := range pieces {
			m = m.layer([]region{{start: addr, end: addr + uint64(len(b)), view: &view{size: int64(len(b)), data: b}}})
		}
		return m
	}
	dynamic, debug := words(uint64(elf.DT_DEBUG), 0x2000, 0, 0), words(1, 0x3000)
	name := append([]byte("/lib/a.so\x00"), make([]byte, 4096)...)

	cycle := at(map[uint64][]byte{0x1000: dynamic, 0x2000: debug,
		0x3000: words(0, 0x5000, 0, 0x4000), 0x4000: words(8, 0x5000, 0, 0x3000), 0x5000: name})
	if libs, err := linkMap(cycle, exe); len(libs) != 1 || err == nil || !strings.Contains(err.Error(), "cycle") {
		t.Errorf("a list of libraries that leads back to itself gives %v, %v", libs, err)
	}
	nowhere := at(map[uint64][]byte{0x1000: dynamic, 0x2000: debug, 0x3000: words(0, 0, 0, 0x9000)})
	if libs, err := linkMap(nowhere, exe); len(libs) != 0 || err == nil || !strings.Contains(err.Error(), whyUnmapped) {
		t.Errorf("a list of libraries that leads out of memory gives %v, %v", libs, err)
	}
	none := at(map[uint64][]byte{0x1000: words(uint64(elf.DT_NULL), 0, uint64(elf.DT_DEBUG), 0x2000)})
	if libs, err := linkMap(none, exe); len(libs) != 0 || err != nil {
		t.Errorf("without DT_DEBUG there are libraries: %v, %v", libs, err)
	}
}
