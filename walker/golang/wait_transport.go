package golang

import (
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// transports are net/http's: a request to a host with which a Transport has as many
// connections as it may have (MaxConnsPerHost) waits for one of them. The frame of
// getConn has what it wants, a wantConn, with the channel that it waits on. Those that
// wait for a connection which is being made wait for no other's.
var transports = awaitable{
	kinds:   []graph.WaitKind{graph.WaitSelect},
	within:  transportGetConn,
	present: func(l *layouts) bool { return l.transport.want.size > 0 && l.transport.conn.size > 0 },
	collect: (*collection).readTransports,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		want, ok := w.connWaits[g]
		if !ok {
			return false
		}
		r := w.hostPool(want.pool)
		evidence := proven("a live word of getConn → wantConn, whose channel = sudog.c; Transport.MaxConnsPerHost")
		w.orElse(g, wait, graph.Wait{Kind: graph.WaitSemaphore, Resource: r.ID, Evidence: evidence}, want.result)
		return true
	},
}

var transportGetConn = []string{"net/http.(*Transport).getConn"}

// transportLayout is what is read of http.Transport, of a request for one of its
// connections, of a connection, and of what a response's body is read by:
// https://github.com/golang/go/blob/go1.26.0/src/net/http/transport.go#L96
type transportLayout struct {
	most field // of a Transport: MaxConnsPerHost
	want struct {
		size         int
		result       field // the channel; up to Go 1.22 ready
		scheme, host field // of its key
	}
	conn struct {
		size              int
		transport, closed field // the Transport; the channel closech
		scheme, host      field
	}
	body struct {
		size  int
		close field // a func value that has the channel which the connection waits on
	}
	response, inGzip field // where these have the body
}

func newTransportLayout(ts *resolver) transportLayout {
	want, conn, body := ts.optional("net/http.wantConn"), ts.optional("net/http.persistConn"), ts.optional("net/http.bodyEOFSignal")
	l := transportLayout{
		most:     ts.optional("net/http.Transport").maybe("MaxConnsPerHost"),
		response: ts.optional("net/http.Response").maybe("Body"),
		inGzip:   ts.optional("net/http.gzipReader").maybe("body"),
	}
	l.want.size, l.want.result = want.size(), want.maybe("result", "ready")
	l.want.scheme, l.want.host = want.maybe("key.scheme"), want.maybe("key.addr")
	l.conn.size, l.conn.transport, l.conn.closed = conn.size(), conn.maybe("t"), conn.maybe("closech")
	l.conn.scheme, l.conn.host = conn.maybe("cacheKey.scheme"), conn.maybe("cacheKey.addr")
	l.body.size, l.body.close = body.size(), body.maybe("earlyCloseFn")
	return l
}

// hostKey is a host with which a Transport has connections.
type hostKey struct {
	transport uint64
	host      string
}

// connWait is that a goroutine waits for one of them.
type connWait struct {
	result uint64 // the channel
	pool   hostKey
}

// hostPool is the state of one.
type hostPool struct {
	most  int64
	conns []uint64 // those that exist
}

// transportFacts are what was read of the Transports that goroutines wait for.
type transportFacts struct {
	connWaits map[*goroutine]connWait
	hostPools map[hostKey]*hostPool
	connUsers map[*goroutine][]connUse
}

// connUse is that a goroutine has a connection.
type connUse struct {
	conn uint64
	how  string
}

// readTransports finds who waits for a connection that others have.
func (c *collection) readTransports(waiting []*goroutine) {
	l := &c.lay.transport
	if len(waiting) == 0 || l.want.result.size == 0 || l.conn.closed.size == 0 || l.most.size == 0 {
		return
	}
	conns := c.readHTTPConns()
	if len(conns) == 0 {
		return
	}
	known := map[uint64]bool{} // Transports
	for _, k := range conns {
		known[k.transport] = true
	}
	most := map[uint64]int64{}
	for t := range known {
		if b, err := c.peek(t+uint64(l.most.off), 8); err == nil {
			most[t] = int64(le.Uint64(b))
		}
	}
	words := map[*goroutine][]uint64{}
	var addrs []uint64
	for _, g := range waiting {
		if f, ok := c.within(g, transportGetConn); ok {
			words[g] = c.liveWords(g, f)
			addrs = append(addrs, words[g]...)
		}
	}
	wants := map[uint64][]byte{}
	c.any(addrs, l.want.size, func(addr uint64, b []byte) { wants[addr] = b })
	dialled := c.dialled()
	for g, ws := range words {
		wait, transport, own := connWait{}, uint64(0), uint64(0)
		for _, v := range ws {
			if known[v] {
				transport = v
			}
			if b := wants[v]; b != nil && slices.ContainsFunc(g.sudogs, func(s *sudog) bool { return s.c != 0 && s.c == l.want.result.of(b) }) {
				own = v
				wait = connWait{l.want.result.of(b), hostKey{host: c.hostOf(b, l.want.scheme, l.want.host)}}
			}
		}
		if own == 0 || transport == 0 || most[transport] <= 0 || wait.pool.host == "" || dialled[own] {
			continue
		}
		wait.pool.transport = transport
		c.connWaits[g] = wait
		if c.hostPools[wait.pool] == nil {
			p := &hostPool{most: most[transport]}
			for addr, k := range conns {
				if k == wait.pool {
					p.conns = append(p.conns, addr)
				}
			}
			slices.Sort(p.conns)
			c.hostPools[wait.pool] = p
		}
	}
	c.readConnUsers()
}

