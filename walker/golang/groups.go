package golang

import (
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/golang/lockcode"
	"github.com/dlv-async/dlv-async/walker/golang/unwind"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// wrapper is a library's function that starts goroutines for a group: its
// goroutines' first function holds the group in a slot of its frame for as
// long as they run.
type wrapper struct {
	kind  string // the group's
	start string // prefix of the goroutines' first function: closures are numbered
}

// wrappers are those known, with the closures they start:
// https://cs.opensource.google/go/x/sync/+/refs/tags/v0.24.0:errgroup/errgroup.go,
// https://github.com/golang/go/blob/go1.26.0/src/sync/waitgroup.go#L236 and
// https://github.com/sourcegraph/conc/blob/v0.3.0/waitgroup.go#L29
var wrappers = []wrapper{
	{kindErrgroup, "golang.org/x/sync/errgroup.(*Group).Go.func"},
	{kindErrgroup, "golang.org/x/sync/errgroup.(*Group).TryGo.func"},
	{kindWaitGroup, "sync.(*WaitGroup).Go.func"},
	{kindConc, concPackage + ".(*WaitGroup).Go.func"},
}

const (
	kindErrgroup  = "errgroup.Group"
	kindWaitGroup = "sync.WaitGroup"
	kindConc      = "conc.WaitGroup" // it begins with its WaitGroup, and so do the pools and streams that are made of one

	concPackage = "github.com/sourcegraph/conc"
)

// kindOfWait is the kind of group that a function waits for the end of; empty
// when it waits for none.
func kindOfWait(fn string) string {
	switch fn {
	case "golang.org/x/sync/errgroup.(*Group).Wait":
		return kindErrgroup
	case concPackage + ".(*WaitGroup).Wait", concPackage + ".(*WaitGroup).WaitAndRecover":
		return kindConc
	}
	rest, ok := strings.CutPrefix(fn, concPackage+"/")
	if !ok || !strings.HasSuffix(fn, ").Wait") {
		return ""
	}
	// pool.(*ResultPool[...]).Wait
	pkg, rest, _ := strings.Cut(rest, ".(*")
	name, _, _ := strings.Cut(strings.TrimSuffix(rest, ").Wait"), "[")
	return pkg + "." + name
}

// wrapperOf is the wrapper that starts goroutines at startpc, if any.
func (p *program) wrapperOf(startpc uint64) *wrapper {
	if w, ok := p.started[startpc]; ok {
		return w
	}
	fn, _ := p.function(startpc)
	found := wrapperNamed(fn)
	p.started[startpc] = found
	return found
}

// wrapperNamed is the wrapper whose goroutines' first function has that name, if any.
func wrapperNamed(fn string) *wrapper {
	for i := range wrappers {
		// func1, and not func1.2: a closure's own closures are others.
		if rest, ok := strings.CutPrefix(fn, wrappers[i].start); ok && !strings.Contains(rest, ".") {
			return &wrappers[i]
		}
	}
	return nil
}

// waitGroupOf is the address of the WaitGroup that a group of the kind at
// addr counts with.
func (p *program) waitGroupOf(kind string, addr uint64) uint64 {
	if kind == kindErrgroup {
		return addr + p.lay.sync.errgroupWG
	}
	return addr
}

// counter is what a WaitGroup's state says: how many have yet to call Done,
// and how many goroutines wait for that.
// https://github.com/golang/go/blob/go1.26.0/src/sync/waitgroup.go#L48
type counter struct {
	left, waiters int
	known         bool
}

func (c *collection) counterOf(waitGroup uint64) counter {
	b := c.words[waitGroup+c.lay.sync.waitGroupSema]
	from := semaBefore - int(c.lay.sync.waitGroupSema) + int(c.lay.sync.waitGroupState)
	if from < 0 || from+8 > len(b) {
		return counter{}
	}
	state := le.Uint64(b[from:])
	// Bit 31 says that the group belongs to a synctest bubble, since 1.25.
	return counter{left: int(int32(state >> 32)), waiters: int(state & 0x7fffffff), known: true}
}

// groupFacts are what was read of groups, besides their counters.
type groupFacts struct {
	objects     map[uint64]object         // of the heap, by an address within
	unwaited    []uint64                  // objects that may be WaitGroups
	waitedFor   map[uint64]int            // WaitGroups by address: how many wait for each
	memberOf    map[*goroutine]membership // of those that a wrapper started
	groupUnread map[*goroutine]bool       // likewise, that may have one which could not be read
	firstDepth  map[uint64]uint64         // by first function: from its frame's SP to the stack's top
	errgroups   map[uint64]errgroup
	bubbles     map[uint64]bubble
	crews       []crew
	crewCode    *lockcode.Code // to ask of crews that take from a variable
	httpConns   map[*goroutine]httpConn
	httpActive  map[uint64]int64 // connections that a server counts
}

func newGroupFacts() groupFacts {
	return groupFacts{
		objects: map[uint64]object{}, waitedFor: map[uint64]int{},
		memberOf: map[*goroutine]membership{}, groupUnread: map[*goroutine]bool{}, errgroups: map[uint64]errgroup{}, bubbles: map[uint64]bubble{}, firstDepth: map[uint64]uint64{},
		httpConns: map[*goroutine]httpConn{}, httpActive: map[uint64]int64{},
	}
}

// membership is that the wrapper which started a goroutine holds a group.
type membership struct {
	kind string
	addr uint64 // of the group
}

// readGroups finds the group of every goroutine that a wrapper started, and
// reads the counters of those that nobody waits for.
func (c *collection) readGroups() {
	for _, g := range c.inWait(graph.WaitWaitGroup, graph.WaitSemaphore) {
		if c.waitsForGroup(g) {
			c.waitedFor[g.sudogs[0].elem-c.lay.sync.waitGroupSema]++
		}
	}
	c.readMembers()
	c.readUnwaited()
	c.readObjects()
	c.readErrgroups()
	c.readBubbles()
	c.readCrews()
	c.readHTTP()
}

// readMembers finds the groups that goroutines' first frames hold.
func (c *collection) readMembers() {
	held := map[*goroutine][]uint64{} // the live words of its first frame
	var unread []uint64
	for _, g := range c.startedIn(func(fn string) bool { return wrapperNamed(fn) != nil }) {
		wr := c.wrapperOf(g.startpc)
		held[g] = c.firstFrameWords(g)
		for _, v := range held[g] {
			sema := c.waitGroupOf(wr.kind, v) + c.lay.sync.waitGroupSema
			if c.words[sema] == nil && v > semaBefore {
				unread = append(unread, sema-semaBefore)
			}
		}
	}
	c.each(unread, semaBefore+semaAfter, func(addr uint64, b []byte) { c.words[addr+semaBefore] = b })

	for g, words := range held {
		wr := c.wrapperOf(g.startpc)
		var found []uint64
		unread := false
		for _, v := range words {
			unread = unread || c.words[c.waitGroupOf(wr.kind, v)+c.lay.sync.waitGroupSema] == nil
			if c.isGroup(wr.kind, v) && !slices.Contains(found, v) {
				found = append(found, v)
			}
		}
		// One word in the frame is the group, another the function to call.
		// If both could be a group neither is taken.
		if len(found) == 1 {
			c.memberOf[g] = membership{wr.kind, found[0]}
		} else {
			c.groupUnread[g] = unread
		}
	}
}

// readObjects finds the heap objects that the groups lie in.
func (c *collection) readObjects() {
	var addrs []uint64
	for _, m := range c.memberOf {
		addrs = append(addrs, m.addr)
	}
	for waitGroup := range c.waitedFor {
		addrs = append(addrs, waitGroup, waitGroup-c.lay.sync.errgroupWG)
	}
	slices.Sort(addrs)
	maps.Copy(c.objects, c.objectsAt(slices.Compact(addrs)))
}

// waitsForGroup tells whether a goroutine is in WaitGroup.Wait, and its
// semaphore known. Up to Go 1.22 the reason is any semaphore's.
func (c *collection) waitsForGroup(g *goroutine) bool {
	if _, other := c.flights[g]; other || len(g.sudogs) != 1 {
		return false
	}
	switch c.kindOf(g) {
	case graph.WaitWaitGroup:
		return true
	case graph.WaitSemaphore:
		_, in := c.frameOf(g, "sync.(*WaitGroup).Wait")
		return in
	}
	return false
}

// isGroup tells whether a live word of a wrapper's frame is its group: that
// it is waited for as one, or that its counter is a counter.
func (c *collection) isGroup(kind string, addr uint64) bool {
	waitGroup := c.waitGroupOf(kind, addr)
	n := c.counterOf(waitGroup)
	if !n.known || n.left < 1 || n.left > c.listed {
		return false
	}
	if waiting := c.waitedFor[waitGroup]; waiting > 0 || n.waiters > 0 {
		return waiting == n.waiters
	}
	return true
}

// firstFrameWords are the live words of the frame of the goroutine's first
// function. It lies right below the top of the stack, so it is found without
// unwinding what is above it: its size is that of other goroutines' that
// began in the same function.
func (c *collection) firstFrameWords(g *goroutine) []uint64 {
	if depth := c.firstDepth[g.startpc]; depth > 0 && g.hi-g.lo > depth {
		sp := g.hi - depth
		pc, ok := g.stackWord(sp - 8)
		if fn, known := c.tables.Func(pc - 1); ok && known && fn.Entry == g.startpc {
			if delta, ok := fn.SPDelta(pc - 1); ok {
				return c.liveWords(g, unwind.Frame{PC: pc, SP: sp, CFA: sp + uint64(delta) + 8, Func: fn})
			}
		}
	}
	frames := c.framesOf(g)
	for i := len(frames) - 1; i >= 0; i-- {
		if f := frames[i]; f.Func != nil && f.Func.Entry == g.startpc {
			if i > 0 {
				c.firstDepth[g.startpc] = g.hi - f.SP
			}
			return c.liveWords(g, f)
		}
	}
	return nil
}
