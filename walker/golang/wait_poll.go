package golang

import (
	"time"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// polling is the network poller's "IO wait": sockets, pipes and whatever else
// can be polled. The goroutine's pollDesc has its address in rg or wg, for
// reading or writing: https://github.com/golang/go/blob/go1.26.0/src/runtime/netpoll.go#L75.
// There is no list of pollDescs and no way from the goroutine to its own but
// the frames that wait on it: netpollblock keeps the address of rg or wg to
// look at after it wakes. A word there is that address if, and only if, the
// word it points to is the goroutine.
var polling = awaitable{
	kinds:    []graph.WaitKind{graph.WaitNetwork},
	collect:  (*collection).readPolls,
	describe: (*walk).describePoll,
}

// poll is a pollDesc that a goroutine waits on.
type poll struct {
	desc     uint64 // the pollDesc
	fd       uint64
	write    bool
	deadline int64 // the runtime's nanotime; 0: none
}

// pollFacts are what goroutines poll.
type pollFacts struct {
	polls   map[*goroutine]poll
	passing map[*goroutine]bool   // it is about to wait, or was just woken: the pollDesc does not have it
	fdAt    map[*goroutine]uint64 // the internal/poll.FD it waits with
	fds     map[*goroutine]fd
	fdOf    map[uint64]fd // by address of the poll.FD, of those whose locks are waited for
}

func newPollFacts() pollFacts {
	return pollFacts{
		polls: map[*goroutine]poll{}, passing: map[*goroutine]bool{},
		fdAt: map[*goroutine]uint64{}, fds: map[*goroutine]fd{}, fdOf: map[uint64]fd{},
	}
}

// maxPollState is the largest value of a pollDesc's rg and wg that is no
// goroutine: nobody waits, it is ready, or somebody is about to wait.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/netpoll.go#L63
const maxPollState = 2

// readPolls finds the pollDesc of each goroutine. In which slot of
// netpollblock's frame the address lies is the compiler's choice, and the same
// for all: what served for one goroutine is tried first for the next, so that
// a hundred thousand connections cost one small read each.
func (c *collection) readPolls(waiting []*goroutine) {
	left := waiting
	for len(left) > 0 {
		slot, found := c.learnPollSlot(left)
		if !found {
			break
		}
		addrs := make([]uint64, 0, len(left))
		for _, g := range left {
			if f, ok := c.frameOf(g, "runtime.netpollblock"); ok {
				v, _ := g.stackWord(f.SP + slot)
				addrs = append(addrs, v)
			}
		}
		points := map[uint64]uint64{}
		c.any(addrs, 8, func(addr uint64, b []byte) { points[addr] = le.Uint64(b) })
		var rest []*goroutine
		for _, g := range left {
			f, ok := c.frameOf(g, "runtime.netpollblock")
			if !ok {
				continue
			}
			v, _ := g.stackWord(f.SP + slot)
			if who, ok := points[v]; ok && who == g.addr {
				c.polls[g] = poll{desc: v} // of rg or wg, for now
			} else {
				c.passing[g] = c.passing[g] || ok && who <= maxPollState
				rest = append(rest, g)
			}
		}
		if len(rest) == len(left) {
			break
		}
		left = rest
	}
	c.readPollDescs()
	c.readFDs()
}

// learnPollSlot finds, for the first of the goroutines for which one can be
// found, the offset from netpollblock's stack pointer of the word sought.
func (c *collection) learnPollSlot(waiting []*goroutine) (uint64, bool) {
	for _, g := range waiting[:min(len(waiting), 64)] {
		f, ok := c.frameOf(g, "runtime.netpollblock")
		if !ok {
			continue
		}
		for a := f.SP; a < f.CFA; a += 8 {
			v, ok := g.stackWord(a)
			if !ok || v == 0 {
				continue
			}
			if b, err := c.peek(v, 8); err == nil && le.Uint64(b) == g.addr {
				return a - f.SP, true
			}
		}
	}
	return 0, false
}

// readPollDescs reads what the addresses found are a part of. A pollDesc has
// its own address in its field self, which tells whether the word found is its
// rg or its wg.
func (c *collection) readPollDescs() {
	l := &c.lay.pollDesc
	var addrs []uint64
	for _, p := range c.polls {
		addrs = append(addrs, p.desc-uint64(l.rg.off), p.desc-uint64(l.wg.off))
	}
	descs := map[uint64][]byte{}
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		if l.self.of(b) == addr {
			descs[addr] = b
		}
	})
	for g, p := range c.polls {
		if desc := p.desc - uint64(l.rg.off); descs[desc] != nil {
			b := descs[desc]
			c.polls[g] = poll{desc: desc, fd: l.fd.of(b), deadline: int64(l.rd.of(b))}
		} else if desc := p.desc - uint64(l.wg.off); descs[desc] != nil {
			b := descs[desc]
			c.polls[g] = poll{desc: desc, fd: l.fd.of(b), write: true, deadline: int64(l.wd.of(b))}
		} else {
			delete(c.polls, g)
		}
	}
}

func (w *walk) describePoll(g *goroutine, wait *graph.Wait) bool {
	for _, f := range w.shape(g).frames {
		if f.Module == "os" {
			wait.Kind = graph.WaitFile
		}
	}
	p, ok := w.polls[g]
	if !ok {
		return false
	}
	r := w.b.Resource("fd", p.desc)
	wait.Resource = r.ID
	wait.Evidence = proven("a word of netpollblock's frame → pollDesc.rg or wg = this goroutine")
	if r.Detail == nil {
		r.Detail = w.fdDetail(p.fd, w.fds[g])
		if w.nowExact && p.deadline > 0 {
			r.Detail = append(r.Detail, graph.Attr{Key: "deadline_in_ms", Value: time.Duration(p.deadline - w.now)})
		}
	}
	return true
}

// fdDetail says which descriptor one is.
func (w *walk) fdDetail(number uint64, d fd) []graph.Attr {
	detail := []graph.Attr{{Key: "fd", Value: int64(number)}}
	for _, a := range []graph.Attr{{Key: "local", Value: d.local}, {Key: "remote", Value: d.remote}, {Key: "name", Value: d.name}} {
		if a.Value != "" {
			detail = append(detail, a)
		}
	}
	return detail
}
