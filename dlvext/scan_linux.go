package dlvext

import (
	"sync"
	"sync/atomic"
)

// Bounds of a scan, in bytes but for scanMany. What lies between two ranges costs the
// time that copying it takes, and no memory: up to scanGap that is less than
// to begin another transfer. What was read is taken apart while it is in the
// processor's cache.
const (
	scanGap   = 2048
	scanRun   = 64 << 10  // read as one
	scanBatch = 256 << 10 // read by one call
	scanMany  = 1024      // ranges; fewer gain nothing
)

// scannable tells whether there are so many ranges, and so small ones, that to
// begin a transfer for each takes longer than to copy what lies between them.
func scannable(ranges []Range) bool {
	if len(ranges) < scanMany {
		return false
	}
	sum := 0
	for _, r := range ranges {
		if r.Len <= 0 || r.Len > scanRun || checkRange(r.Addr, r.Len) != nil {
			return false
		}
		sum += r.Len
	}
	return sum/len(ranges) <= scanGap
}

// nearby are ranges that follow each other and lie close to each other: those
// from first on, count of them, which lie in [start, end).
type nearby struct {
	start, end   uint64
	first, count int
}

// joins tells whether a range is close enough to the others, and adds it if so.
func (n *nearby) joins(r Range) bool {
	end := r.Addr + uint64(r.Len)
	start, stop := min(n.start, r.Addr), max(n.end, end)
	if r.Addr > n.end+scanGap || end+scanGap < n.start || stop-start > scanRun {
		return false
	}
	n.start, n.end = start, stop
	n.count++
	return true
}

// neighbours joins ranges to what is read as one. Lists of what was allocated
// together go up or down in memory.
func neighbours(ranges []Range) (runs []nearby) {
	for i, r := range ranges {
		if len(runs) == 0 || !runs[len(runs)-1].joins(r) {
			runs = append(runs, nearby{start: r.Addr, end: r.Addr + uint64(r.Len), first: i, count: 1})
		}
	}
	return runs
}

// batches splits runs by what one call reads.
func batches(runs []nearby) (all [][]nearby) {
	from, bytes := 0, 0
	for i, r := range runs {
		size := int(r.end - r.start)
		if bytes += size; bytes > scanBatch || i-from == maxIovecs {
			all = append(all, runs[from:i])
			from, bytes = i, size
		}
	}
	return append(all, runs[from:])
}

// scan reads ranges that are scannable, on two threads, and hands each to a scanner's take.
// When that panics scan does, once nothing is read any more.
func (c *capturing) scan(ranges []Range, take func(s *scanner, i int, b []byte)) {
	work := batches(neighbours(ranges))
	var next atomic.Int64
	var panicked atomic.Pointer[any] // one that leaves a goroutine would end the program
	var left sync.WaitGroup
	left.Add(len(work))
	do := func(s *scanner, runs []nearby) {
		defer left.Done()
		defer func() {
			if p := recover(); p != nil {
				panicked.Store(&p)
			}
		}()
		s.batch(runs)
	}
	run := func() {
		s := scanner{capturing: c, ranges: ranges, take: take, scratch: make([]byte, scanBatch)}
		for i := next.Add(1) - 1; i < int64(len(work)); i = next.Add(1) - 1 {
			do(&s, work[i])
		}
	}
	if len(work) > 1 {
		go func() { // where it gets no processor, the other one does it all
			hurry()
			run()
		}()
	}
	run()
	left.Wait()
	if p := panicked.Load(); p != nil {
		panic(*p)
	}
}

// scanner is a thread that works on a scan.
type scanner struct {
	*capturing
	ranges  []Range
	take    func(s *scanner, i int, b []byte) // gets the bytes of the i-th, good until it returns, or nil
	scratch []byte
	ts      []transfer
	block   *block // to keep bytes in; nil: none yet
}

// block is memory in which a scan keeps what it read, one behind the other. There
// may be millions of pieces.
type block struct {
	room   []byte // what is left
	data   []byte
	pieces []addressed
}

type addressed struct {
	addr uint64
	size int32
}

// put keeps b as what was captured at addr; nil when there is no room for it.
func (k *block) put(addr uint64, b []byte) []byte {
	if k == nil || len(b) > len(k.room) {
		return nil
	}
	kept := k.room[:len(b):len(b)]
	k.room = k.room[len(b):]
	copy(kept, b)
	k.pieces = append(k.pieces, addressed{addr, int32(len(b))})
	return kept
}

// appendTo appends the pieces in it to all.
func (k *block) appendTo(all []piece) []piece {
	data := k.data
	for _, p := range k.pieces {
		all = append(all, piece{addr: p.addr, size: int(p.size), data: data[:p.size:p.size]})
		data = data[p.size:]
	}
	return all
}

// batch reads some runs and takes them apart.
func (s *scanner) batch(runs []nearby) {
	s.ts = s.ts[:0]
	at := 0
	for _, r := range runs {
		size := int(r.end - r.start)
		s.ts = append(s.ts, transfer{addr: r.start, dst: s.scratch[at : at+size]})
		at += size
	}
	err := s.reader.copyAll(s.ts, s.capturing)
	for i, r := range runs {
		for k := r.first; k < r.first+r.count; k++ {
			m := s.ranges[k]
			if !s.ts[i].ok {
				s.take(s, k, s.alone(m))
				continue
			}
			off := int(m.Addr - r.start)
			s.take(s, k, s.ts[i].dst[off:off+m.Len:off+m.Len])
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.reads += int64(len(runs))
	s.gone = s.gone || err != nil
	if s.over.Load() {
		s.cut.Store(true)
	}
}

// alone reads a range of a run that could not be read as one; nil when it cannot.
func (s *scanner) alone(r Range) []byte {
	if s.over.Load() {
		return nil
	}
	t := []transfer{{addr: r.Addr, dst: make([]byte, r.Len)}}
	if s.reader.copyAll(t, s.capturing) != nil || !t[0].ok {
		return nil
	}
	return t[0].dst
}

// keep copies bytes to where they stay, as what was captured at addr; nil when there
// is no room for more.
func (s *scanner) keep(addr uint64, b []byte) []byte {
	if kept := s.block.put(addr, b); kept != nil || len(b) == 0 {
		return kept
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stats.bytes+scanBatch > s.limit {
		s.cut.Store(true)
		return nil
	}
	s.stats.bytes += scanBatch
	data := s.arena.take(scanBatch)
	s.block = &block{room: data, data: data, pieces: make([]addressed, 0, scanBatch/len(b))}
	s.blocks = append(s.blocks, s.block)
	return s.block.put(addr, b)
}
