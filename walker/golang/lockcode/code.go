package lockcode

import (
	"encoding/binary"
	"errors"

	"github.com/dlv-async/dlv-async/walker/golang/pclntab"
)

// Code is a program's code. It remembers what it learnt; it is not safe for
// concurrent use.
type Code struct {
	tables    pclntab.Tables
	effects   vocabulary
	channels  bool // it is about channels, and not about locks
	must      bool // what may or may not be let go does not count
	groups    bool // it is about WaitGroups, and not about locks
	read      pclntab.ReadFunc
	functions map[uint64]*followed // by entry
	standing  map[place]*Standing
	resumes   map[uint64]*flow // by where they go on
	summaries map[summed]*summary
	touching  map[touch]bool
	budget    int // instructions that may still be decoded
	blocks    int // that may still be followed
}

// place is where a function stands.
type place struct {
	pc   uint64
	trap bool
}

// followed is one function from its entry on.
type followed struct {
	code    []inst
	leaders []uint64
	flow    *flow // nil: not yet
}

// What bounds the work of one walk.
const (
	maxInstructions = 4_000_000
	// Blocks that are followed: some ten thousand of them take a second. A channel
	// that somebody waits to receive from is seldom a semaphore, and a server has
	// many of them.
	maxBlocks        = 400_000
	maxSendBlocks    = 100_000
	maxReceiveBlocks = 10_000
)

// Cut tells whether some code was not followed in this walk, because that would have
// taken too long.
func (c *Code) Cut() bool { return c.blocks <= 0 }

// New returns the code of an amd64 program, as to locks.
func New(tables pclntab.Tables) *Code {
	return &Code{
		tables: tables, effects: effects, functions: map[uint64]*followed{}, standing: map[place]*Standing{}, resumes: map[uint64]*flow{},
		summaries: map[summed]*summary{}, touching: map[touch]bool{},
	}
}

// Walk begins a walk. Read reads the program's text and its read-only data.
func (c *Code) Walk(read pclntab.ReadFunc) {
	c.read, c.budget, c.blocks = read, maxInstructions, maxBlocks
	switch {
	case c.must:
		c.blocks = maxReceiveBlocks
	case c.channels:
		c.blocks = maxSendBlocks
	}
}

// Done ends a walk, and lets go of what it read from.
func (c *Code) Done() { c.read = func(uint64, []byte) error { return errors.ErrUnsupported } }

func (c *Code) word(addr uint64) (uint64, error) {
	var b [8]byte
	if err := c.read(addr, b[:]); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b[:]), nil
}

// isEntry tells whether a function begins at an address.
func (c *Code) isEntry(pc uint64) bool {
	fn, ok := c.tables.Func(pc)
	return ok && fn.Entry == pc
}

// decoded returns a function's instructions; none when they cannot be had.
func (c *Code) decoded(fn *pclntab.Func) *followed {
	if d := c.functions[fn.Entry]; d != nil {
		return d
	}
	d := &followed{}
	c.functions[fn.Entry] = d
	if fn.End <= fn.Entry || fn.End-fn.Entry > maxCode || c.budget <= 0 {
		return d
	}
	b := make([]byte, fn.End-fn.Entry)
	if c.read(fn.Entry, b) != nil {
		return d
	}
	d.code = decode(fn.Entry, b)
	d.leaders = c.leadersOf(fn, d.code)
	c.budget -= len(d.code)
	return d
}

// start makes a flow of a function from pc on; if the call before it is a select, from
// where one of these cases was chosen.
func (c *Code) start(fn *pclntab.Func, pc uint64, depth int, resumed bool, cases ...int64) *flow {
	d := c.decoded(fn)
	f := &flow{c: c, fn: fn, code: d.code, leaders: d.leaders, syms: symbols{}, from: pc, depth: depth, resumed: resumed}
	if len(d.code) == 0 {
		f.partial = true
		return f
	}
	f.frame = keptBy(fn, d.code)
	s := &state{slots: map[int32]word{}}
	if !resumed {
		for _, r := range argumentRegisters {
			s.regs[r] = value{kind: symbolic, sym: f.syms.get(symbol{kind: argument, loc: int32(r)})}
		}
	}
	starts := []*state{s}
	for n, k := range cases {
		if n > 0 {
			starts = append(starts, s.clone())
		}
		starts[n].regs[rax] = value{kind: constant, off: k}
	}
	f.run(starts)
	return f
}

// entered is a function as it is from its entry on.
func (c *Code) entered(fn *pclntab.Func) *flow {
	d := c.decoded(fn)
	f := d.flow
	if f == nil {
		if f = c.start(fn, fn.Entry, 0, false); c.blocks > 0 {
			d.flow = f
		}
	}
	return f
}

// summary is what a function does to locks until it returns, in terms of its
// arguments.
type summary struct {
	takes    []lock // and keeps
	attempts []outcome
	releases []lock // that it did not take
	virtual  []virtual
}

// summed is a function and how deep in calls it is looked at.
type summed struct {
	entry uint64
	depth int
}

// Bounds of what is summed up: how deep, and how long a function may be.
const (
	maxDepth  = 3
	maxCallee = 2048 // bytes
)

func (c *Code) summary(entry uint64, depth int) *summary {
	key := summed{entry, depth}
	if s := c.summaries[key]; s != nil {
		return s
	}
	s := &summary{}
	c.summaries[key] = s // a function that calls itself does nothing
	fn, ok := c.tables.Func(entry)
	if !ok || fn.Entry != entry || fn.End-fn.Entry > maxCallee {
		return s
	}
	f := c.start(fn, entry, depth, false)
	s.releases, s.virtual = f.ahead, f.virtual
	if c.must {
		s.releases = f.certain()
	}
	if len(f.returned) == 0 || f.partial {
		return s
	}
	// What it keeps it has wherever it returns. One that defers calls lets go in
	// ways that may not be known.
	if fn.DeferReturn == 0 {
		for _, h := range f.returned[0].held {
			everywhere := h.addr.kind != unknown
			for _, r := range f.returned[1:] {
				everywhere = everywhere && r.last(h.lock) >= 0
			}
			if everywhere {
				s.takes = append(s.takes, h.lock)
			}
		}
		s.attempts = f.attempts()
	}
	return s
}
