package golang

import "github.com/dlv-async/dlv-async/walker/graph"

// A channel has two queues of sudogs, of who waits to receive and of who waits
// to send. That a goroutine waits on a channel its own sudog says; which way,
// only in which queue that stands.

// findLoose notes the sudogs of goroutines that do not wait, or not yet: they may
// stand in a queue, and may have been cut off their channel already.
func (c *collection) findLoose() {
	for _, g := range c.unparked {
		for _, s := range g.sudogs {
			s.loose = true
		}
	}
}

// inQueue returns the sudog at an address in one of a channel's queues; nil when it is not known.
func (c *collection) inQueue(ch *channel, addr uint64) *sudog {
	if s := c.sudogs.at(addr); s != nil && (s.ch == ch || s.loose) {
		return s
	}
	return nil
}

// maxStrays bounds how many strays stand behind each other in a queue: there
// are no more than goroutines that run.
const maxStrays = 64

// readStrays reads the sudogs of selects that are over and whose goroutines are
// just taking them out of the queues of their other channels. They name no
// channel any more, and their goroutines do not have them. Only who runs can be
// about that.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/select.go#L374
func (c *collection) readStrays() {
	c.findLoose()
	running := map[uint64]bool{} // by address
	for _, g := range c.unparked {
		if g.status == gRunning {
			running[g.addr] = true
		}
	}
	if len(running) == 0 {
		return
	}
	for round := int32(1); round <= maxStrays; round++ {
		var unknown []uint64
		for _, ch := range c.channels {
			for _, first := range []uint64{ch.receivers, ch.senders} {
				if addr := c.beyond(ch, first, round); addr != 0 {
					unknown = append(unknown, addr)
				}
			}
		}
		found := false
		c.each(unknown, c.lay.sudog.size, func(addr uint64, b []byte) {
			s := &sudog{loose: true}
			c.decodeSudog(s, addr, b)
			if running[s.g] {
				*c.sudogs.place(addr), found = s, true
			}
		})
		if !found {
			return
		}
	}
}

// beyond goes along a queue to the first sudog that is not known; 0: all are.
// A sudog that was met in the same round ends it: it stands in one queue.
func (c *collection) beyond(ch *channel, addr uint64, round int32) uint64 {
	for addr != 0 {
		s := c.inQueue(ch, addr)
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

// side is one of a channel's two queues.
type side uint8

const (
	inNone side = iota // or it is not known which
	receiving
	sending
)

// wait is what who stands in that queue does; empty for neither.
func (s side) wait() graph.WaitKind {
	switch s {
	case receiving:
		return graph.WaitChanReceive
	case sending:
		return graph.WaitChanSend
	}
	return ""
}

// findQueues notes of every sudog which of its channel's queues it stands in.
func (w *walk) findQueues() {
	for _, ch := range w.channels {
		w.follow(ch, ch.receivers, receiving)
		w.follow(ch, ch.senders, sending)
	}
}

// follow goes along one of a channel's queues. Every sudog in it belongs to a
// goroutine and has been read with it, and stands in one queue.
func (w *walk) follow(ch *channel, first uint64, side side) {
	for addr := first; addr != 0; {
		s := w.inQueue(ch, addr)
		if s == nil || s.side != inNone {
			ch.torn = true
			return
		}
		s.side = side
		addr = s.next
	}
}
