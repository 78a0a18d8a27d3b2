// Program cond has goroutines in sync.Cond.Wait.
//
// A correct reader says that
//
//	consume  (3) waits for the Cond of a queue on the heap, one Cond for all
//	readers  waits for a Cond whose Locker is an RWMutex's read side
//	main     waits for a Cond of its own
//
// None of the Conds' locks is held: Wait released them.
package main

import (
	"sync"

	"example.com/targets/ready"
)

type queue struct {
	name  string
	mu    sync.Mutex
	more  *sync.Cond
	items []int
}

//go:noinline
func (q *queue) consume() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.more.Wait()
	}
	return q.items[0]
}

var (
	rw      sync.RWMutex
	changed = sync.NewCond(rw.RLocker())
)

//go:noinline
func readers() {
	changed.L.Lock()
	changed.Wait()
	changed.L.Unlock()
}

func main() {
	q := &queue{name: "orders"}
	q.more = sync.NewCond(&q.mu)
	for range 3 {
		go q.consume()
	}
	go readers()

	ready.When(
		ready.Parked(3, "sync.Cond.Wait", "main.(*queue).consume"),
		ready.Parked(1, "sync.Cond.Wait", "main.readers"),
		ready.Parked(1, "sync.Cond.Wait", "main.main"),
	)
	var mu sync.Mutex
	own := sync.NewCond(&mu)
	mu.Lock()
	own.Wait()
}
