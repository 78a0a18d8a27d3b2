// Program waitgroup has the ways in which sync.WaitGroups are used.
//
// A correct reader says:
//
//	deferred   2 members in deferredWork (Add, go, deferred Done); deferred waits
//	method     2 members in methodWork by wg.Go (Go 1.25), method waits
//	pointer    2 members in pointerWork, which got a *sync.WaitGroup and calls
//	           Done last, without defer
//	elsewhere  2 members in elsewhereWork; the group is opened in elsewhere and
//	           its owner now stands in elsewhereInner, receiving: a member's
//	           backtrace goes on at elsewhere, not in elsewhereInner
//	missing    the counter is 3 and there is 1 member, in missingWork: two Adds
//	           have no goroutine
//	several    1 member in severalWork, 2 waiters in severalWait
//	field      the group is a field of a *server; newServer, which added its
//	           2 members in (*server).work, has returned, so there is no opener;
//	           (*server).stop waits in another goroutine
//	closure    2 members in closureWork, which reach the group through a pointer
//	           in a *closing: a closure that they deferred calls Done
//	last       2 members in lastWork, likewise, which call Done last
//	jobs       the counter is 2, for two jobs that nobody has taken: the 2
//	           goroutines in (*jobs).work call Done for each job and are no
//	           members
package main

import (
	"sync"

	"example.com/targets/ready"
)

var never = make(chan int)

//go:noinline
func deferred() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			deferredWork()
		}()
	}
	wg.Wait()
}

//go:noinline
func deferredWork() { <-never }

//go:noinline
func method() {
	var wg sync.WaitGroup
	start(&wg, methodWork)
	start(&wg, methodWork)
	wg.Wait()
}

//go:noinline
func methodWork() { <-never }

//go:noinline
func pointer() {
	var wg sync.WaitGroup
	wg.Add(2)
	go pointerWork(1, &wg)
	go pointerWork(2, &wg)
	wg.Wait()
}

//go:noinline
func pointerWork(n int, wg *sync.WaitGroup) {
	<-never
	wg.Done()
}

//go:noinline
func elsewhere() {
	var wg sync.WaitGroup
	wg.Add(2)
	for range 2 {
		go func() {
			defer wg.Done()
			elsewhereWork()
		}()
	}
	elsewhereInner()
	wg.Wait()
}

//go:noinline
func elsewhereInner() { <-never }

//go:noinline
func elsewhereWork() { <-never }

//go:noinline
func missing() {
	var wg sync.WaitGroup
	wg.Add(3)
	go func() {
		defer wg.Done()
		missingWork()
	}()
	wg.Wait()
}

//go:noinline
func missingWork() { <-never }

//go:noinline
func several() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		severalWork()
	}()
	go severalWait(&wg)
	severalWait(&wg)
}

//go:noinline
func severalWait(wg *sync.WaitGroup) { wg.Wait() }

//go:noinline
func severalWork() { <-never }

type server struct {
	name string
	wg   sync.WaitGroup
}

//go:noinline
func newServer() *server {
	s := &server{name: "server"}
	s.wg.Add(2)
	for i := range 2 {
		go s.work(i)
	}
	return s
}

//go:noinline
func (s *server) work(int) {
	defer s.wg.Done()
	<-never
}

//go:noinline
func (s *server) stop() { s.wg.Wait() }

// closing has its group elsewhere: nothing in its members' frames is the group's address.
type closing struct {
	name string
	wg   *sync.WaitGroup
	left chan int
}

//go:noinline
func closure(c *closing) {
	c.wg.Add(2)
	for range 2 {
		go func() {
			defer func() {
				c.wg.Done()
				c.name = ""
			}()
			closureWork()
		}()
	}
	c.wg.Wait()
}

//go:noinline
func closureWork() { <-never }

//go:noinline
func last(c *closing) {
	c.wg.Add(2)
	for range 2 {
		go lastWork(c)
	}
	c.wg.Wait()
}

//go:noinline
func lastWork(c *closing) {
	<-c.left
	c.wg.Done()
}

// jobs counts jobs, and not those who do them.
type jobs struct {
	name  string
	wg    *sync.WaitGroup
	queue chan int
}

//go:noinline
func (j *jobs) work() {
	for range j.queue {
		j.wg.Done()
	}
}

//go:noinline
func (j *jobs) drain() {
	j.wg.Add(2)
	go j.work()
	go j.work()
	j.wg.Wait()
}

func main() {
	go deferred()
	go method()
	go pointer()
	go elsewhere()
	go missing()
	go several()
	go newServer().stop()
	go closure(&closing{wg: new(sync.WaitGroup), left: never})
	go last(&closing{wg: new(sync.WaitGroup), left: never})
	go (&jobs{wg: new(sync.WaitGroup), queue: never}).drain()

	const wait = "sync.WaitGroup.Wait|semacquire"
	ready.When(
		ready.Parked(1, wait, "main.deferred"),
		ready.Parked(2, "chan receive", "main.deferredWork"),
		ready.Parked(1, wait, "main.method"),
		ready.Parked(2, "chan receive", "main.methodWork"),
		ready.Parked(1, wait, "main.pointer"),
		ready.Parked(2, "chan receive", "main.pointerWork"),
		ready.Parked(1, "chan receive", "main.elsewhereInner"),
		ready.Parked(2, "chan receive", "main.elsewhereWork"),
		ready.Parked(1, wait, "main.missing"),
		ready.Parked(1, "chan receive", "main.missingWork"),
		ready.Parked(2, wait, "main.severalWait"),
		ready.Parked(1, "chan receive", "main.severalWork"),
		ready.Parked(1, wait, "main.(*server).stop"),
		ready.Parked(2, "chan receive", "main.(*server).work"),
		ready.Parked(1, wait, "main.closure"),
		ready.Parked(2, "chan receive", "main.closureWork"),
		ready.Parked(1, wait, "main.last"),
		ready.Parked(2, "chan receive", "main.lastWork"),
		ready.Parked(1, wait, "main.(*jobs).drain"),
		ready.Parked(2, "chan receive", "main.(*jobs).work"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
}
