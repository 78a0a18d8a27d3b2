// Program churn does without pause what the runtime must not be stopped in:
// it moves stacks, collects garbage, passes values through channels, sets
// timers and stops them.
//
// A correct reader says whatever the moment: that there are goroutines in
//
//	grow       whose stack may be being moved
//	collect    who may be waiting for the collector, or scanned by it
//	send, receive, choose
//	           who may be at a channel, on the way there, or just woken
//	lock, wait
//	           who may be at a lock or a WaitGroup, or just woken
//	arm        who may be among its timers
//
// and, of what cannot be known at that moment, that it cannot.
package main

import (
	"runtime"
	"sync"
	"time"

	"example.com/targets/ready"
)

//go:noinline
func deeper(n int) int {
	var room [512]byte
	if n == 0 {
		return int(room[0])
	}
	room[n%512] = byte(n)
	return deeper(n-1) + int(room[n%512])
}

//go:noinline
func grow() {
	for {
		done := make(chan struct{})
		go func() { // on a new, small stack
			deeper(200)
			close(done)
		}()
		<-done
	}
}

//go:noinline
func collect() {
	for {
		runtime.GC()
	}
}

//go:noinline
func send(c chan<- int) {
	for i := 0; ; i++ {
		c <- i
	}
}

//go:noinline
func receive(c <-chan int) {
	for range c {
	}
}

//go:noinline
func choose(a, b chan int) {
	for {
		select {
		case <-a:
		case <-b:
		case a <- 1:
		}
	}
}

//go:noinline
func lock(mu *sync.Mutex) {
	for {
		mu.Lock()
		runtime.Gosched()
		mu.Unlock()
	}
}

//go:noinline
func wait() {
	for {
		var group sync.WaitGroup
		group.Add(1)
		go group.Done()
		group.Wait()
	}
}

//go:noinline
func arm() {
	timers := make([]*time.Timer, 64)
	for i := range timers {
		timers[i] = time.AfterFunc(time.Hour, func() {})
	}
	for i := 0; ; i++ {
		timers[i%64].Reset(time.Duration(i%1000+1) * time.Minute)
		timers[(i*7)%64].Stop()
	}
}

//go:noinline
func still(c chan int) { <-c }

func main() {
	unbuffered, buffered, never := make(chan int), make(chan int, 8), make(chan int)
	for range 3 {
		go still(never)
	}
	ready.WhenMoving(ready.Parked(3, "chan receive", "main.still"), ready.Parked(1, "chan receive", "main.main"))
	go func() {
		for range 2 {
			go send(unbuffered)
			go receive(unbuffered)
			go send(buffered)
			go choose(unbuffered, buffered)
			go grow()
		}
		go arm()
		var mu sync.Mutex
		go lock(&mu)
		go lock(&mu)
		go wait()
		go collect()
	}()
	<-never
}
