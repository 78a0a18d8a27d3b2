package main

import (
	"sync"

	"example.com/targets/ready"
	"example.com/targets/record"
)

// queues are channels that goroutines wait to send to while they are full, or to
// receive from while they are empty, and that are no semaphores.
func queues() []ready.Want {
	for name, f := range map[string]func(c chan struct{}, at chan<- bool){
		"signalled": signalled, "gathers": gathers, "gated": gated, "paced": paced, "reposts": reposts, "drains": drains, "acknowledged": acknowledged,
	} {
		c := make(chan struct{}, room)
		c <- struct{}{}
		id := begin(f, c)
		record.Say("free", address(c), "tokens", id, name)
		go fill(c)
	}
	work := make(chan int, room)
	work <- 1
	record.Say("free", address(work), "tokens", begin(works, work), "works")
	go feed(work)
	again := make(chan int, room)
	again <- 1
	record.Say("free", address(again), "tokens", begin(requeues, again), "requeues")
	go requeues(again, make(chan bool, 9))
	produces()
	b := &backlog{c: make(chan int, 1)}
	ids := make(chan int)
	go receives(b, ids)
	record.Say("free", address(b.c), "tokens", <-ids, "receives")
	return []ready.Want{
		ready.Parked(1, "chan receive", "main.(*backlog).next"),
		ready.Parked(7, "chan send", "main.fill"),
		ready.Parked(1, "chan send", "main.feed"),
		ready.Parked(2, "chan receive", "main.requeues"),
		ready.Parked(1, "chan send", "main.producer"),
	}
}

func begin[T any](f func(c chan T, at chan<- bool), c chan T) int { return record.Start(f, c) }

//go:noinline
func fill(c chan<- struct{}) {
	for {
		c <- struct{}{}
	}
}

//go:noinline
func feed(c chan<- int) {
	for i := 0; ; i++ {
		c <- i
	}
}

// signalled is woken, and does something each time.
//
//go:noinline
func signalled(c chan struct{}, at chan<- bool) {
	for {
		at <- true
		park()
		<-c
	}
}

// gathers waits for as many as it started, once it has done something else.
//
//go:noinline
func gathers(c chan struct{}, at chan<- bool) {
	at <- true
	park()
	for range 5 {
		<-c
	}
}

// gated waits once for leave to begin.
//
//go:noinline
func gated(c chan struct{}, at chan<- bool) {
	at <- true
	park()
	<-c
	park()
}

// paced does one thing for each of what another sends.
//
//go:noinline
func paced(c chan struct{}, at chan<- bool) {
	for range c {
		at <- true
		park()
	}
}

// reposts sends what it will receive itself.
//
//go:noinline
func reposts(c chan struct{}, at chan<- bool) {
	c <- struct{}{}
	for range 3 {
		<-c
		at <- true
		park()
		c <- struct{}{}
	}
}

// drains receives what was not wanted.
//
//go:noinline
func drains(c chan struct{}, at chan<- bool) {
	at <- true
	park()
	for len(c) > 0 {
		<-c
	}
}

// acknowledged sends, and waits to hear that it arrived.
//
//go:noinline
func acknowledged(c chan struct{}, at chan<- bool) {
	answer := make(chan struct{}, 1)
	go func() {
		<-c
		answer <- struct{}{}
	}()
	c <- struct{}{}
	<-answer
	at <- true
	park()
}

//go:noinline
func works(c chan int, at chan<- bool) {
	for n := range c {
		at <- true
		if n < 9 {
			park()
		}
	}
}

// requeues takes jobs, and puts back those that it cannot do.
//
//go:noinline
func requeues(c chan int, at chan<- bool) {
	for {
		n := <-c
		at <- true
		if park() > 3 {
			c <- n + 1
		}
	}
}

// produces starts who consumes, and then sends.
func produces() {
	c := make(chan struct{}, room)
	ids := make(chan int)
	go producer(c, ids)
	record.Say("free", address(c), "tokens", <-ids, "produces")
}

//go:noinline
func producer(c chan struct{}, ids chan<- int) {
	go func() {
		ids <- record.Goid()
		park()
		<-c
	}()
	for {
		c <- struct{}{}
	}
}

// backlog is a channel with room for one, and what is to be sent to it after that: as
// gRPC's streams have it.
type backlog struct {
	mu   sync.Mutex
	c    chan int
	more []int
}

func receives(b *backlog, ids chan<- int) {
	ids <- record.Goid()
	for b.next() > 0 {
	}
}

//go:noinline
func (b *backlog) next() int {
	n := <-b.c
	b.load()
	return n
}

// load sends the next one, if there is any.
//
//go:noinline
func (b *backlog) load() {
	b.mu.Lock()
	if len(b.more) > 0 {
		select {
		case b.c <- b.more[0]:
			b.more = b.more[1:]
		default:
		}
	}
	b.mu.Unlock()
}
