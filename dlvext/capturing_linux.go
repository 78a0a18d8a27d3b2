package dlvext

import (
	"sync"
	"sync/atomic"
)

// capturing is the memory of a process while it is being captured, and the
// memory of the capture after. It keeps every byte that it reads.
type capturing struct {
	reader *vmReader
	arena  *arena // under mu
	limit  int64  // of bytes

	// filling is held during the whole of a request, with what is done around
	// the reading: the process does not wait for that, only the result does.
	filling sync.RWMutex
	over    atomic.Bool    // no call may begin any more, and what one brings that is under way does not count
	cut     atomic.Bool    // reads were refused for time or space
	result  func() *sparse // what was captured: once it is over

	mu     sync.Mutex
	kept   [][]transfer
	blocks []*block
	zeros  []piece
	gone   bool // the process ended while it was read
	stats  captureStats
}

// captureStats counts what a capture cost.
type captureStats struct {
	reads int64 // runs of memory asked of the kernel
	bytes int64 // in them
}

var _ Bulk = (*capturing)(nil)

func newCapturing(r *vmReader, reserve int, limit int64, modules []*Module) *capturing {
	c := &capturing{reader: r, arena: newArena(reserve), limit: limit}
	c.result = sync.OnceValue(func() *sparse {
		c.filling.Lock()
		defer c.filling.Unlock()
		c.mu.Lock()
		defer c.mu.Unlock()
		why := "not captured"
		if c.cut.Load() {
			why = "not captured: the capture was cut"
		}
		return newSparse(c.pieces(), modules, why)
	})
	return c
}

// freeze ends the reading of the process, and waits for nothing: what a call that is
// under way brings is not used. What is read from then on is what was captured.
func (c *capturing) freeze(cut bool) {
	if cut {
		c.cut.Store(true)
	}
	c.over.Store(true)
}

// enter implements [gate].
func (c *capturing) enter() bool { return !c.over.Load() }

// leave implements [gate].
func (c *capturing) leave() bool { return !c.over.Load() }

// begin begins a request, unless the capture is over: then its result answers.
func (c *capturing) begin() bool {
	c.filling.RLock()
	if c.over.Load() {
		c.filling.RUnlock()
		return false
	}
	return true
}

func (c *capturing) end() { c.filling.RUnlock() }

// pieces are what was captured. It is called once, under mu, when c is over
// and no request is under way.
func (c *capturing) pieces() []piece {
	all := c.zeros
	for _, runs := range c.kept {
		for _, r := range runs {
			if r.ok {
				all = append(all, piece{addr: r.addr, size: len(r.dst), data: r.dst})
			}
		}
	}
	for _, b := range c.blocks {
		all = b.appendTo(all)
	}
	c.kept, c.blocks, c.zeros = nil, nil, nil
	return all
}

func (c *capturing) Read(addr uint64, buf []byte) error {
	if !c.begin() {
		return c.result().Read(addr, buf)
	}
	defer c.end()
	if err := checkRange(addr, len(buf)); err != nil {
		return err
	}
	var out [1][]byte
	c.fill([]Range{{Addr: addr, Len: len(buf)}}, out[:], false)
	if out[0] == nil {
		return &Fault{Addr: addr, Len: len(buf), Why: c.why()}
	}
	copy(buf, out[0])
	return nil
}

func (c *capturing) why() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.gone:
		return "the process has ended"
	case c.cut.Load():
		return "the capture was cut"
	}
	return "not mapped"
}

func (c *capturing) ReadMany(ranges []Range) [][]byte {
	if !c.begin() {
		return c.result().ReadMany(ranges)
	}
	defer c.end()
	out := make([][]byte, len(ranges))
	if scannable(ranges) {
		c.scanKept(ranges, func(i int, b []byte) { out[i] = b })
		return out
	}
	// Of many small ranges, what is done around the copying takes as long.
	const many = 4096
	half := 0
	if len(ranges) >= many {
		half = len(ranges) / 2
	}
	var other sync.WaitGroup
	other.Go(func() { c.fill(ranges[:half], out[:half], true) })
	c.fill(ranges[half:], out[half:], true)
	other.Wait()
	return out
}

// Visit implements [Visitor].
func (c *capturing) Visit(ranges []Range, visit func(i int, b []byte)) {
	if !scannable(ranges) || !c.begin() {
		visitAll(c, ranges, visit)
		return
	}
	defer c.end()
	c.scan(ranges, func(_ *scanner, i int, b []byte) { visit(i, b) })
}

// VisitKept implements [Visitor].
func (c *capturing) VisitKept(ranges []Range, visit func(i int, b []byte)) {
	if !scannable(ranges) || !c.begin() {
		visitAll(c, ranges, visit)
		return
	}
	defer c.end()
	c.scanKept(ranges, visit)
}

