// Program mutexes has goroutines at locked Mutexes and RWMutexes.
//
// A correct reader says that
//
//	lock               (2) waits for main.mu, a Mutex that is locked, with 2 waiters
//	lockField          waits for the Mutex that is a field of an account on the heap
//	readBehindWriter   waits to read main.rw: a writer is waiting before it
//	writeBehindReader  waits to write main.rw, which one reader has
//	writeBehindWriter  waits to write main.rw, for its inner Mutex w, which
//	                   writeBehindReader has
//	readWritten        waits to read main.written, which has a writer
//
// main.hold has main.mu, the account's mutex (by a deferred Unlock), a read
// lock of main.rw (deferred) and the write lock of main.written (none
// deferred): holders are inferred.
package main

import (
	"sync"

	"example.com/targets/ready"
)

var (
	mu      sync.Mutex
	rw      sync.RWMutex
	written sync.RWMutex
)

type account struct {
	name    string
	mu      sync.Mutex
	balance int
}

//go:noinline
func lock() {
	mu.Lock()
	defer mu.Unlock()
}

//go:noinline
func lockField(a *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance++
}

//go:noinline
func readBehindWriter() {
	rw.RLock()
	defer rw.RUnlock()
}

//go:noinline
func writeBehindReader() {
	rw.Lock()
	defer rw.Unlock()
}

//go:noinline
func writeBehindWriter() {
	rw.Lock()
	defer rw.Unlock()
}

//go:noinline
func readWritten() {
	written.RLock()
	defer written.RUnlock()
}

//go:noinline
func hold(a *account, held chan<- bool) {
	mu.Lock()
	defer mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	rw.RLock()
	defer rw.RUnlock()
	written.Lock()
	close(held)
	select {}
}

func main() {
	a := &account{name: "savings"}
	held := make(chan bool)
	go hold(a, held)
	<-held
	go lock()
	go lock()
	go lockField(a)
	go readWritten()
	go writeBehindReader()
	// Only when the first writer waits for the reader does the second wait
	// for the first, and a reader for either.
	ready.Await(ready.Parked(1, "sync.RWMutex.Lock", "main.writeBehindReader"))
	go writeBehindWriter()
	go readBehindWriter()
	ready.When(
		ready.Parked(2, "sync.Mutex.Lock", "main.lock"),
		ready.Parked(1, "sync.Mutex.Lock", "main.lockField"),
		ready.Parked(1, "sync.RWMutex.RLock", "main.readWritten"),
		ready.Parked(1, "sync.RWMutex.RLock", "main.readBehindWriter"),
		ready.Parked(1, "sync.RWMutex.Lock", "main.writeBehindReader"),
		ready.Parked(1, "sync.Mutex.Lock", "main.writeBehindWriter"),
		ready.Parked(1, "select (no cases)", "main.hold"),
		ready.Parked(1, "select (no cases)", "main.main"),
	)
	select {}
}
