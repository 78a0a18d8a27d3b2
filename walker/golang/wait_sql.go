package golang

import (
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// pools are database/sql's: a goroutine that wants a connection while as many
// are open as may be waits for somebody to give one back.
// https://github.com/golang/go/blob/go1.26.0/src/database/sql/sql.go#L507
// The frame of (*DB).conn has the DB; that it is one is known by its channel
// openerCh, on which the goroutine waits that OpenDB started.
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
		db := w.sqlPools[addr]
		r := w.b.Resource("sql.DB", addr)
		if r.Detail == nil {
			r.Type = "sql.DB"
			r.Detail = []graph.Attr{
				{Key: "size", Value: db.most}, {Key: "held", Value: db.open - db.free}, {Key: "open", Value: db.open},
			}
			for _, h := range w.holders[held{addr, ""}] {
				r.Holders = append(r.Holders, graph.Holder{Task: taskID(h.id), Evidence: inferred("it is in a method of the DB, and does not wait for a connection")})
			}
		}
		wait.Kind, wait.Resource = graph.WaitSemaphore, r.ID
		wait.Evidence = proven("a live word of (*DB).conn → DB, whose openerCh its opener waits on")
		return true
	},
}

var sqlConn = []string{"database/sql.(*DB).conn"}

// sqlLayout is database/sql.DB.
type sqlLayout struct {
	size                         int
	open, most, free, openerChan field
}

func newSQLLayout(ts *resolver) sqlLayout {
	db := ts.optional("database/sql.DB")
	return sqlLayout{
		size: db.size(), open: db.maybe("numOpen"), most: db.maybe("maxOpen"),
		free: db.maybe("freeConn"), openerChan: db.maybe("openerCh"),
	}
}

// sqlPool is the state of one DB.
type sqlPool struct{ open, most, free int64 }

func (c *collection) readPools(waiting []*goroutine) {
	l := &c.lay.sql
	if len(waiting) == 0 || l.openerChan.size == 0 || l.free.size != 24 {
		return
	}
	openers := map[uint64]bool{} // channels
	for _, g := range c.goroutines {
		if fn, ok := c.function(g.startpc); ok && strings.HasPrefix(fn, "database/sql.") && strings.Contains(fn, "OpenDB") {
			for _, s := range g.sudogs {
				openers[s.c] = true
			}
		}
	}
	type place struct {
		g  *goroutine
		db uint64
	}
	var places []place
	var addrs []uint64
	for _, g := range waiting {
		f, ok := c.within(g, sqlConn)
		if !ok {
			continue
		}
		for _, v := range c.liveWords(g, f) {
			places, addrs = append(places, place{g, v}), append(addrs, v)
		}
	}
	c.each(addrs, l.size, func(addr uint64, b []byte) {
		if ch := l.openerChan.of(b); ch != 0 && openers[ch] {
			c.sqlPools[addr] = sqlPool{int64(l.open.of(b)), int64(l.most.of(b)), int64(word(b[l.free.off:], 1))}
			c.whoHas(addr, holding{by: func(fn string) bool {
				return strings.HasPrefix(fn, "database/sql.(*DB).") && fn != "database/sql.(*DB).connectionOpener"
			}})
		}
	})
	for _, p := range places {
		if _, ok := c.sqlPools[p.db]; ok {
			c.sqlWaits[p.g] = p.db
		}
	}
}
