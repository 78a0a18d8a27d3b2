package dlvext

import (
	"cmp"
	"context"
	"debug/elf"
	"encoding/binary"
	"os"
	"slices"
	"strings"
)

// heapRun is how much of a mapping is read as one range: a page that cannot
// be read costs no more than that.
const heapRun = 1 << 20

// heapBatch is how many ranges are asked for at once. Memory for all of them
// is found before the first is read, and where it was not made ready before the
// stop that takes as long as reading: the end of a stop must not wait for more.
const heapBatch = 32

// readHeap reads all memory that the process can write to, or what of it is
// the process's own, and in both cases its own copies of files. The ranges are
// found first and then read together, on two threads, the oldest memory first:
// without modules and classes nothing can be made out of what came later, and a
// capture may be cut.
func (c *capture) readHeap(ctx context.Context) error {
	mappings, err := readMappings(c.thread)
	if err != nil {
		return err
	}
	pages, err := openPagemap(c.thread)
	if err != nil {
		return explainRead(c.pid, err)
	}
	defer pages.Close()
	slices.SortFunc(mappings, byAge)
	var there []Range
	for _, m := range mappings {
		if ctx.Err() != nil {
			break // what is missing is noted where the time is kept
		}
		if !c.copies(m) {
			continue
		}
		if there, err = c.presentIn(m, pages, there); err != nil {
			return err
		}
	}
	for ; len(there) > 0 && ctx.Err() == nil; there = there[min(heapBatch, len(there)):] {
		c.memory.ReadMany(there[:min(heapBatch, len(there))]) // what cannot be read is not captured
	}
	return nil
}

// byAge orders mappings by when they were probably made: those of files and the
// heap that the program began with, which have names, then the others, for which
// the kernel finds addresses from above downwards.
func byAge(a, b mapping) int {
	if a, b := a.path == "", b.path == ""; a != b {
		if b {
			return -1
		}
		return 1
	}
	return cmp.Compare(b.start, a.start)
}

// copies tells whether a mapping belongs to what is to be copied.
func (c *capture) copies(m mapping) bool {
	device := strings.HasPrefix(m.path, "/dev/") && !strings.HasPrefix(m.path, "/dev/shm/") && m.path != "/dev/zero"
	private := m.perms[3] == 'p'
	switch {
	case device || m.perms[0] != 'r':
		return false
	case m.perms[1] == 'w':
		return private || c.options.Heap
	}
	return private && m.inode != 0 && c.relocated(m)
}

// relocated tells whether a mapping that cannot be written to is a part of a
// module that could be: the loader has put addresses into it, and made it
// read-only after (PT_GNU_RELRO). The types of CPython's objects lie there.
func (c *capture) relocated(m mapping) bool {
	return slices.ContainsFunc(c.image.Modules, func(module *Module) bool {
		segment, ok := module.Segment(m.end - 1)
		return ok && segment.Flags&elf.PF_W != 0
	})
}

// presentIn adds the ranges of a mapping that are to be read. Pages of
// anonymous memory that were never written to are not there: they are known to
// be zeros, and not read, since reading would give the process pages that it
// does not have. Guard pages, which newer C libraries put into one mapping with
// the stacks of threads, cannot be read, nor could what stands in one range
// with them.
func (c *capture) presentIn(m mapping, pages *pagemap, ranges []Range) ([]Range, error) {
	if m.inode != 0 || m.perms[3] != 'p' {
		return inRuns(ranges, m.start, m.end), nil
	}
	err := pages.runs(m.start, m.end, func(start, end uint64, state pageState) error {
		switch {
		case state == 0:
			c.memory.known(start, end)
		case state&pageGuard == 0:
			ranges = inRuns(ranges, start, end)
		}
		return nil
	})
	return ranges, err
}

// inRuns adds what lies from start to end, a run each.
func inRuns(ranges []Range, start, end uint64) []Range {
	for start < end {
		n := min(end-start, heapRun)
		ranges = append(ranges, Range{Addr: start, Len: int(n)})
		start += n
	}
	return ranges
}

// pagemap tells which pages of a process are there:
// https://docs.kernel.org/admin-guide/mm/pagemap.html
type pagemap struct {
	file *os.File
	page uint64
	buf  []byte
}

// pageState is what matters of an entry of pagemap, 8 bytes for each page; 0 is
// a page that is not there.
type pageState uint64

// Its bits. Before Linux 6.15 guard pages look like swapped ones: these make a
// run of their own, which then cannot be read.
const (
	pagePresent pageState = 1 << 63
	pageSwapped pageState = 1 << 62
	pageGuard   pageState = 1 << 58
)

func openPagemap(thread int) (*pagemap, error) {
	f, err := os.Open(procFile(thread, "pagemap"))
	if err != nil {
		return nil, err
	}
	return &pagemap{file: f, page: uint64(os.Getpagesize()), buf: make([]byte, 1<<16)}, nil
}

func (p *pagemap) Close() error { return p.file.Close() }

// runs calls each with the runs of pages, from start to end, that are in the
// same state.
func (p *pagemap) runs(start, end uint64, each func(start, end uint64, state pageState) error) error {
	first, before := start, pageState(0)
	for at := start; at < end; {
		n, err := p.file.ReadAt(p.buf[:min(uint64(len(p.buf)), (end-at)/p.page*8)], int64(at/p.page*8))
		if n < 8 {
			return err
		}
		for b := p.buf[:n]; len(b) >= 8; b = b[8:] {
			state := pageState(binary.LittleEndian.Uint64(b)) & (pagePresent | pageSwapped | pageGuard)
			if state != before && at > first {
				if err := each(first, at, before); err != nil {
					return err
				}
				first = at
			}
			before = state
			at += p.page
		}
	}
	return each(first, end, before)
}