// scanKept is scan of what is kept.
func (c *capturing) scanKept(ranges []Range, visit func(i int, b []byte)) {
	c.scan(ranges, func(s *scanner, i int, b []byte) {
		if b != nil {
			b = s.keep(ranges[i].Addr, b)
		}
		visit(i, b)
	})
}

// fill reads from the process. Where ranges that were joined could not be read
// as one, some may be readable alone.
func (c *capturing) fill(ranges []Range, out [][]byte, join bool) {
	runs := c.plan(ranges, join)
	c.copyRuns(runs)
	for _, r := range runs {
		members := out[r.first : r.first+r.count]
		if !r.ok && r.count > 1 && !c.over.Load() {
			c.fill(ranges[r.first:r.first+r.count], members, false)
		}
		for i := range members {
			if r.ok {
				m := ranges[int(r.first)+i]
				at := int(m.Addr - r.addr)
				members[i] = r.dst[at : at+m.Len : at+m.Len]
			}
		}
	}
	for i, r := range ranges {
		if r.Len == 0 {
			out[i] = []byte{}
		}
	}
}

const (
	maxGap = 512     // bytes between two ranges that are joined
	maxRun = 1 << 20 // bytes that ranges are joined up to: one unreadable page costs a run a second read
)

// plan makes the transfers for the ranges. Ranges that follow each other
// closely become one: a gap of half a kilobyte is copied in less time than
// the kernel takes to begin another transfer. They are not sorted for that:
// what was allocated together mostly stands together in the target's lists.
func (c *capturing) plan(ranges []Range, join bool) []transfer {
	runs := make([]transfer, 0, len(ranges))
	for i := 0; i < len(ranges); {
		run := transfer{addr: ranges[i].Addr, first: int32(i)}
		end := run.addr
		for ; i < len(ranges); i++ {
			r := ranges[i]
			if r.Len == 0 || checkRange(r.Addr, r.Len) != nil {
				break
			}
			far := r.Addr < end || r.Addr-end > maxGap || r.Addr-run.addr+uint64(r.Len) > maxRun
			if run.count > 0 && (far || !join) {
				break
			}
			end = r.Addr + uint64(r.Len)
			run.count++
		}
		if run.count == 0 { // a range that nobody can read
			i++
			continue
		}
		run.size = int32(end - run.addr)
		runs = append(runs, run)
	}
	return c.place(runs)
}

// place gives the runs memory to be copied to: those that the limit allows.
func (c *capturing) place(runs []transfer) []transfer {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range runs {
		n := int64(runs[i].size)
		if c.stats.bytes+n > c.limit {
			c.cut.Store(true)
			return runs[:i]
		}
		c.stats.bytes += n
		runs[i].dst = c.arena.take(int(n))
	}
	return runs
}

// copyRuns reads the runs, on two threads when there is much to read, and
// keeps them.
func (c *capturing) copyRuns(runs []transfer) {
	if len(runs) == 0 {
		return
	}
	err := c.copyParts(inParts(runs))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, runs)
	c.stats.reads += int64(len(runs))
	c.gone = c.gone || err != nil
	if c.over.Load() {
		c.cut.Store(true)
	}
}

// copyParts copies the parts, with another thread's help when there are
// several. Where that one gets no processor, this one does it all: it waits
// for the parts, not for the thread.
func (c *capturing) copyParts(parts [][]transfer) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var left sync.WaitGroup
	left.Add(len(parts))
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(parts) {
				return
			}
			if err := c.reader.copyAll(parts[i], c); err != nil {
				failed.Store(&err)
			}
			left.Done()
		}
	}
	if len(parts) > 1 {
		go func() {
			hurry()
			work()
		}()
	}
	work()
	left.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// inParts splits the work of copying the runs.
func inParts(runs []transfer) (parts [][]transfer) {
	const (
		eachCosts = 4096    // a run costs the kernel what as many bytes cost
		tooLittle = 1 << 20 // costs less than it takes to begin on another thread
	)
	sum, from := 0, 0
	for i, r := range runs {
		if sum += len(r.dst) + eachCosts; sum >= tooLittle/2 && i+1 < len(runs) {
			parts = append(parts, runs[from:i+1])
			sum, from = 0, i+1
		}
	}
	return append(parts, runs[from:])
}

// known adds memory that is zeros, without its having been read.
func (c *capturing) known(start, end uint64) {
	if !c.begin() {
		return
	}
	defer c.end()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.zeros = append(c.zeros, piece{addr: start, size: int(end - start)})
}
