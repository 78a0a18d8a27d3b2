package golang

import (
	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
)

// slabFor returns room for n goroutines: that which was made before the target
// was stopped, when it suffices. One slab for all, since a hundred thousand
// small objects cost more than they hold.
func (c *collection) slabFor(n int) []goroutine {
	slab := c.reserve
	c.reserve = nil
	if cap(slab) < n {
		return make([]goroutine, 0, n)
	}
	return slab
}

// Estimate implements [walker.Estimator].
func (in *instance) Estimate() int64 {
	const each = 640 // of a goroutine: the used end of its stack, and what it waits on
	return int64(cap(in.reserve)) * each
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
	p.reserve = make([]goroutine, n+n/16+16)
	for i := range p.reserve {
		p.reserve[i].id = 1
	}
	p.reserve = p.reserve[:0]
}
