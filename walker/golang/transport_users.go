package golang

import (
	"slices"
	"strings"
)

// readConnUsers looks for who has the connections that others wait for: whose request
// is on one, and who has the body of a response that was not read to its end, which
// the connection waits for.
func (c *collection) readConnUsers() {
	wanted := map[uint64]bool{}
	for _, p := range c.hostPools {
		for _, conn := range p.conns {
			wanted[conn] = true
		}
	}
	if len(wanted) == 0 {
		return
	}
	bodies := c.bodyChannels(wanted)
	words := c.ownWords(c.startedIn(func(fn string) bool {
		return (!strings.HasPrefix(fn, "runtime.") || fn == "runtime.main") && !ownsHTTPConn(fn)
	}))
	for g := range words {
		f, ok := c.frameOf(g, "net/http.(*persistConn).roundTrip")
		if !ok {
			continue
		}
		for _, v := range c.liveWords(g, f) {
			if wanted[v] {
				c.usesConn(g, connUse{v, "its request is on one of its connections"})
			}
		}
	}
	if len(bodies) == 0 || c.lay.transport.body.close.size == 0 {
		return
	}
	conns := c.connsOfBodies(words, bodies)
	for g, ws := range words {
		for _, v := range ws {
			if conn := conns[v]; conn != 0 {
				c.usesConn(g, connUse{conn, "it has the body of a response, not yet read to its end or closed, in a live word"})
			}
		}
	}
}

// connsOfBodies are the connections to which the words of goroutines lead: a word
// is a body, or a response that has one, itself or in what unpacks it; and a body
// has a func value that closes it, which has captured the channel that the
// connection waits on.
func (c *collection) connsOfBodies(words map[*goroutine][]uint64, bodies map[uint64]uint64) map[uint64]uint64 {
	l := &c.lay.transport
	leads := map[uint64][]uint64{} // words, by the bodies that they may lead to
	for _, ws := range words {
		for _, v := range ws {
			leads[v] = []uint64{v}
		}
	}
	c.followBodies(leads, l.response, 1)
	c.followBodies(leads, l.inGzip, 0)
	closers := map[uint64][]uint64{} // bodies, by func values
	c.any(keys(leads), l.body.size, func(body uint64, b []byte) {
		if fn := l.body.close.of(b); fn > 1<<12 && fn%8 == 0 {
			closers[fn] = append(closers[fn], body)
		}
	})
	conns := map[uint64]uint64{}
	c.any(keys(closers), 24, func(fn uint64, b []byte) {
		for k := range 2 {
			conn := bodies[word(b, 1+k)]
			if conn == 0 {
				continue
			}
			for _, body := range closers[fn] {
				for _, v := range leads[body] {
					conns[v] = conn
				}
			}
		}
	})
	return conns
}

// followBodies adds to what words may lead to what the n-th word of a field of it
// points to.
func (c *collection) followBodies(leads map[uint64][]uint64, at field, n int) {
	if at.size < 8*(n+1) {
		return
	}
	from := map[uint64][]uint64{} // by where the field's word lies
	for a := range leads {
		place := a + uint64(at.off+8*n)
		from[place] = append(from[place], a)
	}
	c.any(keys(from), 8, func(place uint64, b []byte) {
		body := le.Uint64(b)
		if body <= 1<<12 || body%8 != 0 {
			return
		}
		for _, a := range from[place] {
			leads[body] = append(leads[body], append(slices.Clip(leads[a]), a)...)
		}
	})
}

func (c *collection) usesConn(g *goroutine, use connUse) {
	if !slices.ContainsFunc(c.connUsers[g], func(o connUse) bool { return o.conn == use.conn }) {
		c.connUsers[g] = append(c.connUsers[g], use)
	}
}

// bodyChannels are the channels on which the connections that are wanted wait for a
// body to be read: their goroutines that read wait on them, and on closech.
func (c *collection) bodyChannels(wanted map[uint64]bool) map[uint64]uint64 {
	out := map[uint64]uint64{}
	for _, g := range c.startedIn(ownsHTTPConn) {
		if len(g.sudogs) == 0 {
			continue
		}
		for _, v := range c.liveWordsIn(g, "net/http.(*persistConn).readLoop") {
			if !wanted[v] {
				continue
			}
			for _, s := range g.sudogs {
				// Of all that it may wait on this alone has values and a buffer.
				if ch := s.ch; ch != nil && ch.capacity > 0 {
					out[s.c] = v
				}
			}
		}
	}
	return out
}
