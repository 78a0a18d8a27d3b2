package main

import (
	"sync"

	"example.com/targets/ready"
	"example.com/targets/record"
)

// circles are semaphores that nobody can enter any more: one that has the only place
// waits for a lock, and who has the lock to enter; and one who is inside enters again.
func circles() []ready.Want {
	one := make(chan struct{}, 1)
	var mu sync.Mutex
	ids, in := make(chan int), make(chan bool)
	go entersThenLocks(one, &mu, ids, in)
	record.Say("held", address(one), "tokens", <-ids, "circle")
	go locksThenEnters(one, &mu, ids)
	<-ids
	in <- true

	own := make(chan struct{}, 1)
	go entersTwice(own, ids)
	record.Say("held", address(own), "tokens", <-ids, "twice")
	return []ready.Want{
		ready.Parked(1, "sync.Mutex.Lock", "main.entersThenLocks"),
		ready.Parked(1, "chan send", "main.locksThenEnters"),
		ready.Parked(1, "chan send", "main.entersTwice"),
	}
}

//go:noinline
func entersThenLocks(one chan struct{}, mu *sync.Mutex, ids chan<- int, in <-chan bool) {
	one <- struct{}{}
	defer func() { <-one }()
	ids <- record.Goid()
	<-in
	mu.Lock()
	defer mu.Unlock()
}

//go:noinline
func locksThenEnters(one chan struct{}, mu *sync.Mutex, ids chan<- int) {
	mu.Lock()
	defer mu.Unlock()
	ids <- record.Goid()
	one <- struct{}{}
	defer func() { <-one }()
}

//go:noinline
func entersTwice(own chan struct{}, ids chan<- int) {
	own <- struct{}{}
	defer func() { <-own }()
	ids <- record.Goid()
	entersTwice(own, ids)
}
