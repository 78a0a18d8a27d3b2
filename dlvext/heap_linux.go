package dlvext

import (
	"context"
	"encoding/binary"
	"os"
	"strings"
)

// heapRun is how much of a mapping is read as one range: a page that cannot
// be read costs no more than that.
const heapRun = 1 << 20

// readHeap reads all memory that the process can write to, and what is its
// own copy of a file.
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
	for _, m := range mappings {
		if ctx.Err() != nil {
			return nil // what is missing is noted where the time is kept
		}
		if m.perms[1] != 'w' || strings.HasPrefix(m.path, "/dev/") && !strings.HasPrefix(m.path, "/dev/shm/") && m.path != "/dev/zero" {
			continue
		}
		if err := c.readMapping(ctx, m, pages); err != nil {
			return err
		}
	}
	return nil
}

// readMapping reads one mapping. Pages of anonymous memory that were never
// written to are not there: they are known to be zeros, and not read, since
// reading would give the process pages that it does not have.
func (c *capture) readMapping(ctx context.Context, m mapping, pages *pagemap) error {
	if m.inode != 0 || m.perms[3] != 'p' {
		return c.readRange(ctx, m.start, m.end)
	}
	return pages.runs(m.start, m.end, func(start, end uint64, present bool) error {
		if !present {
			c.memory.known(start, end)
			return nil
		}
		return c.readRange(ctx, start, end)
	})
}

func (c *capture) readRange(ctx context.Context, start, end uint64) error {
	const batch = 64
	var ranges []Range
	for start < end && ctx.Err() == nil {
		n := min(end-start, heapRun)
		ranges = append(ranges, Range{Addr: start, Len: int(n)})
		start += n
		if len(ranges) == batch || start == end {
			c.memory.ReadMany(ranges) // what cannot be read is not captured
			ranges = ranges[:0]
		}
	}
	return nil
}

// pagemap tells which pages of a process are there:
// https://docs.kernel.org/admin-guide/mm/pagemap.html
type pagemap struct {
	file *os.File
	page uint64
	buf  []byte
}

// Bits of an entry of pagemap, 8 bytes for each page.
const (
	pagePresent = 1 << 63
	pageSwapped = 1 << 62
)

func openPagemap(thread int) (*pagemap, error) {
	f, err := os.Open(procFile(thread, "pagemap"))
	if err != nil {
		return nil, err
	}
	return &pagemap{file: f, page: uint64(os.Getpagesize()), buf: make([]byte, 1<<16)}, nil
}

func (p *pagemap) Close() error { return p.file.Close() }

// runs calls each with the runs of pages, from start to end, that are there
// or are not.
func (p *pagemap) runs(start, end uint64, each func(start, end uint64, present bool) error) error {
	first, there := start, false
	for at := start; at < end; {
		n, err := p.file.ReadAt(p.buf[:min(uint64(len(p.buf)), (end-at)/p.page*8)], int64(at/p.page*8))
		if n < 8 {
			return err
		}
		for b := p.buf[:n]; len(b) >= 8; b = b[8:] {
			present := binary.LittleEndian.Uint64(b)&(pagePresent|pageSwapped) != 0
			if present != there && at > first {
				if err := each(first, at, there); err != nil {
					return err
				}
				first = at
			}
			there = present
			at += p.page
		}
	}
	return each(first, end, there)
}
