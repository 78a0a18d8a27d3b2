package golang

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// sqlUse is that a goroutine has one of a DB's connections.
type sqlUse struct {
	db, conn uint64
	by       string // what it has it by: sql.Tx, sql.Rows, sql.Conn; empty: the connection itself
}

// readSQLUsers looks for who has the connections of the DBs: a live word that
// leads to one that is in use, or to a transaction, rows or a Conn that have one.
func (c *collection) readSQLUsers() {
	l := &c.lay.sql
	if len(c.sqlPools) == 0 || l.connSize == 0 || l.conn.size == 0 {
		return
	}
	most := l.connSize
	for _, u := range l.users {
		most = max(most, u.size)
	}
	users := c.startedIn(func(fn string) bool { // the others are the library's own, watch over them, and use none
		return (!strings.HasPrefix(fn, "runtime.") || fn == "runtime.main") && !strings.HasPrefix(fn, "database/sql.")
	})
	words := c.ownWords(users)
	var addrs []uint64
	for _, ws := range words {
		addrs = append(addrs, ws...)
	}
	// What is read is as long as the longest of the types: objects may be
	// shorter, so what cannot be read whole is read in the shortest way.
	read := map[uint64][]byte{}
	c.any(addrs, 8, func(addr uint64, b []byte) { read[addr] = b })
	c.any(addrs, most, func(addr uint64, b []byte) { read[addr] = b })
	conns := map[uint64]uint64{} // DBs, by connections that are in use
	var unknown []uint64
	for addr, b := range read {
		unknown = append(unknown, addr)
		for _, u := range l.users {
			if conn := u.conn.of(b); conn > 1<<12 && conn%8 == 0 {
				unknown = append(unknown, conn)
			}
		}
	}
	c.any(unknown, l.connSize, func(addr uint64, b []byte) {
		if _, ok := c.sqlPools[l.conn.of(b)]; ok && l.inUse.of(b) == 1 {
			conns[addr] = l.conn.of(b)
		}
	})
	for g, ws := range words {
		for _, v := range ws {
			if use, ok := c.sqlUseAt(v, read[v], conns); ok && !slices.ContainsFunc(c.sqlUsers[g], func(o sqlUse) bool { return o.conn == use.conn }) {
				c.sqlUsers[g] = append(c.sqlUsers[g], use)
			}
		}
	}
}

// sqlUseAt tells which connection what is at an address has, or is.
func (c *collection) sqlUseAt(addr uint64, b []byte, conns map[uint64]uint64) (sqlUse, bool) {
	l := &c.lay.sql
	for _, name := range slices.Sorted(maps.Keys(l.users)) {
		conn := l.users[name].conn.of(b)
		db, ok := conns[conn]
		// A Tx and a Conn have their DB too, Rows begin with the connection.
		if ok && (l.users[name].conn.off == 0 || word(b, 0) == db) {
			return sqlUse{db, conn, name}, true
		}
	}
	if db, ok := conns[addr]; ok {
		return sqlUse{db: db, conn: addr}, true
	}
	return sqlUse{}, false
}

// pool describes a DB as a resource.
func (w *walk) pool(addr uint64) *graph.Resource {
	r := w.b.Resource("sql.DB", addr)
	if r.Detail != nil {
		return r
	}
	db := w.sqlPools[addr]
	r.Type = "sql.DB"
	used := map[uint64]bool{}
	for _, g := range w.goroutines {
		for _, use := range w.sqlUsers[g] {
			if use.db != addr {
				continue
			}
			how := "it has one of its connections in a live word"
			if use.by != "" {
				how = "it has a " + use.by + " with one of its connections in a live word"
			}
			used[use.conn] = true
			r.Holders = append(r.Holders, graph.Holder{Task: taskID(g.id), Evidence: inferred(how)})
		}
	}
	if db.most > 0 {
		r.Detail = append(r.Detail, graph.Attr{Key: "size", Value: db.most})
	}
	held := db.open - db.free
	r.Detail = append(r.Detail, graph.Attr{Key: "held", Value: held}, graph.Attr{Key: "open", Value: db.open}, graph.Attr{Key: "requests_waiting", Value: db.waiting})
	if unknown := held - int64(len(used)); unknown > 0 {
		r.Detail = append(r.Detail, graph.Attr{Key: "users_not_found", Value: unknown})
	}
	return r
}

// describePools makes resources of the DBs, those too that nobody waits for.
func (w *walk) describePools() {
	for _, addr := range slices.SortedFunc(maps.Keys(w.sqlPools), cmp.Compare) {
		w.pool(addr)
	}
}
