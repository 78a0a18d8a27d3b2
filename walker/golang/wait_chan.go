package golang

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// channels are what chan operations and selects wait on. g.waiting is a list
// of sudogs, one for each channel, and each names its channel. Which way a
// case of a select goes is not stored: it is in whichever of the channel's
// two queues that its sudog stands in.
var channels = awaitable{
	kinds:    []graph.WaitKind{graph.WaitChanReceive, graph.WaitChanSend, graph.WaitSelect},
	collect:  (*collection).readChannels,
	describe: (*walk).describeChannels,
}

// channel is one runtime.hchan.
type channel struct {
	count, capacity uint64
	closed          bool
	elemtype        uint64 // the *abi.Type of its elements
	timer           uint64 // the *timer that sends to it: a time channel; 0: none
	receivers       uint64 // the first *sudog of each queue
	senders         uint64
	torn            bool // a queue does not add up
	locked          bool // somebody is at it at this moment
}

// channelFacts are the channels that goroutines wait on, and what feeds them.
type channelFacts struct {
	chans    map[uint64]*channel
	timers   map[uint64]timer
	contexts map[uint64]doneOf       // by the address of the Done channel
	chains   map[uint64]*contextNode // by the address of a context
	cancels  map[uint64]cancelHolder // likewise
	strays   []*sudog                // in a queue, and their goroutines have them no more
}

func newChannelFacts() channelFacts {
	return channelFacts{chans: map[uint64]*channel{}, timers: map[uint64]timer{}, contexts: map[uint64]doneOf{}, chains: map[uint64]*contextNode{}, cancels: map[uint64]cancelHolder{}}
}

// timer is one runtime.timer, in the runtime's nanotime.
type timer struct{ when, period int64 }

// readChannels reads the channels that the goroutines wait on, then the
// timers that feed some of them.
func (c *collection) readChannels(waiting []*goroutine) {
	addrs := make([]uint64, 0, len(waiting))
	for _, g := range waiting {
		for _, s := range g.sudogs {
			addrs = append(addrs, s.c)
		}
	}
	l := &c.lay.hchan
	var timers []uint64
	async := map[uint64]*channel{} // that may have a timer and do not name it
	slab := make([]channel, 0, len(addrs))
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		slab = append(slab, channel{
			count: l.count.of(b), capacity: l.capacity.of(b), closed: l.closed.of(b) != 0,
			elemtype: l.elemtype.of(b), timer: l.timer.of(b),
			receivers: l.recvFirst.of(b), senders: l.sendFirst.of(b), locked: isLocked(l.lock.of(b)),
		})
		ch := &slab[len(slab)-1]
		c.chans[addr] = ch
		name := c.typeName(ch.elemtype)
		switch {
		case ch.timer != 0:
			timers = append(timers, ch.timer)
		case ch.capacity == 1 && name == "time.Time":
			async[addr] = ch
		}
	})
	c.readTimers(append(timers, c.asyncTimers(async)...))
	c.readContexts(waiting)
	c.readStrays()
}

// maxStrays bounds how many strays stand behind each other in a queue: there
// are no more than goroutines that run.
const maxStrays = 64

// readStrays reads the sudogs of selects that are over and whose goroutines are
// just taking them out of the queues of their other channels. Only who runs
// can be about that.
func (c *collection) readStrays() {
	running := map[uint64]bool{} // by address
	for _, g := range c.goroutines {
		if g.status == gRunning {
			running[g.addr] = true
		}
	}
	if len(running) == 0 {
		return
	}
	index := c.sudogsByAddress()
	for round := 1; round <= maxStrays; round++ {
		var unknown []uint64
		for _, ch := range c.chans {
			for _, first := range []uint64{ch.receivers, ch.senders} {
				if addr := beyond(index, first, round); addr != 0 {
					unknown = append(unknown, addr)
				}
			}
		}
		found := len(c.strays)
		c.each(unknown, c.lay.sudog.size, func(addr uint64, b []byte) {
			s := new(sudog)
			c.decodeSudog(s, addr, b)
			if running[s.g] {
				c.strays = append(c.strays, s)
				index[addr] = s
			}
		})
		if len(c.strays) == found {
			return
		}
	}
}

// beyond goes along a queue to the first sudog that is not known; 0: all are.
// A sudog that was met in the same round ends it: it stands in one queue.
func beyond(index map[uint64]*sudog, addr uint64, round int) uint64 {
	for addr != 0 {
		s := index[addr]
		if s == nil {
			return addr
		}
		if s.round == round {
			return 0
		}
		s.round, addr = round, s.next
	}
	return 0
}

