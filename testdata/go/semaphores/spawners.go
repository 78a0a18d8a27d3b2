package main

import (
	"reflect"
	"unsafe"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"example.com/targets/record"
)

//go:noinline
func spawned(b *box, ids chan<- int) {
	for range 5 {
		b.sem <- struct{}{}
		go func() {
			defer func() { <-b.sem }()
			ids <- record.Goid()
			park()
		}()
	}
}

//go:noinline
func spawnedAhead(b *box, ids chan<- int) {
	for range 5 {
		b.sem <- struct{}{}
		go func() {
			ids <- record.Goid()
			b.n += park()
			<-b.sem
		}()
	}
}

//go:noinline
func spawnedMethod(b *box, ids chan<- int) {
	for i := range 5 {
		b.sem <- struct{}{}
		go b.inside(ids, i)
	}
}

//go:noinline
func (b *box) inside(ids chan<- int, n int) {
	defer func() { <-b.sem }()
	ids <- record.Goid()
	b.n += park() + n
}

// spawnedBy has another function start them, as errgroup's Go does.
//
//go:noinline
func spawnedBy(b *box, ids chan<- int) {
	for range 5 {
		b.sem <- struct{}{}
		start(func() {
			defer func() { <-b.sem }()
			ids <- record.Goid()
			park()
		})
	}
}

//go:noinline
func start(f func()) {
	go func() { f() }()
}

//go:noinline
func (b *box) enter() { b.sem <- struct{}{} }

//go:noinline
func (b *box) leave() { <-b.sem }

//go:noinline
func spawnedHelper(b *box, ids chan<- int) {
	for range 5 {
		b.enter()
		go func() {
			defer b.leave()
			ids <- record.Goid()
			park()
		}()
	}
}

//go:noinline
func spawnedLocal(b *box, ids chan<- int) {
	sem := make(chan struct{}, room)
	b.sem = sem
	for range 5 {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			ids <- record.Goid()
			park()
		}()
	}
}

//go:noinline
func spawnedGroup(b *box, ids chan<- int) {
	var g errgroup.Group
	for range 5 {
		b.sem <- struct{}{}
		g.Go(func() error {
			defer func() { <-b.sem }()
			ids <- record.Goid()
			park()
			return nil
		})
	}
}

// spawnedPool has a pool of conc's, which has a channel for that.
//
//go:noinline
func spawnedPool(b *box, ids chan<- int) {
	p := pool.New().WithMaxGoroutines(room)
	limiter := reflect.ValueOf(p).Elem().FieldByName("limiter").UnsafePointer()
	b.sem = *(*chan struct{})(unsafe.Pointer(&limiter))
	for range 5 {
		p.Go(func() {
			ids <- record.Goid()
			park()
		})
	}
}
