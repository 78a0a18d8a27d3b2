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

// optional runs what reads something that may be missed: its failure is none
// of the caller's.
func (r *Reader) optional(read func()) {
	if r.o.Err() != nil {
		return
	}
	read()
	_ = r.o.Take()
}

// at returns the address of a field.
func at(base uint64, offset int) uint64 { return base + uint64(int64(offset)) }

// field reads the pointer in an object's field.
func (r *Reader) field(o object.Ref, offset int) object.Ref { return r.o.Ref(at(uint64(o), offset)) }
