package dlvext

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"golang.org/x/sys/unix"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// pack compresses as the packing's usual tool does.
func pack(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch name {
	case "zstd":
		w, _ = zstd.NewWriter(&out)
	case "lz4":
		w = lz4.NewWriter(&out)
	case "gzip":
		w, _ = gzip.NewWriterLevel(&out, gzip.BestSpeed)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCoreCompressed(t *testing.T) {
	exe, core := crashed(t, "panic", testtarget.Options{})
	plain := openCore(t, exe, core, CoreOptions{})
	image := readFile(t, core)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, name := range []string{"zstd", "lz4", "gzip"} {
		t.Run(name, func(t *testing.T) {
			packed := pack(t, name, image)
			path := writeFile(t, "core."+name, packed)
			img := openCore(t, exe, path, CoreOptions{})
			checkGoCore(t, img)
			if len(img.Notes) != 0 {
				t.Errorf("nothing is wrong with the core, and it has notes: %q", img.Notes)
			}
			want, got := plain.Memory.(regionMemory), img.Memory.(regionMemory)
			if len(want) != len(got) {
				t.Fatalf("%d regions in place of %d", len(got), len(want))
			}
			for i := range want {
				size := int(min(want[i].end-want[i].start, 1<<20))
				a, b := make([]byte, size), make([]byte, size)
				errA, errB := plain.Memory.Read(want[i].start, a), img.Memory.Read(got[i].start, b)
				if (errA == nil) != (errB == nil) || errA == nil && !bytes.Equal(a, b) {
					t.Errorf("%#x is not as in the core that was never compressed", want[i].start)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(tmp, "dlv-async-*")); len(left) != 0 {
				t.Errorf("files stay behind: %q", left)
			}

			cut := writeFile(t, "cut", packed[:len(packed)*2/3])
			img = openCore(t, exe, cut, CoreOptions{})
			if notes := strings.Join(img.Notes, "\n"); !strings.Contains(notes, "compressed core is cut off") || !strings.Contains(notes, "truncated") {
				t.Errorf("the notes do not say that the file is cut off: %q", img.Notes)
			}
		})
	}
	t.Run("of no core", func(t *testing.T) {
		_, err := OpenCore(exe, writeFile(t, "x.zst", pack(t, "zstd", make([]byte, 100<<20))), CoreOptions{})
		if err == nil || !strings.Contains(err.Error(), "not an ELF file") {
			t.Errorf("zeros, compressed: %v", err)
		}
	})
	t.Run("no room", func(t *testing.T) {
		defer func(n uint64) { keepFree = n }(keepFree)
		keepFree = math.MaxUint64
		_, err := OpenCore(exe, writeFile(t, "core.zst", pack(t, "zstd", image)), CoreOptions{})
		if err == nil || !strings.Contains(err.Error(), tmp) || !strings.Contains(err.Error(), "set TMPDIR") {
			t.Errorf("on a full disk: %v", err)
		}
	})
	t.Run("no directory", func(t *testing.T) {
		path := writeFile(t, "core.zst", pack(t, "zstd", image))
		t.Setenv("TMPDIR", filepath.Join(tmp, "none"))
		_, err := OpenCore(exe, path, CoreOptions{})
		if err == nil || !strings.Contains(err.Error(), "unpacked into "+filepath.Join(tmp, "none")) {
			t.Errorf("without a directory for temporary files: %v", err)
		}
	})
}

// TestUnpackLeavesHoles unpacks a large file that is mostly zero, and looks
// how much of the disk it takes.
func TestUnpackLeavesHoles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	_, core := crashed(t, "panic", testtarget.Options{})
	image := readFile(t, core)
	const large = 256 << 20
	packed := pack(t, "lz4", append(image, make([]byte, large)...))
	v, notes, err := openCoreFile(writeFile(t, "core.lz4", packed))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if len(notes) != 0 || v.size < int64(len(image)) {
		t.Errorf("%d of %d bytes came out, with notes %q", v.size, len(image), notes)
	}
	if v.size > int64(len(image))+8<<20 {
		t.Errorf("%d bytes came out, and the core ends at %d", v.size, len(image))
	}
	head, err := v.bytes(0, len(image))
	if err != nil || !bytes.Equal(head, image) {
		t.Errorf("the core is not as it was: %v", err)
	}
	if used := diskUse(t, v.File); used > int64(len(image)) {
		t.Errorf("the core of %d bytes takes %d on the disk", len(image), used)
	}
}

// diskUse is how much of the disk a file takes.
func diskUse(t *testing.T, f *os.File) int64 {
	t.Helper()
	var s unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &s); err != nil {
		t.Fatal(err)
	}
	return s.Blocks * 512
}
