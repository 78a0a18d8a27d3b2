package golang

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// collection is what Collect read: everything that Walk interprets.
type collection struct {
	*program
	img *dlvext.Image

	goroutines []*goroutine // those alive, by id
	unparked   []*goroutine // of these, those that run, or could
	having     having
	startpcs   map[uint64]bool // where they began
	listed     int             // entries of runtime.allgs, dead ones too
	unreadable []uint64        // addresses of g's that could not be read
	cut        int             // goroutines beyond what a walk takes
	missed     misses
	reasons    []string         // the target's waitReasonStrings
	kinds      []graph.WaitKind // what sort of wait each stands for
	waiting    [][]*goroutine   // those parked, by their reason

	threads           map[int]dlvext.Registers
	crash             *crash
	labels            map[uint64]map[string]string // by g.labels
	unlabelled        map[uint64]bool              // g.labels that could not be read in full
	words             map[uint64][]byte            // the surroundings of semaphores, by the semaphore's address
	semaphoresByStack bool                         // and not by the table of the runtime
	conds             map[*goroutine]uint64        // a notifyList's address
	condLocks         map[uint64]uint64            // the lock that goes with it

	inner []unwind.Frame // of the goroutine last looked at

	unwinding map[*goroutine]unwinding // of those that panic
	lines     map[uint64][]ancestor    // by g.ancestors

	channelFacts
	pollFacts
	libraryFacts
	groupFacts
	schedulerFacts
	testFacts
	typeFacts
}

func newCollection(p *program, img *dlvext.Image) *collection {
	c := &collection{
		program: p, img: img, startpcs: map[uint64]bool{},
		threads: map[int]dlvext.Registers{}, labels: map[uint64]map[string]string{}, unlabelled: map[uint64]bool{},
		words: map[uint64][]byte{}, conds: map[*goroutine]uint64{}, condLocks: map[uint64]uint64{}, unwinding: map[*goroutine]unwinding{}, lines: map[uint64][]ancestor{},
		channelFacts: newChannelFacts(), pollFacts: newPollFacts(), libraryFacts: newLibraryFacts(), groupFacts: newGroupFacts(), typeFacts: newTypeFacts(),
	}
	for _, t := range img.Threads {
		c.threads[t.TID] = t.Regs
	}
	return c
}

// read reads n bytes at addr, where there is something.
func (c *collection) read(addr uint64, n int) ([]byte, error) {
	b, err := c.peek(addr, n)
	if err != nil {
		c.missed.add(dlvext.Range{Addr: addr, Len: n})
	}
	return b, err
}

// peek is read where there may be nothing.
func (c *collection) peek(addr uint64, n int) ([]byte, error) {
	buf := make([]byte, n)
	if err := c.img.Memory.Read(addr, buf); err != nil {
		return nil, err
	}
	return buf, nil
}

// many reads many ranges at once; what cannot be read is nil.
func (c *collection) many(ranges []dlvext.Range) [][]byte {
	return dlvext.ReadMany(c.img.Memory, ranges)
}

// each reads size bytes at each of the addresses, where there is something, and
// hands over those that could be read. An address that stands there twice is read once.
func (c *collection) each(addrs []uint64, size int, take func(addr uint64, b []byte)) {
	c.some(addrs, size, func(addr uint64, b []byte) {
		if b == nil {
			c.missed.add(dlvext.Range{Addr: addr, Len: size})
			return
		}
		take(addr, b)
	})
}

// any is each where there may be nothing: live words of frames are not pointers all of them.
func (c *collection) any(addrs []uint64, size int, take func(addr uint64, b []byte)) {
	c.some(addrs, size, func(addr uint64, b []byte) {
		if b != nil {
			take(addr, b)
		}
	})
}

// some reads at each of the addresses but 0, once, and hands over nil where that fails.
func (c *collection) some(addrs []uint64, size int, take func(addr uint64, b []byte)) {
	slices.Sort(addrs)
	ranges := make([]dlvext.Range, 0, len(addrs))
	for i, a := range addrs {
		if a != 0 && (i == 0 || a != addrs[i-1]) {
			ranges = append(ranges, dlvext.Range{Addr: a, Len: size})
		}
	}
	for i, b := range c.many(ranges) {
		take(ranges[i].Addr, b)
	}
}

