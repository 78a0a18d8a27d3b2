package dlvext

import (
	"errors"
	"io"
	"math"
	"os"
)

// view is a file's contents, read-only. A core is mapped into memory where
// the system can, so that reading gigabytes costs neither copies nor system
// calls. Executables and libraries are not: one that is overwritten while it
// is mapped takes its reader down with a signal, and that happens to them.
type view struct {
	*os.File
	size int64
	data []byte // the whole file; nil: not mapped
}

// openView opens the file at path. What is not a regular file is refused: its
// contents do not stay where they are, and opening a pipe would block.
func openView(path string) (*view, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("it is not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &view{File: f, size: info.Size()}, nil
}

// mapped maps the whole file into memory if the system can.
func (v *view) mapped() *view {
	if v.size > 0 && v.size <= math.MaxInt {
		v.data, _ = mapFile(v.File, int(v.size)) // else ReadAt serves
	}
	return v
}

// bytes returns the n bytes at off: of the mapping itself where there is one.
func (v *view) bytes(off int64, n int) ([]byte, error) {
	if off < 0 || n < 0 || n > maxRead || off > v.size-int64(n) {
		return nil, io.ErrUnexpectedEOF
	}
	if v.data != nil {
		return v.data[off : off+int64(n) : off+int64(n)], nil
	}
	buf := make([]byte, n)
	_, err := v.ReadAt(buf, off)
	return buf, err
}

// ReadAt makes a view an [io.ReaderAt].
func (v *view) ReadAt(buf []byte, off int64) (int, error) {
	if v.data == nil {
		return v.File.ReadAt(buf, off)
	}
	if off < 0 || off > v.size {
		return 0, io.EOF
	}
	n := copy(buf, v.data[off:])
	if n < len(buf) {
		return n, io.EOF
	}
	return n, nil
}

// Close gives the mapping and the file back. Slices that bytes returned are
// invalid from then on.
func (v *view) Close() error {
	if v.data != nil {
		unmapFile(v.data)
		v.data = nil
	}
	return v.File.Close()
}
