package golang

import (
	"sync/atomic"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

// slab is room for goroutines, in pieces: a hundred thousand small objects cost
// more than they hold, and one large one is cleared by one processor.
type slab struct {
	pieces [][]goroutine
	room   int
}

// slabSize is how many goroutines lie in a piece.
const slabSize = 8192

// newSlab makes room for n goroutines, on all processors, of which the kernel has
// made the pages.
func newSlab(n int) slab {
	pieces := make([][]goroutine, (n+slabSize-1)/slabSize)
	var next atomic.Int64
	fill := func() {
		for i := int(next.Add(1)) - 1; i < len(pieces); i = int(next.Add(1)) - 1 {
			pieces[i] = make([]goroutine, min(slabSize, n-i*slabSize))
			for k := range pieces[i] {
				pieces[i][k].id = 1
			}
		}
	}
	if len(pieces) > 1 {
		defer walker.Beside(fill)()
	}
	fill()
	return slab{pieces, n}
}

func (s slab) at(i int) *goroutine { return &s.pieces[i/slabSize][i%slabSize] }

// slabFor returns room for n goroutines: that which was made before the target
// was stopped, when it suffices.
func (c *collection) slabFor(n int) slab {
	made := c.reserve
	c.reserve = slab{}
	if made.room < n {
		return newSlab(n)
	}
	return made
}

// What Collect needs of memory for a goroutine, in bytes.
const (
	usedStack  = 512 // the used end of its stack, where nobody knows better
	waitedOn   = 80  // that is kept of what it waits on
	eachBeside = 352 // to find both
)

// Estimate implements [walker.Estimator].
func (in *instance) Estimate() (read, beside int64) {
	n := int64(in.reserve.room)
	return n * (in.stackEach + waitedOn), n * eachBeside
}

// reserveGoroutines makes room for as many goroutines as there are now, and a
// few more. Memory that was never touched costs more than what is put there.
func (p *program) reserveGoroutines(img *dlvext.Image) {
	addr, _, ok := p.global("runtime.allgs")
	header := make([]byte, 24)
	if !ok || img.Memory.Read(addr, header) != nil {
		return
	}
	n := min(word(header, 1), walker.MaxTasks)
	p.stackEach, ok = p.sampleStacks(img, word(header, 0), int(n))
	if !ok {
		return // so many are claimed, and are not there
	}
	p.reserve = newSlab(int(n + n/16 + 16))
}

// Of a program with at least manyGoroutines, how deep its stacks are is asked of
// sampledStacks of them.
const (
	manyGoroutines = 10_000
	sampledStacks  = 128
)

// sampleStacks is how many bytes of its stack a goroutine uses on average, by a
// few of them, all along the list of n at base; ok is false when most of these are
// not there.
func (p *program) sampleStacks(img *dlvext.Image, base uint64, n int) (each int64, ok bool) {
	if n < manyGoroutines {
		return usedStack, true
	}
	at := make([]dlvext.Range, 0, sampledStacks)
	for i := range sampledStacks {
		at = append(at, dlvext.Range{Addr: base + uint64(i*n/sampledStacks)*8, Len: 8})
	}
	var gs []dlvext.Range
	for _, b := range dlvext.ReadMany(img.Memory, at) {
		if b != nil {
			gs = append(gs, dlvext.Range{Addr: word(b, 0), Len: p.lay.g.size})
		}
	}
	var sum uint64
	read := 0
	l := &p.lay.g
	for _, b := range dlvext.ReadMany(img.Memory, gs) {
		if b == nil {
			continue
		}
		read++
		if sp, hi := l.sp.of(b), l.hi.of(b); alive(uint32(l.status.of(b))&^gScan) && sp < hi {
			sum += min(hi-sp, 1<<20)
		}
	}
	if read < sampledStacks/2 {
		return usedStack, false
	}
	return int64(sum) / int64(read), true
}
