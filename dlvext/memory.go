package dlvext

import "fmt"

// Memory reads a target's memory. It is safe for concurrent use.
type Memory interface {
	// Read fills buf from addr, or returns a *Fault and leaves buf's content
	// unspecified.
	Read(addr uint64, buf []byte) error
}

// Range is a run of bytes in a target's memory.
type Range struct {
	Addr uint64
	Len  int
}

// Bulk is a Memory that can read many ranges at once, much faster than one
// by one. A live process's memory is one while it is being captured, and
// keeps what it reads: what was read then can be read again afterwards.
type Bulk interface {
	Memory
	// ReadMany reads the ranges. The i-th result is the bytes of the i-th
	// range, to be treated as read-only, or nil when it cannot be read whole.
	ReadMany(ranges []Range) [][]byte
}

// ReadMany reads many ranges from m, as [Bulk.ReadMany] does.
func ReadMany(m Memory, ranges []Range) [][]byte {
	if b, ok := m.(Bulk); ok {
		return b.ReadMany(ranges)
	}
	out := make([][]byte, len(ranges))
	for i, r := range ranges {
		if r.Len < 0 || r.Len > maxRead {
			continue
		}
		buf := make([]byte, r.Len)
		if m.Read(r.Addr, buf) == nil {
			out[i] = buf
		}
	}
	return out
}

// Visitor is a Memory that can show what it reads, and need not keep it. A live
// process's memory is one while it is being captured: what was shown cannot be
// read again afterwards.
type Visitor interface {
	Memory
	// Visit reads the ranges and calls visit for each, in any order and on
	// several threads at once: with its bytes, which are good until visit returns,
	// or nil when it cannot be read whole.
	Visit(ranges []Range, visit func(i int, b []byte))
	// VisitKept is Visit of bytes that stay, as those of [Bulk.ReadMany] do.
	VisitKept(ranges []Range, visit func(i int, b []byte))
}

// Visit shows many ranges of m, as [Visitor.Visit] does: for what is taken apart at
// once, and never asked for again.
func Visit(m Memory, ranges []Range, visit func(i int, b []byte)) {
	if v, ok := m.(Visitor); ok {
		v.Visit(ranges, visit)
		return
	}
	visitAll(m, ranges, visit)
}

// VisitKept shows many ranges of m, as [Visitor.VisitKept] does.
func VisitKept(m Memory, ranges []Range, visit func(i int, b []byte)) {
	if v, ok := m.(Visitor); ok {
		v.VisitKept(ranges, visit)
		return
	}
	visitAll(m, ranges, visit)
}

// visitAll shows what it reads.
func visitAll(m Memory, ranges []Range, visit func(i int, b []byte)) {
	for i, b := range ReadMany(m, ranges) {
		visit(i, b)
	}
}

// maxRead bounds one read. The largest that walkers ask for are pointer
// arrays of millions of tasks; the length often comes from the target.
const maxRead = 1 << 28

// Fault is a read that failed.
type Fault struct {
	Addr uint64
	Len  int
	Why  string // not mapped, not in the core, not captured, past the end of the file, ...
}

func (f *Fault) Error() string {
	return fmt.Sprintf("cannot read %d bytes at %#x: %s", f.Len, f.Addr, f.Why)
}
