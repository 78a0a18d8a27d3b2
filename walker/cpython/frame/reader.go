package frame

import (
	"fmt"

	"github.com/dlv-async/dlv-async/walker/cpython/layout"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

// Reader reads code objects and frames, and remembers the former. It fails
// as the [object.Reader] below it does: after a read that failed there is
// nothing, until that one's Take is called.
type Reader struct {
	o *object.Reader
	l *layout.Layout

	codes   map[object.Ref]*Code
	last    *Code                 // of the last frame
	modules map[object.Ref]string // __name__ by the globals it is in
	links   []Link                // the chain that is being read
	missed  error                 // see Missed
}

// NewReader makes a reader of the process that o reads.
func NewReader(o *object.Reader) *Reader {
	return &Reader{
		o:       o,
		l:       o.Layout(),
		codes:   map[object.Ref]*Code{},
		modules: map[object.Ref]string{},
	}
}

func (r *Reader) failf(format string, args ...any) { r.o.Fail(fmt.Errorf(format, args...)) }

// aside runs what reads a name: a frame is a frame without it, and its failure
// is kept by itself.
func (r *Reader) aside(read func()) {
	if r.o.Err() != nil {
		return
	}
	read()
	if err := r.o.Take(); err != nil && r.missed == nil {
		r.missed = err
	}
}

// Missed returns why the first name that could not be read could not, of a
// module or of a method of 3.10 or before; nil: all could. Names are remembered,
// those that are missing too: any number of frames may be without.
func (r *Reader) Missed() error { return r.missed }

// at returns the address of a field.
func at(base uint64, offset int) uint64 { return base + uint64(int64(offset)) }

// field reads the pointer in an object's field.
func (r *Reader) field(o object.Ref, offset int) object.Ref { return r.o.Ref(at(uint64(o), offset)) }
