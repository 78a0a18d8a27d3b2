// Program stuck has goroutines that locks keep waiting for good.
//
// A correct reader says
//
//	self-deadlock     of twice, of inner (which outer called), of readThenWrite, and
//	                  of readTwice, which a writer stands between
//	deadlock          of the two in transfer, and that audit waits behind them
//	abandoned-lock    of the locks that returns, panics and ends left locked
//	starvation        of the lock of slow, which 20 wait for
//	lock-across-wait  of the lock of across
//	missing-done      where the heap is known: of the WaitGroup in collect
//	deadlock          where the heap is known: of sends, which has a lock, and
//	                  receives, which wants it, and alone has what sends sends to;
//	                  where it is not, lock-across-wait of that lock
package main

import (
	"sync"

	"example.com/targets/ready"
)

var never = make(chan int)

type account struct {
	mu      sync.Mutex
	rw      sync.RWMutex
	balance int
}

//go:noinline
func twice(a *account) {
	a.mu.Lock()
	a.mu.Lock()
	a.mu.Unlock()
	a.mu.Unlock()
}

//go:noinline
func outer(a *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	inner(a)
}

//go:noinline
func inner(a *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance++
}

//go:noinline
func readThenWrite(a *account) {
	a.rw.RLock()
	defer a.rw.RUnlock()
	a.rw.Lock()
	a.balance++
	a.rw.Unlock()
}

//go:noinline
func readTwice(a *account, more <-chan bool) {
	a.rw.RLock()
	defer a.rw.RUnlock()
	<-more
	a.rw.RLock()
	defer a.rw.RUnlock()
}

//go:noinline
func write(a *account) {
	a.rw.Lock()
	a.balance++
	a.rw.Unlock()
}

//go:noinline
func transfer(from, to *account, both *sync.WaitGroup) {
	from.mu.Lock()
	defer from.mu.Unlock()
	both.Done()
	both.Wait()
	to.mu.Lock()
	to.balance, from.balance = to.balance+1, from.balance-1
	to.mu.Unlock()
}

//go:noinline
func audit(a *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
}

//go:noinline
func returns(a *account) bool {
	a.mu.Lock()
	if a.balance == 0 {
		return false
	}
	a.mu.Unlock()
	return true
}

//go:noinline
func panics(a *account) {
	defer func() { _ = recover() }()
	a.mu.Lock()
	if a.balance == 0 {
		panic("broke")
	}
	a.mu.Unlock()
}

//go:noinline
func ends(a *account, ended chan<- bool) {
	a.mu.Lock()
	ended <- a.balance == 0
}

//go:noinline
func slow(a *account, has chan<- bool) {
	a.mu.Lock()
	has <- true
	a.balance += <-never
	a.mu.Unlock()
}

//go:noinline
func across(a *account, has chan<- bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	has <- true
	<-never
}

//go:noinline
func sends(a *account, to chan<- int, has chan<- bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	has <- true
	to <- a.balance
}

//go:noinline
func receives(a *account, from <-chan int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += <-from
}

//go:noinline
func collect() {
	var wg sync.WaitGroup
	done := make(chan bool)
	wg.Add(2)
	go func() {
		wg.Done()
		close(done)
	}()
	<-done
	wg.Wait()
}

func main() {
	go twice(&account{})
	go outer(&account{})
	go readThenWrite(&account{})

	more, read := make(chan bool), &account{}
	go readTwice(read, more)
	ready.Await(ready.Parked(1, "chan receive", "main.readTwice"))
	go write(read)
	ready.Await(ready.Parked(1, "sync.RWMutex.Lock", "main.write"))
	close(more)

	one, other, both := &account{}, &account{}, &sync.WaitGroup{}
	both.Add(2)
	go transfer(one, other, both)
	go transfer(other, one, both)
	ready.Await(ready.Parked(2, "sync.Mutex.Lock", "main.transfer"))
	go audit(one)

	for _, leave := range []func(*account){
		func(a *account) { returns(a) },
		panics,
		func(a *account) {
			ended := make(chan bool)
			go ends(a, ended)
			<-ended
		},
	} {
		a := &account{}
		leave(a)
		go audit(a)
	}

	has := make(chan bool)
	wanted := &account{}
	go slow(wanted, has)
	<-has
	for range 20 {
		go audit(wanted)
	}
	kept := &account{}
	go across(kept, has)
	<-has
	go audit(kept)
	go collect()

	sent, balances := &account{}, make(chan int)
	go sends(sent, balances, has)
	<-has
	go receives(sent, balances)

	ready.When(
		ready.Parked(1, "sync.Mutex.Lock", "main.twice"),
		ready.Parked(1, "sync.Mutex.Lock", "main.inner"),
		ready.Parked(1, "sync.RWMutex.Lock", "main.readThenWrite"),
		ready.Parked(1, "sync.RWMutex.RLock", "main.readTwice"),
		ready.Parked(25, "sync.Mutex.Lock", "main.audit"),
		ready.Parked(1, "sync.WaitGroup.Wait|semacquire", "main.collect"),
		ready.Parked(1, "chan send", "main.sends"),
		ready.Parked(1, "sync.Mutex.Lock", "main.receives"),
		ready.Parked(1, "select (no cases)", "main.main"),
	)
	select {}
}
