// Program database has a database/sql pool of two connections, both in use.
//
// A correct reader says, of the goroutine in
//
//	query    receives from a channel, in the driver; it has a connection of the
//	         pool
//	report   receives from a channel, in its own code; it has the other
//	         connection, in a transaction
//	waits    (two of them) wants one of the pool's connections, of which two of two
//	         are in use
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"example.com/targets/ready"
)

var never = make(chan int)

// connector makes connections whose queries never end.
type connector struct{}

type conn struct{}

func (connector) Connect(context.Context) (driver.Conn, error) { return conn{}, nil }
func (connector) Driver() driver.Driver                        { return nil }
func (conn) Prepare(string) (driver.Stmt, error)               { return nil, errors.ErrUnsupported }
func (conn) Close() error                                      { return nil }
func (conn) Begin() (driver.Tx, error)                         { return conn{}, nil }
func (conn) Commit() error                                     { return nil }
func (conn) Rollback() error                                   { return nil }
func (conn) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	<-never
	return nil, errors.ErrUnsupported
}

//go:noinline
func query(db *sql.DB) { _, _ = db.Query("SELECT 1") }

//go:noinline
func report(db *sql.DB) {
	tx, err := db.Begin()
	if err != nil {
		panic(err)
	}
	<-never
	_ = tx.Commit()
}

//go:noinline
func waits(db *sql.DB) { _, _ = db.Query("SELECT 2") }

func main() {
	db := sql.OpenDB(connector{})
	db.SetMaxOpenConns(2)
	go query(db)
	go report(db)
	ready.Await(
		ready.Parked(1, "chan receive", "main.query"),
		ready.Parked(1, "chan receive", "main.report"),
	)
	go waits(db)
	go waits(db)
	ready.When(
		ready.Parked(1, "chan receive", "main.query"),
		ready.Parked(1, "chan receive", "main.report"),
		ready.Parked(2, "select", "main.waits"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
