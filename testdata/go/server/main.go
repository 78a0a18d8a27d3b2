// Program server is a small HTTP service that hangs: an order handler takes
// one of two database connections, then asks a stock service that does not
// answer; two handlers have the connections, three wait for one.
//
// A correct reader says, beside net/http's own goroutines, that
//
//	(*stock).ServeHTTP  (2) receives from a channel: the stock service hangs
//	(*shop).order       (2) waits in net/http's client for the stock service
//	(*pool).get         (3) waits in a select for a connection, or for the
//	                    request's context
//	(*shop).audit       (2) are workers that wait for work; (*shop).flush
//	                    waits for both, a WaitGroup that is a field
//	customer            (5) waits in net/http's client
//
// With the argument "load" the stock service answers, and eight customers go
// on ordering: what a reader finds then is different each time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"time"

	"example.com/targets/ready"
)

func main() {
	load := len(os.Args) > 1 && os.Args[1] == "load"
	back := &stock{hang: make(chan struct{})}
	if load {
		close(back.hang)
	}
	backend := httptest.NewServer(back)
	s := &shop{db: newPool(2), stock: backend.URL, done: make(chan string, 16)}
	for range 2 {
		s.workers.Add(1)
		go s.audit()
	}
	go s.flush()
	front := httptest.NewServer(http.HandlerFunc(s.order))

	if load {
		for range 8 {
			go func() {
				for {
					customer(front.URL)
				}
			}()
		}
		ready.WhenMoving(ready.Parked(1, "select (no cases)", "main.main"))
		select {}
	}
	for range 2 {
		go customer(front.URL)
	}
	ready.Await(ready.Parked(2, "chan receive", "main.(*stock).ServeHTTP"))
	for range 3 {
		go customer(front.URL)
	}
	ready.When(
		ready.Parked(2, "chan receive", "main.(*stock).ServeHTTP"),
		ready.Parked(5, "select", "main.(*shop).order"),
		ready.Parked(3, "select", "main.(*pool).get"),
		ready.Parked(2, "chan receive", "main.(*shop).audit"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.(*shop).flush"),
		ready.Parked(5, "select", "main.customer"),
		ready.Parked(7, "IO wait", "net/http.(*connReader).backgroundRead"),
		ready.Parked(7, "IO wait", "net/http.(*persistConn).readLoop"),
		ready.Parked(7, "select", "net/http.(*persistConn).writeLoop"),
		ready.Parked(2, "IO wait", "net/http.(*Server).Serve"),
		ready.Parked(1, "select (no cases)", "main.main"),
	)
	select {}
}

// customer orders once.
func customer(url string) {
	resp, err := http.Get(url + "/order")
	if err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// stock is the service behind the shop.
type stock struct{ hang chan struct{} }

func (s *stock) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	<-s.hang
	fmt.Fprintln(w, 42)
}

// shop is the service.
type shop struct {
	db      *pool
	stock   string
	done    chan string // orders to audit
	workers sync.WaitGroup
	buffers sync.Pool
}

// order answers an order.
func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	c, err := s.db.get(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer s.db.put(c)
	buf, _ := s.buffers.Get().([]byte)
	if buf == nil {
		buf = make([]byte, 64)
	}
	defer s.buffers.Put(buf) //nolint:staticcheck // the allocation is beside the point

	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.stock, nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	n, err := io.ReadFull(resp.Body, buf)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	s.done <- string(buf[:n])
	fmt.Fprintf(w, "%d in stock", n)
}

// audit is a worker.
func (s *shop) audit() {
	defer s.workers.Done()
	for range s.done {
	}
}

// flush waits for the workers.
func (s *shop) flush() { s.workers.Wait() }

// pool has a fixed number of connections, as database/sql's has.
type pool struct {
	mu   sync.Mutex
	free []*conn
	wait []chan *conn // those who ask, oldest first
}

type conn struct{ id int }

func newPool(n int) *pool {
	p := &pool{}
	for i := range n {
		p.free = append(p.free, &conn{id: i})
	}
	return p
}

// get returns a connection, once there is one.
func (p *pool) get(ctx context.Context) (*conn, error) {
	p.mu.Lock()
	if n := len(p.free); n > 0 {
		c := p.free[n-1]
		p.free = p.free[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	mine := make(chan *conn, 1)
	p.wait = append(p.wait, mine)
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	select {
	case c := <-mine:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// put gives a connection back, to the oldest who asks.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.wait) > 0 {
		p.wait[0] <- c
		p.wait = p.wait[1:]
		return
	}
	p.free = append(p.free, c)
}