// sudogsByAddress returns the sudogs of all goroutines, and the strays.
func (c *collection) sudogsByAddress() map[uint64]*sudog {
	index := make(map[uint64]*sudog, len(c.goroutines))
	for _, g := range c.goroutines {
		for _, s := range g.sudogs {
			index[s.addr] = s
		}
	}
	for _, s := range c.strays {
		index[s.addr] = s
	}
	return index
}

// findQueues notes of every sudog which of its channel's queues it stands in.
func (w *walk) findQueues() {
	index := w.sudogsByAddress()
	for _, ch := range w.chans {
		ch.follow(index, ch.receivers, graph.WaitChanReceive)
		ch.follow(index, ch.senders, graph.WaitChanSend)
	}
}

// follow goes along one of a channel's queues. Every sudog in it belongs to a
// goroutine and has been read with it, and stands in one queue.
func (ch *channel) follow(index map[uint64]*sudog, first uint64, kind graph.WaitKind) {
	for addr := first; addr != 0; {
		s := index[addr]
		if s == nil || s.queue != "" {
			ch.torn = true
			return
		}
		s.queue = kind
		addr = s.next
	}
}

func (c *collection) readTimers(addrs []uint64) {
	l := &c.lay.timer
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		c.timers[addr] = timer{when: int64(l.when.of(b)), period: int64(l.period.of(b))}
	})
}

// describeChannels says which channels a goroutine waits on, and how.
func (w *walk) describeChannels(g *goroutine, wait *graph.Wait) bool {
	if wait.Kind == graph.WaitSelect {
		for _, s := range g.sudogs {
			branch := graph.Wait{Kind: s.queue, Frame: wait.Frame}
			if branch.Kind == "" {
				branch.Kind = graph.WaitUnknown
			}
			w.onChannel(&branch, s.c)
			wait.Branches = append(wait.Branches, branch)
		}
		w.sortBranches(wait.Branches)
		wait.Evidence = proven("g.waiting → sudog.c, each")
		return true
	}
	if len(g.sudogs) == 1 {
		w.onChannel(wait, g.sudogs[0].c)
	}
	return true
}

// sortBranches puts the cases of a select in an order that does not depend on
// where their channels lie, as that of the runtime does, so that goroutines at
// one select look alike.
func (w *walk) sortBranches(branches []graph.Wait) {
	slices.SortStableFunc(branches, func(a, b graph.Wait) int {
		if d := cmp.Compare(a.Kind, b.Kind); d != 0 || a.Resource == 0 || b.Resource == 0 {
			return d
		}
		return cmp.Compare(w.b.ResourceByID(a.Resource).Type, w.b.ResourceByID(b.Resource).Type)
	})
}

// onChannel makes a wait one on the channel.
func (w *walk) onChannel(wait *graph.Wait, addr uint64) {
	ch := w.chans[addr]
	if addr == 0 {
		return
	}
	if d, ok := w.contexts[addr]; ok && wait.Kind == graph.WaitChanReceive {
		w.onContext(wait, d)
		return
	}
	if t := w.tokens[addr]; t != nil && wait.Kind != graph.WaitUnknown {
		w.enters(wait, addr, t)
		return
	}
	kind := "chan"
	if ch != nil && ch.timer != 0 {
		kind = "timer"
		if wait.Kind == graph.WaitChanReceive {
			wait.Kind = graph.WaitTimer
		}
	}
	r := w.b.Resource(kind, addr)
	wait.Resource = r.ID
	wait.Evidence = proven("g.waiting → sudog.c")
	if ch == nil || r.Detail != nil {
		return
	}
	if name := w.typeName(ch.elemtype); name != "" {
		r.Type = "chan " + name
	}
	r.Detail = append(r.Detail,
		graph.Attr{Key: "len", Value: int64(ch.count)},
		graph.Attr{Key: "cap", Value: int64(ch.capacity)},
		graph.Attr{Key: "closed", Value: ch.closed})
	if ch.timer != 0 {
		if t, ok := w.timers[ch.timer]; ok {
			r.Detail = append(r.Detail, w.due(t)...)
		}
	}
	if ch.locked {
		r.Detail = append(r.Detail, graph.Attr{Key: "being_changed", Value: true})
	}
	if ch.torn {
		message := "the wait queues of chan 0x" + strconv.FormatUint(addr, 16) + " do not add up; who waits on it may be incomplete"
		if ch.locked {
			message += ": a thread was stopped in the midst of an operation on it"
		}
		w.b.Problem(&graph.Problem{
			Code: "torn", Severity: graph.Warning, Resources: []graph.ResourceID{r.ID}, Message: message,
		})
	}
}
