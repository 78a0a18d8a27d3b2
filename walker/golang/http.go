package golang

import "strings"

// httpLayout is net/http.Server, and its conn, of which each connection has one:
// https://github.com/golang/go/blob/go1.26.0/src/net/http/server.go#L254
type httpLayout struct {
	size                  int // of a conn
	server, remote, state field
	active                field // of a Server: its map of conns
}

func newHTTPLayout(ts *resolver) httpLayout {
	c := ts.optional("net/http.conn")
	return httpLayout{
		size: c.size(), server: c.maybe("server"), remote: c.maybe("remoteAddr"), state: c.maybe("curState.v"),
		active: ts.optional("net/http.Server").maybe("activeConn"),
	}
}

// httpConn is a connection of an http.Server.
type httpConn struct {
	server uint64
	state  string
	since  int64 // unix time in seconds
	remote string
}

// connStates are the values of http.ConnState:
// https://github.com/golang/go/blob/go1.26.0/src/net/http/server.go#L3244
var connStates = []string{"new", "active", "idle", "hijacked", "closed"}

// maxHTTPConns bounds the connections whose state is read.
const maxHTTPConns = 20_000

// servesHTTP tells the first function of the goroutines that http.Server's Serve
// starts, one for each connection.
func servesHTTP(fn string) bool {
	return strings.HasPrefix(fn, "net/http.(*Server).Serve.gowrap") || fn == "net/http.(*conn).serve"
}

// readHTTP reads the connections: a live word of (*conn).serve is the conn if
// what is there has a server that Serve's frame in its creator has too, and a
// state that there is.
func (c *collection) readHTTP() {
	l := &c.lay.http
	if l.server.size == 0 || l.state.size == 0 {
		return
	}
	owners := map[uint64]bool{} // goids
	words := map[*goroutine][]uint64{}
	var addrs []uint64
	for _, g := range c.startedIn(servesHTTP) {
		if len(words) == maxHTTPConns {
			break
		}
		owners[g.parent] = true
		words[g] = c.liveWordsIn(g, "net/http.(*conn).serve")
		addrs = append(addrs, words[g]...)
	}
	if len(words) == 0 {
		return
	}
	servers := map[uint64]map[uint64]bool{} // live words of Serve, by goid
	for _, g := range c.goroutines {
		if !owners[g.id] {
			continue
		}
		servers[g.id] = map[uint64]bool{}
		if f, ok := c.frameOf(g, "net/http.(*Server).Serve"); ok {
			for _, v := range c.liveWords(g, f) {
				servers[g.id][v] = true
			}
		}
	}
	read := map[uint64][]byte{}
	c.any(addrs, l.size, func(addr uint64, b []byte) { read[addr] = b })
	for g, ws := range words {
		for _, v := range ws {
			b := read[v]
			if b == nil || !servers[g.parent][l.server.of(b)] {
				continue
			}
			state := l.state.of(b)
			if state&0xff >= uint64(len(connStates)) {
				continue
			}
			c.httpConns[g] = httpConn{
				server: l.server.of(b), state: connStates[state&0xff], since: int64(state >> 8),
				remote: c.stringAt(b[l.remote.off:]),
			}
		}
	}
	c.readActive()
}

// readActive reads how many connections the servers count.
func (c *collection) readActive() {
	l := &c.lay.http
	var servers []uint64
	for _, k := range c.httpConns {
		servers = append(servers, k.server+uint64(l.active.off))
	}
	if l.active.size == 0 {
		return
	}
	maps := map[uint64]uint64{} // addresses of servers, by those of their maps
	var addrs []uint64
	c.each(servers, 8, func(addr uint64, b []byte) {
		maps[le.Uint64(b)] = addr - uint64(l.active.off)
		addrs = append(addrs, le.Uint64(b))
	})
	c.each(addrs, 8, func(addr uint64, b []byte) { // a map begins with how many it has
		if n := le.Uint64(b); n < 1<<32 {
			c.httpActive[maps[addr]] = int64(n)
		}
	})
}