// Collect implements [walker.Instance]: rounds of reads, each one's addresses
// computed from the last.
func (in *instance) Collect(ctx context.Context, img *dlvext.Image) error {
	c := newCollection(in.program, img)
	in.collection = c
	if err := c.readReasons(); err != nil {
		return err
	}
	if err := c.readGoroutines(); err != nil {
		return err
	}
	rounds := []func(){c.readRunning, func() { c.readParked(ctx) }, c.readDefers, c.readScheduler, c.readUnwinding, c.readAncestors, c.readCrash}
	for i := range awaitables {
		a := &awaitables[i]
		rounds = append(rounds, func() { a.collect(c, c.waitingFor(a)) })
	}
	rounds = append(rounds, c.readDBs)
	for _, a := range c.librariesOf() {
		rounds = append(rounds, func() { a.collect(c, c.waitingWithin(a)) })
	}
	rounds = append(rounds, c.readBuffers, c.readGroups, c.readLabels, c.readTests)
	for _, round := range rounds {
		if ctx.Err() != nil {
			return nil // Walk works with what there is
		}
		round()
	}
	return nil
}

// maxReasons bounds the table of wait reasons, of which a g has one in a byte; Go
// 1.27 has 47.
const maxReasons = math.MaxUint8 + 1

// readReasons reads the target's table of wait reasons, an array of strings.
func (c *collection) readReasons() error {
	addr, size, _ := c.global("runtime.waitReasonStrings")
	table, err := c.read(addr, int(min(size, maxReasons*16)))
	if err != nil {
		return fmt.Errorf("cannot read the runtime's wait reasons: %w", err)
	}
	for ; len(table) >= 16; table = table[16:] {
		s := c.stringAt(table)
		c.reasons = append(c.reasons, s)
		c.kinds = append(c.kinds, waitKind(s))
	}
	return nil
}

// slice reads the header of a slice variable.
func (c *collection) slice(name string) (base, length uint64, err error) {
	addr, _, ok := c.global(name)
	if !ok {
		return 0, 0, fmt.Errorf("variable %s is not known", name)
	}
	b, err := c.read(addr, 24)
	if err != nil {
		return 0, 0, fmt.Errorf("cannot read %s: %w", name, err)
	}
	return word(b, 0), word(b, 1), nil
}

// reasonOf is the runtime's word for what a parked goroutine waits for.
func (c *collection) reasonOf(g *goroutine) string {
	if !parked(g.status) || int(g.reason) >= len(c.reasons) {
		return ""
	}
	return c.reasons[g.reason]
}

// kindOf is what sort of wait a goroutine's reason stands for; empty when it
// is not parked.
func (c *collection) kindOf(g *goroutine) graph.WaitKind {
	if !parked(g.status) {
		return ""
	}
	if int(g.reason) >= len(c.kinds) {
		return graph.WaitUnknown
	}
	return c.kinds[g.reason]
}

// waitingFor returns the goroutines whose wait is of the awaitable's kinds.
func (c *collection) waitingFor(a *awaitable) []*goroutine { return c.inWait(a.kinds...) }

// inWait returns the goroutines whose wait is of one of the kinds. The list is not
// to be changed.
func (c *collection) inWait(kinds ...graph.WaitKind) []*goroutine {
	var lists [][]*goroutine
	for reason, k := range c.kinds {
		if slices.Contains(kinds, k) && len(c.waiting[reason]) > 0 {
			lists = append(lists, c.waiting[reason])
		}
	}
	if len(lists) == 1 {
		return slices.Clip(lists[0])
	}
	return slices.Concat(lists...)
}

// waitingWithin returns those whose wait is of the awaitable's kinds and that
// one of its functions waits in.
func (c *collection) waitingWithin(a *awaitable) []*goroutine {
	var out []*goroutine
	for _, g := range c.waitingFor(a) {
		if _, in := c.within(g, a.within); in {
			out = append(out, g)
		}
	}
	return out
}

