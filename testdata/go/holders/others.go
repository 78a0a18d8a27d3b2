package main

import (
	"sync"
	"unsafe"

	"example.com/targets/record"
)

//go:noinline
func read(b *box, at chan<- bool) {
	b.rw.RLock()
	at <- true
	park()
	b.rw.RUnlock()
}

//go:noinline
func readDeferred(b *box, at chan<- bool) {
	b.rw.RLock()
	defer b.rw.RUnlock()
	at <- true
	park()
}

//go:noinline
func readLocker(b *box, at chan<- bool) {
	l := b.rw.RLocker()
	l.Lock()
	defer l.Unlock()
	at <- true
	park()
}

//go:noinline
func readTry(b *box, at chan<- bool) {
	if !b.rw.TryRLock() {
		return
	}
	at <- true
	park()
	b.rw.RUnlock()
}

//go:noinline
func (b *box) view(f func()) {
	b.rw.RLock()
	defer b.rw.RUnlock()
	f()
}

//go:noinline
func readHelper(b *box, at chan<- bool) {
	b.view(func() {
		at <- true
		park()
	})
}

//go:noinline
func write(b *box, at chan<- bool) {
	b.rw.Lock()
	at <- true
	park()
	b.rw.Unlock()
}

//go:noinline
func writeDeferred(b *box, at chan<- bool) {
	b.rw.Lock()
	defer b.rw.Unlock()
	at <- true
	park()
}

//go:noinline
func upgraded(b *box, at chan<- bool) {
	b.rw.RLock()
	if b.n > 0 {
		b.rw.RUnlock()
		return
	}
	b.rw.RUnlock()
	b.rw.Lock()
	defer b.rw.Unlock()
	at <- true
	park()
}

//go:noinline
func writeTry(b *box, at chan<- bool) {
	if b.rw.TryLock() {
		defer b.rw.Unlock()
		at <- true
		park()
	}
}

// Those that do not have the box's lock.

//go:noinline
func letGo(b *box, at chan<- bool) {
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
	at <- true
	b.n = park()
}

//go:noinline
func letGoDeferred(b *box, at chan<- bool) {
	b.view(func() { b.deferredLock() })
	at <- true
	b.n = park()
}

//go:noinline
func (b *box) deferredLock() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
}

//go:noinline
func knows(b *box, at chan<- bool) {
	mu := &b.mu
	at <- true
	park()
	mu.TryLock()
}

//go:noinline
func tryFailed(b *box, at chan<- bool) {
	done := make(chan bool)
	b.mu.Lock()
	go func() {
		if b.mu.TryLock() {
			defer b.mu.Unlock()
		}
		close(done)
	}()
	<-done
	b.mu.Unlock()
	if b.n == 1 && b.mu.TryLock() {
		b.n++
		b.mu.Unlock()
	}
	at <- true
	park()
}

//go:noinline
func unlockedMeanwhile(b *box, at chan<- bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mu.Unlock()
	at <- true
	park()
	b.mu.Lock()
}

//go:noinline
func calledUnlocked(b *box, at chan<- bool) {
	b.mu.Lock()
	b.outside(at)
	b.mu.Unlock()
}

//go:noinline
func (b *box) outside(at chan<- bool) {
	b.mu.Unlock()
	at <- true
	park()
	b.mu.Lock()
}

//go:noinline
func waitsForCond(b *box, at chan<- bool) {
	c := sync.NewCond(&b.mu)
	b.mu.Lock()
	defer b.mu.Unlock()
	go func() {
		b.mu.Lock() // only once it waits
		b.mu.Unlock()
		at <- true
	}()
	for b.n == 0 {
		c.Wait()
	}
}

//go:noinline
func later(b *box, at chan<- bool) {
	at <- true
	park()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
}

//go:noinline
func flagDown(b *box, at chan<- bool) {
	locked := false
	if b.n == 1 {
		b.mu.Lock()
		locked = true
	}
	at <- true
	park()
	if locked {
		b.mu.Unlock()
	}
}

//go:noinline
func loopDone(b *box, at chan<- bool) {
	for i := 0; ; i++ {
		if i == 3 {
			at <- true
			park()
		}
		b.mu.Lock()
		b.n++
		b.mu.Unlock()
	}
}

var (
	global     sync.Mutex
	globalRead sync.RWMutex
	shards     [4]box
	table      = map[string]*box{"one": {}}
)

type generic[T any] struct {
	value T
	mu    sync.Mutex
}

//go:noinline
func (g *generic[T]) set(v T, at chan<- bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.value = v
	at <- true
	park()
}

// fields are locks that are not a box's, or reached otherwise.
func fields() {
	held := func(name string, addr unsafe.Pointer, l sync.Locker, f func(b *box, at chan<- bool)) {
		record.Say("held", addr, "exclusive", record.Start(f, nil), name)
		want(l)
	}
	held("global", unsafe.Pointer(&global), &global, func(_ *box, at chan<- bool) {
		global.Lock()
		at <- true
		park()
		global.Unlock()
	})
	held("globalWrite", unsafe.Pointer(&globalRead), &globalRead, func(_ *box, at chan<- bool) {
		globalRead.Lock()
		defer globalRead.Unlock()
		at <- true
		park()
	})
	e := &embedding{}
	held("embedded", unsafe.Pointer(&e.Mutex), e, func(_ *box, at chan<- bool) {
		e.Lock()
		at <- true
		park()
		e.Unlock()
	})
	i := len(table) + 1
	held("shard", unsafe.Pointer(&shards[i].mu), &shards[i].mu, func(_ *box, at chan<- bool) {
		shards[i].mu.Lock()
		at <- true
		park()
		shards[i].mu.Unlock()
	})
	held("table", unsafe.Pointer(&table["one"].mu), &table["one"].mu, func(_ *box, at chan<- bool) {
		table["one"].mu.Lock()
		at <- true
		park()
		table["one"].mu.Unlock()
	})
	g := &generic[string]{}
	held("generic", unsafe.Pointer(&g.mu), &g.mu, func(_ *box, at chan<- bool) { g.set("x", at) })
	n := &generic[[2]int]{}
	held("genericInts", unsafe.Pointer(&n.mu), &n.mu, func(_ *box, at chan<- bool) { n.set([2]int{}, at) })
}
