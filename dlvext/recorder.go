package dlvext

import (
	"cmp"
	"slices"
	"sync"
)

// Record has the image note what is read of it, for [WriteRecording]: ranges
// of its memory, parts of its modules' files, and what its modules are asked
// for. It is called before anything else uses the image. Of a process it is
// called on [Process.Image]: what is captured later is then recorded too.
func Record(img *Image) {
	if _, ok := img.Memory.(*recorder); ok {
		return
	}
	img.Memory = &recorder{inner: img.Memory, touched: &rangeSet{}}
	for _, m := range img.Modules {
		m.record()
	}
}

// ReadSet returns the ranges of memory that were read of a recorded image,
// by address, joined where they touch; nil when it is not being recorded.
func ReadSet(img *Image) []Range {
	if r, ok := img.Memory.(*recorder); ok {
		return r.touched.list()
	}
	return nil
}

// recorder is a Memory that notes what was read of another.
type recorder struct {
	inner   Memory
	touched *rangeSet
}

var _ Bulk = (*recorder)(nil)

func (r *recorder) Read(addr uint64, buf []byte) error {
	err := r.inner.Read(addr, buf)
	if err == nil {
		r.touched.add(Range{Addr: addr, Len: len(buf)})
	}
	return err
}

func (r *recorder) ReadMany(ranges []Range) [][]byte {
	out := ReadMany(r.inner, ranges)
	read := make([]Range, 0, len(ranges))
	for i, b := range out {
		if b != nil {
			read = append(read, ranges[i])
		}
	}
	r.touched.add(read...)
	return out
}

// rangeSet is a set of bytes, by ranges.
type rangeSet struct {
	mu     sync.Mutex
	ranges []Range
	tidy   int // of ranges, how many are sorted and disjoint
}

// untidy is how many ranges a set collects before it joins them, lest reading
// the same over and over take memory.
const untidy = 1 << 14

func (s *rangeSet) add(ranges ...Range) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range ranges {
		if r.Len > 0 {
			s.ranges = append(s.ranges, r)
		}
	}
	if len(s.ranges) > 2*s.tidy+untidy {
		s.join()
	}
}

// join sorts the ranges and makes one of those that touch or overlap.
func (s *rangeSet) join() {
	slices.SortFunc(s.ranges, func(a, b Range) int { return cmp.Compare(a.Addr, b.Addr) })
	joined := s.ranges[:0]
	for _, r := range s.ranges {
		if n := len(joined); n > 0 {
			last := &joined[n-1]
			if gap := r.Addr - last.Addr; gap <= uint64(last.Len) {
				last.Len = max(last.Len, int(gap)+r.Len)
				continue
			}
		}
		joined = append(joined, r)
	}
	s.ranges, s.tidy = joined, len(joined)
}

// list returns the ranges by address, disjoint and apart.
func (s *rangeSet) list() []Range {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.join()
	return append([]Range{}, s.ranges...) // not nil, even when there is none
}
