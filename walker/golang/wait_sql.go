package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// pools are database/sql's: a goroutine that wants a connection while as many
// are open as may be waits for somebody to give one back. The frame of
// (*DB).conn has the DB.
var pools = awaitable{
	kinds:   []graph.WaitKind{graph.WaitSelect},
	within:  sqlConn,
	present: func(l *layouts) bool { return l.sql.size > 0 },
	collect: (*collection).readPools,
	describe: func(w *walk, g *goroutine, wait *graph.Wait) bool {
		addr, ok := w.sqlWaits[g]
		if !ok {
			return false
		}
		wait.Kind, wait.Resource = graph.WaitSemaphore, w.pool(addr).ID
		wait.Evidence = proven("a live word of (*DB).conn → DB, whose openerCh its opener waits on")
		return true
	},
}

var sqlConn = []string{"database/sql.(*DB).conn"}

// sqlLayout is database/sql.DB, its connections, and what users have of one:
// a transaction, rows, a connection of their own.
// https://github.com/golang/go/blob/go1.26.0/src/database/sql/sql.go#L507
type sqlLayout struct {
	size                         int
	open, most, free, openerChan field
	requests                     field // a slice, up to Go 1.22 a map: of those who wait for a connection
	conn                         field // the DB of a driverConn
	inUse                        field
	connSize                     int
	users                        map[string]sqlUser // by type
}

// sqlUser is a type that has one of a DB's connections.
type sqlUser struct {
	size int
	conn field
}

func newSQLLayout(ts *resolver) sqlLayout {
	db, conn := ts.optional("database/sql.DB"), ts.optional("database/sql.driverConn")
	l := sqlLayout{
		size: db.size(), open: db.maybe("numOpen"), most: db.maybe("maxOpen"),
		free: db.maybe("freeConn"), openerChan: db.maybe("openerCh"), requests: db.maybe("connRequests.s", "connRequests"),
		conn: conn.maybe("db"), inUse: conn.maybe("inUse"), connSize: conn.size(), users: map[string]sqlUser{},
	}
	for _, name := range []string{"Tx", "Rows", "Conn"} {
		if u := ts.optional("database/sql." + name); !u.absent {
			l.users["sql."+name] = sqlUser{u.size(), u.maybe("dc")}
		}
	}
	return l
}

// sqlPool is the state of one DB.
type sqlPool struct{ open, most, free, waiting int64 }

// readDBs finds the DBs: OpenDB starts a goroutine for each, which has it in a
// live word and waits on its channel openerCh.
func (c *collection) readDBs() {
	l := &c.lay.sql
	if l.size == 0 || l.openerChan.size == 0 || l.free.size != 24 {
		return
	}
	openers := map[uint64]bool{} // channels
	openedBy := c.startedIn(func(fn string) bool {
		return strings.HasPrefix(fn, "database/sql.") && (strings.Contains(fn, "OpenDB") || fn == sqlOpener)
	})
	var addrs []uint64
	for _, g := range openedBy {
		for _, s := range g.sudogs {
			openers[s.c] = true
		}
		addrs = append(addrs, c.liveWordsIn(g, sqlOpener)...)
	}
	requests := map[uint64]uint64{} // DBs, by address of their map of requests
	var maps []uint64
	c.any(addrs, l.size, func(addr uint64, b []byte) {
		if ch := l.openerChan.of(b); ch == 0 || !openers[ch] {
			return
		}
		db := sqlPool{open: int64(l.open.of(b)), most: int64(l.most.of(b)), free: int64(word(b[l.free.off:], 1))}
		switch l.requests.size {
		case 24:
			db.waiting = int64(word(b[l.requests.off:], 1))
		case 8:
			requests[l.requests.of(b)] = addr
			maps = append(maps, l.requests.of(b))
		}
		c.sqlPools[addr] = db
	})
	c.each(maps, 8, func(addr uint64, b []byte) { // a map begins with how many it has
		db := c.sqlPools[requests[addr]]
		db.waiting = int64(le.Uint64(b))
		c.sqlPools[requests[addr]] = db
	})
	c.readSQLUsers()
}

const sqlOpener = "database/sql.(*DB).connectionOpener"

func (c *collection) readPools(waiting []*goroutine) {
	for _, g := range waiting {
		f, ok := c.within(g, sqlConn)
		if !ok {
			continue
		}
		for _, v := range c.liveWords(g, f) {
			if _, ok := c.sqlPools[v]; ok {
				c.sqlWaits[g] = v
			}
		}
	}
}