// readGoroutines reads runtime.allgs and every g in it.
func (c *collection) readGoroutines() error {
	base, n, err := c.slice("runtime.allgs")
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("the Go runtime has not started yet: runtime.allgs is empty")
	}
	if n > walker.MaxTasks {
		c.cut = int(n) - walker.MaxTasks
		n = walker.MaxTasks
	}
	c.listed = int(n)
	list, err := c.read(base, int(n)*8)
	if err != nil {
		return fmt.Errorf("cannot read the list of goroutines: %w", err)
	}
	addrs := make([]dlvext.Range, n)
	for i := range addrs {
		addrs[i] = dlvext.Range{Addr: word(list, i), Len: c.lay.g.size}
	}
	slab := c.slabFor(int(n))
	reasons := make([]uint8, n)
	dlvext.Visit(c.img.Memory, addrs, func(i int, b []byte) {
		if slab.at(i).addr = 0; b != nil {
			c.decode(slab.at(i), addrs[i].Addr, b)
			reasons[i] = slab.at(i).reason
		}
	})
	c.makeWaiting(reasons)
	c.goroutines = make([]*goroutine, 0, n)
	var startpc uint64
	for i := range addrs {
		switch g := slab.at(i); {
		case g.addr == 0:
			c.unreadable = append(c.unreadable, addrs[i].Addr)
		case alive(g.status):
			c.goroutines = append(c.goroutines, g)
			if !parked(g.status) {
				c.unparked = append(c.unparked, g)
			} else {
				c.waiting[g.reason] = append(c.waiting[g.reason], g)
			}
			c.having.add(g)
			if g.startpc != startpc { // those started together mostly began alike
				startpc = g.startpc
				c.startpcs[startpc] = true
			}
		case g.status == gDeadExtra:
			c.extra++
		}
	}
	return nil
}

// makeWaiting makes room for the goroutines by the reasons of their waits: no
// more than these, as not all of them wait.
func (c *collection) makeWaiting(reasons []uint8) {
	var counts [maxReasons]int
	for _, reason := range reasons {
		counts[reason]++
	}
	c.waiting = make([][]*goroutine, maxReasons)
	for reason, n := range counts {
		c.waiting[reason] = make([]*goroutine, 0, n)
	}
}

// having are the goroutines that have what few have. A round that is about those
// need not look at a million others.
type having struct{ panics, defers, labels, ancestors, bubble []*goroutine }

func (h *having) add(g *goroutine) {
	put := func(list *[]*goroutine, has uint64) {
		if has != 0 {
			*list = append(*list, g)
		}
	}
	put(&h.panics, g.panicking)
	put(&h.defers, g.deferred)
	put(&h.labels, g.labels)
	put(&h.ancestors, g.ancestors)
	put(&h.bubble, g.bubble)
}

// decode takes the fields of a g apart.
func (c *collection) decode(g *goroutine, addr uint64, b []byte) {
	l := &c.lay.g
	*g = goroutine{
		addr: addr, id: l.goid.of(b),
		status: uint32(l.status.of(b)) &^ gScan, scanned: l.status.of(b)&gScan != 0, reason: uint8(l.waitreason.of(b)),
		lo: l.lo.of(b), hi: l.hi.of(b),
		pc: l.pc.of(b), sp: l.sp.of(b), bp: l.bp.of(b),
		parent: l.parent.of(b), gopc: l.gopc.of(b), startpc: l.startpc.of(b),
		waitSince: int64(l.waitsince.of(b)), labels: l.labels.of(b),
		cleaning: l.cleaning.of(b) != 0, waiting: l.waiting.of(b), seldom: &nothing,
	}
	has := seldom{
		sleepWhen: int64(l.sleepWhen.of(b)), timer: l.timer.of(b), panicking: l.innerPanic.of(b), deferred: l.deferred.of(b),
		m: l.m.of(b), ancestors: l.ancestors.of(b), bubble: l.bubble.of(b), coroarg: l.coroarg.of(b),
	}
	if has != nothing {
		*g.own() = has
	}
	switch pc := l.syscallpc.of(b); {
	case g.status == gSyscall:
		g.pc, g.sp, g.bp = pc, l.syscallsp.of(b), l.syscallbp.of(b)
	case g.status == gRunning && g.pc == pc:
		g.sp = 0 // left there by its last system call, which is over
	}
}

// word is the i-th pointer of b.
func word(b []byte, i int) uint64 { return le.Uint64(b[i*8:]) }
