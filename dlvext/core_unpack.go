package dlvext

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// packing is a way in which cores are compressed. systemd-coredump stores
// them as .zst or .lz4, by its version; people use gzip.
type packing struct {
	magic string
	name  string
	open  func(io.Reader) (io.Reader, error) // nil: not read here
	tool  string                             // what unpacks it then
}

// maxWindow bounds what unpacking may keep in memory, as the zstd command
// does when it is not told otherwise.
const maxWindow = 128 << 20

var packings = []packing{
	{magic: "\x28\xb5\x2f\xfd", name: "zstd", open: func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxWindow))
	}},
	{magic: "\x04\x22\x4d\x18", name: "lz4", open: func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil }},
	{magic: "\x1f\x8b", name: "gzip", open: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{magic: "\xfd7zXZ\x00", name: "xz", tool: "xz -dk"},
	{magic: "BZh", name: "bzip2", tool: "bzip2 -dk"},
}

// openCoreFile opens the core file at path, unpacked when it is compressed.
// The notes are what the reader of a snapshot must know of the file.
func openCoreFile(path string) (v *view, notes []string, err error) {
	v, err = openView(path)
	if err != nil {
		return nil, nil, err
	}
	head, _ := v.bytes(0, int(min(v.size, 8)))
	for _, p := range packings {
		if !bytes.HasPrefix(head, []byte(p.magic)) {
			continue
		}
		defer v.Close()
		if p.open == nil {
			return nil, nil, fmt.Errorf("it is compressed with %s, which is not read here: unpack it with `%s` first", p.name, p.tool)
		}
		return p.unpack(v.File)
	}
	return v.mapped(), nil, nil
}

func (p packing) unpack(packed *os.File) (*view, []string, error) {
	r, err := p.open(packed)
	if err != nil {
		return nil, nil, fmt.Errorf("its %s compression is damaged: %w", p.name, err)
	}
	if c, ok := r.(interface{ Close() }); ok {
		defer c.Close() // zstd has goroutines
	}
	u, err := newUnpacker()
	if err != nil {
		return nil, nil, err
	}
	v := &view{File: u.file}
	damage, err := u.copy(r, v)
	if err != nil {
		v.Close()
		return nil, nil, err
	}
	var notes []string
	switch {
	case damage == nil:
	case v.size == 0:
		v.Close()
		return nil, nil, fmt.Errorf("its %s compression is damaged: %w", p.name, damage)
	case errors.Is(damage, io.ErrUnexpectedEOF):
		notes = append(notes, fmt.Sprintf("the compressed core is cut off: %s came out of it", byteCount(uint64(v.size))))
	default:
		notes = append(notes, fmt.Sprintf("the compressed core is damaged after %s: %v", byteCount(uint64(v.size)), damage))
	}
	return v.mapped(), notes, nil
}

// keepFree is how many bytes of a disk unpacking leaves to others.
var keepFree uint64 = 256 << 20

// unpacker writes a core into a temporary file that has no name, so that
// nothing stays behind, and leaves out what is zero: a Go process has
// gigabytes of that.
type unpacker struct {
	file *os.File
	dir  string
	free uint64 // bytes that may be written before the disk is asked again
}

// newUnpacker makes the file in TMPDIR, else in /var/tmp: /tmp is memory on
// many machines.
func newUnpacker() (*unpacker, error) {
	dir := os.Getenv("TMPDIR")
	if dir == "" {
		dir = "/var/tmp"
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			dir = os.TempDir()
		}
	}
	f, err := unnamedFile(dir)
	if err != nil {
		return nil, fmt.Errorf("it is compressed, and cannot be unpacked into %s: %w", dir, withoutPath(err))
	}
	return &unpacker{file: f, dir: dir}, nil
}

// copy unpacks r into the file, of which v is the view. Damage is what is
// wrong with r: what came before it stays.
func (u *unpacker) copy(r io.Reader, v *view) (damage, err error) {
	const block = 64 << 10
	zero := make([]byte, block)
	chunk := make([]byte, 64*block) // the headers of most cores fit into the first
	end := uint64(0)                // of what is wanted; 0: not known yet
	for end == 0 || uint64(v.size) < end {
		n, failed := readFull(r, chunk)
		for b := range slices.Chunk(chunk[:n], block) {
			if !bytes.Equal(b, zero[:len(b)]) {
				if err := u.write(b, v.size); err != nil {
					return nil, err
				}
			}
			v.size += int64(len(b))
		}
		if failed == io.EOF {
			break
		}
		if failed != nil {
			damage = failed
			break
		}
		if end == 0 {
			l, err := readELFLayout(v)
			if err == ErrNotELF {
				return nil, err // rather than after some gigabytes of it
			}
			end = math.MaxUint64
			if err == nil {
				end = l.End
			}
		}
	}
	return damage, u.file.Truncate(v.size)
}

// readFull is [io.ReadFull] that tells a source that ended from one that says
// itself that it was cut off.
func readFull(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

func (u *unpacker) write(b []byte, off int64) error {
	if uint64(len(b)) > u.free {
		free, err := freeSpace(u.dir)
		if err == nil && free < keepFree {
			return u.full()
		}
		// Others write there too: ask again before the rest is used up.
		u.free = max((free-min(free, keepFree))/2, uint64(len(b)))
		if err != nil {
			u.free = keepFree
		}
	}
	u.free -= uint64(len(b))
	if _, err := u.file.WriteAt(b, off); err != nil {
		if isDiskFull(err) {
			return u.full()
		}
		return fmt.Errorf("it cannot be unpacked into %s: %w", u.dir, withoutPath(err))
	}
	return nil
}

func (u *unpacker) full() error {
	return fmt.Errorf("it does not fit unpacked into what %s has free: set TMPDIR to a directory with more room", u.dir)
}
