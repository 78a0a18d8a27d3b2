package golang

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/dlv-async/dlv-async/dlvext"
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
	addr            uint64
	count, capacity uint64
	read, closed    bool
	elemtype        uint64 // the *abi.Type of its elements
	timer           uint64 // the *timer that sends to it: a time channel; 0: none
	receivers       uint64 // the first *sudog of each queue
	senders         uint64
	torn            bool // a queue does not add up
	locked          bool // somebody is at it at this moment
}

// channelFacts are the channels that goroutines wait on, and what feeds them.
type channelFacts struct {
	channels []*channel // those that could be read
	toRead   int        // how many there are, also others
	chans    byAddress[channel]
	sudogs   byAddress[sudog] // also those that may stand in a queue and belong to no wait
	timers   map[uint64]timer
	contexts map[uint64]doneOf       // by the address of the Done channel
	chains   map[uint64]*contextNode // by the address of a context
	cancels  map[uint64]cancelHolder // likewise
}

func newChannelFacts() channelFacts {
	return channelFacts{chans: newByAddress[channel](), sudogs: newByAddress[sudog](), timers: map[uint64]timer{}, contexts: map[uint64]doneOf{}, chains: map[uint64]*contextNode{}, cancels: map[uint64]cancelHolder{}}
}

// timer is one runtime.timer, in the runtime's nanotime.
type timer struct{ when, period int64 }

// readChannels reads what is to be known besides of the channels that the
// goroutines wait on: the timers that feed some of them, and the contexts that others belong to.
func (c *collection) readChannels(waiting []*goroutine) {
	var timers []uint64
	async := map[uint64]*channel{} // that may have a timer and do not name it
	var elemtype uint64            // of the channel before
	var element string
	for _, ch := range c.channels {
		if ch.elemtype != elemtype {
			elemtype, element = ch.elemtype, c.typeName(ch.elemtype)
		}
		switch {
		case ch.timer != 0:
			timers = append(timers, ch.timer)
		case ch.capacity == 1 && element == "time.Time":
			async[ch.addr] = ch
		}
	}
	c.readTimers(append(timers, c.asyncTimers(async)...))
	c.readContexts(waiting)
	c.readStrays()
}

func (c *collection) decodeChannel(ch *channel, b []byte) {
	l := &c.lay.hchan
	ch.read = true
	ch.count, ch.capacity, ch.closed = l.count.of(b), l.capacity.of(b), l.closed.of(b) != 0
	ch.elemtype, ch.timer = l.elemtype.of(b), l.timer.of(b)
	ch.receivers, ch.senders, ch.locked = l.recvFirst.of(b), l.sendFirst.of(b), isLocked(l.lock.of(b))
}

// channelsAtOnce is how many channels get their memory together.
const channelsAtOnce = 128

// readNamed reads the channels that the sudogs of goroutines name, each once, and
// ties the sudogs to them.
func (c *collection) readNamed(ctx context.Context, waiting []*goroutine) {
	named := c.named(waiting)
	c.toRead = len(named)
	at := make([]dlvext.Range, len(named))
	for i, ch := range named {
		at[i] = dlvext.Range{Addr: ch.addr, Len: c.lay.hchan.size}
	}
	if ctx.Err() == nil {
		dlvext.VisitKept(c.img.Memory, at, func(i int, b []byte) {
			if b != nil {
				c.decodeChannel(named[i], b)
			}
		})
	}
	c.channels = slices.DeleteFunc(named, func(ch *channel) bool {
		if !ch.read {
			c.missed.add(dlvext.Range{Addr: ch.addr, Len: c.lay.hchan.size})
			*c.chans.place(ch.addr) = nil
		}
		return !ch.read
	})
	if len(c.channels) < len(at) {
		c.forget(waiting)
	}
	c.readElements()
}

// readElements reads what the elements of the channels are called. That is asked of
// each, also where the capture is cut after this.
func (c *collection) readElements() {
	var elemtype uint64 // of the channel before
	for _, ch := range c.channels {
		if ch.elemtype != elemtype {
			elemtype = ch.elemtype
			c.typeName(elemtype)
		}
	}
}

// named ties the sudogs of goroutines to the channels that they name, and returns these.
func (c *collection) named(waiting []*goroutine) (named []*channel) {
	named = make([]*channel, 0, len(waiting))
	var room []channel
	for _, g := range waiting {
		for _, s := range g.sudogs {
			if s.c == 0 {
				continue
			}
			ch := c.chans.place(s.c)
			if *ch == nil {
				if len(room) == 0 {
					room = make([]channel, channelsAtOnce)
				}
				*ch, room = &room[0], room[1:]
				(*ch).addr = s.c
				named = append(named, *ch)
			}
			s.ch = *ch
		}
	}
	return named
}

// forget drops the channels that could not be read.
func (c *collection) forget(waiting []*goroutine) {
	for _, g := range waiting {
		for _, s := range g.sudogs {
			if s.ch != nil && !s.ch.read {
				s.ch = nil
			}
		}
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
			branch := graph.Wait{Kind: s.side.wait(), Frame: wait.Frame}
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

// look is what channels of one type and state have in common: hundreds of
// thousands are often of a handful.
type look struct {
	name   string
	detail []graph.Attr // which is shared, and not to be appended to in place
}

type lookKey struct {
	elemtype, count, capacity uint64
	closed                    bool
}

func (w *walk) lookOf(ch *channel) look {
	k := lookKey{ch.elemtype, ch.count, ch.capacity, ch.closed}
	l, known := w.looks[k]
	if !known {
		if name := w.typeName(ch.elemtype); name != "" {
			l.name = "chan " + name
		}
		l.detail = slices.Clip([]graph.Attr{
			{Key: "len", Value: int64(ch.count)},
			{Key: "cap", Value: int64(ch.capacity)},
			{Key: "closed", Value: ch.closed},
		})
		w.looks[k] = l
	}
	return l
}

// onChannel makes a wait one on the channel.
func (w *walk) onChannel(wait *graph.Wait, addr uint64) {
	if addr == 0 {
		return
	}
	ch := w.chans.at(addr)
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
	look := w.lookOf(ch)
	r.Type, r.Detail = look.name, look.detail
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