// hostOf is a scheme and a host, of one of the keys by which Transports tell them.
func (c *collection) hostOf(b []byte, scheme, host field) string {
	if scheme.size != 16 || host.size != 16 {
		return ""
	}
	s, h := c.stringAt(b[scheme.off:]), c.stringAt(b[host.off:])
	if s == "" || h == "" {
		return ""
	}
	return s + "://" + h
}

// ownsHTTPConn tells the first function of the goroutines that each connection has.
func ownsHTTPConn(fn string) bool {
	return strings.HasPrefix(fn, "net/http.(*Transport).dialConn.") || strings.HasPrefix(fn, "net/http.(*persistConn).")
}

// readHTTPConns reads the connections that clients have: each has a goroutine that
// writes, with the connection in a live word, whose channel it waits on unless it is
// just writing.
func (c *collection) readHTTPConns() map[uint64]hostKey {
	l := &c.lay.transport
	waits := map[uint64]map[uint64]bool{} // channels, by words
	var addrs []uint64
	for _, g := range c.startedIn(ownsHTTPConn) {
		if len(waits) >= maxHTTPConns {
			break
		}
		for _, v := range c.liveWordsIn(g, "net/http.(*persistConn).writeLoop") {
			if waits[v] == nil {
				waits[v] = map[uint64]bool{}
			}
			for _, s := range g.sudogs {
				waits[v][s.c] = true
			}
			addrs = append(addrs, v)
		}
	}
	out := map[uint64]hostKey{}
	c.any(addrs, l.conn.size, func(addr uint64, b []byte) {
		if !waits[addr][l.conn.closed.of(b)] {
			return
		}
		if host := c.hostOf(b, l.conn.scheme, l.conn.host); host != "" {
			out[addr] = hostKey{l.conn.transport.of(b), host}
		}
	})
	return out
}

// dialled are the words of those who are making connections, among which is what the
// connection is for.
func (c *collection) dialled() map[uint64]bool {
	out := map[uint64]bool{}
	dials := c.startedIn(func(fn string) bool { return strings.HasPrefix(fn, "net/http.(*Transport).") && !ownsHTTPConn(fn) })
	for _, g := range dials {
		for _, v := range c.liveWordsIn(g, "net/http.(*Transport).dialConnFor") {
			out[v] = true
		}
	}
	return out
}

// hostPool describes the connections with one host as a resource.
func (w *walk) hostPool(key hostKey) *graph.Resource {
	p := w.hostPools[key]
	addr := key.transport
	for other := range w.hostPools { // of several hosts each has an address of its own
		if other.transport == key.transport && other != key && len(p.conns) > 0 {
			addr = p.conns[0]
		}
	}
	r := w.b.Resource("http.Transport", addr)
	if r.Detail != nil {
		return r
	}
	r.Type = "http.Transport"
	used := map[uint64]bool{}
	for _, g := range w.goroutines {
		for _, use := range w.connUsers[g] {
			if slices.Contains(p.conns, use.conn) && !used[use.conn] {
				used[use.conn] = true
				r.Holders = append(r.Holders, graph.Holder{Task: taskID(g.id), Evidence: inferred(use.how)})
			}
		}
	}
	r.Detail = []graph.Attr{
		{Key: "host", Value: key.host}, {Key: "size", Value: p.most}, {Key: "held", Value: p.most}, {Key: "open", Value: int64(len(p.conns))},
	}
	if unknown := p.most - int64(len(used)); unknown > 0 {
		r.Detail = append(r.Detail, graph.Attr{Key: "users_not_found", Value: unknown})
	}
	return r
}
