package dlvext

import (
	"cmp"
	"slices"
)

// region is a run of a process's memory: the contents of a file, or the
// reason why there are none.
type region struct {
	start, end uint64
	view       *view // nil: unreadable
	off        int64 // of start in the view
	why        string
}

// regionMemory is memory made of regions, sorted by address, that do not overlap.
type regionMemory []region

var _ Bulk = regionMemory(nil)

// layer returns the memory with those parts of the regions added that it does
// not cover yet. Where the regions overlap each other, the one that starts
// first counts.
func (m regionMemory) layer(regions []region) regionMemory {
	regions = slices.Clone(regions)
	slices.SortStableFunc(regions, byStart)
	merged := slices.Clone(m)
	var end uint64
	for _, r := range regions {
		merged = append(merged, m.uncovered(r.from(max(r.start, end)))...)
		end = max(end, r.end)
	}
	slices.SortFunc(merged, byStart)
	return joined(merged)
}

func byStart(a, b region) int { return cmp.Compare(a.start, b.start) }

// uncovered returns the parts of r where m has nothing.
func (m regionMemory) uncovered(r region) []region {
	var parts []region
	for i := m.at(r.start); r.start < r.end; i++ {
		if i == len(m) || m[i].start >= r.end {
			return append(parts, r)
		}
		if m[i].start > r.start {
			part := r
			part.end = m[i].start
			parts = append(parts, part)
		}
		r = r.from(m[i].end)
	}
	return parts
}

// from returns the part of r that begins at addr, empty when there is none.
func (r region) from(addr uint64) region {
	if addr >= r.end {
		r.start = r.end
		return r
	}
	r.off += int64(addr - r.start)
	r.start = addr
	return r
}

// joined makes one region of neighbours that are neighbours in their file
// too: the pieces of a heap.
func joined(m regionMemory) regionMemory {
	out := m[:0]
	for _, r := range m {
		if r.start >= r.end {
			continue
		}
		if n := len(out); n > 0 {
			last := &out[n-1]
			if last.view != nil && last.view == r.view && last.end == r.start && last.off+int64(last.end-last.start) == r.off {
				last.end = r.end
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// at returns the index of the first region that ends after addr.
func (m regionMemory) at(addr uint64) int {
	i, _ := slices.BinarySearchFunc(m, addr, func(r region, addr uint64) int {
		if r.end <= addr {
			return -1
		}
		return 1
	})
	return i
}

const whyUnmapped = "not mapped"

func (m regionMemory) Read(addr uint64, buf []byte) error {
	left, next := buf, addr
	for i := m.at(addr); len(left) > 0; i++ {
		if i == len(m) || m[i].start > next || next < addr {
			return &Fault{Addr: addr, Len: len(buf), Why: whyUnmapped}
		}
		r := m[i].from(next)
		if r.view == nil {
			return &Fault{Addr: addr, Len: len(buf), Why: r.why}
		}
		n := min(uint64(len(left)), r.end-r.start)
		if _, err := r.view.ReadAt(left[:n], r.off); err != nil {
			return &Fault{Addr: addr, Len: len(buf), Why: "in " + r.view.Name() + ", which was cut short"}
		}
		left, next = left[n:], next+n
	}
	return nil
}

// ReadMany returns slices of the mapped file itself wherever a range lies in
// one region: a hundred thousand stacks cost a hundred thousand searches, and
// no copy.
func (m regionMemory) ReadMany(ranges []Range) [][]byte {
	out := make([][]byte, len(ranges))
	for i, want := range ranges {
		if want.Len < 0 || want.Len > maxRead {
			continue
		}
		if b := m.whole(want); b != nil {
			out[i] = b
			continue
		}
		buf := make([]byte, want.Len)
		if m.Read(want.Addr, buf) == nil {
			out[i] = buf
		}
	}
	return out
}

// whole returns the range's bytes without a copy, or nil.
func (m regionMemory) whole(want Range) []byte {
	i := m.at(want.Addr)
	if i == len(m) || want.Addr < m[i].start || uint64(want.Len) > m[i].end-want.Addr {
		return nil
	}
	r := m[i].from(want.Addr)
	if r.view == nil || r.view.data == nil {
		return nil
	}
	b, err := r.view.bytes(r.off, want.Len)
	if err != nil {
		return nil
	}
	return b
}
