package main

import "sync"

//go:noinline
func explicit(b *box, at chan<- bool) {
	b.mu.Lock()
	at <- true
	b.n += park()
	b.mu.Unlock()
}

//go:noinline
func deferred(b *box, at chan<- bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at <- true
	park()
}

//go:noinline
func closure(b *box, at chan<- bool) {
	b.mu.Lock()
	defer func() {
		b.n++
		b.mu.Unlock()
	}()
	at <- true
	park()
}

//go:noinline
func methodValue(b *box, at chan<- bool) {
	b.mu.Lock()
	unlock := b.mu.Unlock
	at <- true
	park()
	unlock()
}

//go:noinline
func passed(b *box, at chan<- bool) { passedDown(&b.mu, at) }

//go:noinline
func passedDown(mu *sync.Mutex, at chan<- bool) {
	mu.Lock()
	at <- true
	park()
	mu.Unlock()
}

//go:noinline
func conditional(b *box, at chan<- bool) {
	if b.n == 0 {
		b.mu.Lock()
	}
	at <- true
	park()
	if b.n == 0 {
		b.mu.Unlock()
	}
}

//go:noinline
func flagged(b *box, at chan<- bool) {
	locked := false
	if b.n == 0 {
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
func try(b *box, at chan<- bool) {
	if b.mu.TryLock() {
		at <- true
		park()
		b.mu.Unlock()
	}
}

//go:noinline
func tryBool(b *box, at chan<- bool) {
	ok := b.mu.TryLock()
	at <- ok
	park()
	if ok {
		b.mu.Unlock()
	}
}

//go:noinline
func (b *box) lock() {
	b.mu.Lock()
	b.n++
}

//go:noinline
func (b *box) unlock() {
	b.n--
	b.mu.Unlock()
}

func (b *box) take() { b.mu.Lock() }
func (b *box) drop() { b.mu.Unlock() }

//go:noinline
func helper(b *box, at chan<- bool) {
	b.lock()
	at <- true
	park()
	b.unlock()
}

//go:noinline
func deferredHelper(b *box, at chan<- bool) {
	b.lock()
	defer b.unlock()
	at <- true
	park()
}

//go:noinline
func inlinedHelper(b *box, at chan<- bool) {
	b.take()
	at <- true
	park()
	b.drop()
}

//go:noinline
func nested(b *box, at chan<- bool) {
	var other box
	b.next = &other
	b.mu.Lock()
	b.next.mu.Lock()
	at <- true
	park()
	b.next.mu.Unlock()
	b.mu.Unlock()
}

//go:noinline
func neverUnlocked(b *box, at chan<- bool) {
	b.mu.Lock()
	at <- true
	b.n = park()
}

//go:noinline
func forever(b *box, at chan<- bool) {
	b.mu.Lock()
	at <- true
	select {}
}

//go:noinline
func early(b *box, at chan<- bool) {
	b.mu.Lock()
	at <- true
	if park() > 3 {
		b.mu.Unlock()
		return
	}
	b.n++
	b.mu.Unlock()
}

//go:noinline
func deep(b *box, at chan<- bool) {
	b.mu.Lock()
	deeper(b, at, 5)
	b.mu.Unlock()
}

//go:noinline
func deeper(b *box, at chan<- bool, n int) int {
	if n == 0 {
		at <- true
		return park()
	}
	return deeper(b, at, n-1) + 1
}

//go:noinline
func callback(b *box, at chan<- bool) {
	locked(b, func() {
		at <- true
		park()
	})
}

//go:noinline
func locked(b *box, f func()) {
	b.mu.Lock()
	f()
	b.mu.Unlock()
}

//go:noinline
func withLock(b *box, at chan<- bool) {
	func(f func()) {
		b.mu.Lock()
		defer b.mu.Unlock()
		f()
	}(func() {
		at <- true
		park()
	})
}

//go:noinline
func captured(b *box, at chan<- bool) {
	mu := &b.mu
	run(func() {
		mu.Lock()
		at <- true
		park()
		mu.Unlock()
	})
}

//go:noinline
func run(f func()) { f() }

//go:noinline
func switched(b *box, at chan<- bool) {
	b.mu.Lock()
	switch b.n {
	case 1, 7:
		b.n = 3
	case 2:
		b.n = 4
	case 3, 9:
		b.n = 5
	case 4:
		b.n = 7
	case 5, 8:
		b.mu.Unlock()
		return
	case 6:
		b.n = 12
	case 10, 11:
		b.n = 1
	case 0:
		at <- true
		park()
		b.mu.Unlock()
		return
	}
	b.mu.Unlock()
}

//go:noinline
func locker(b *box, at chan<- bool) {
	var l sync.Locker = &b.mu
	lockIt(l, at)
}

//go:noinline
func lockIt(l sync.Locker, at chan<- bool) {
	l.Lock()
	defer l.Unlock()
	at <- true
	park()
}

//go:noinline
func panicked(b *box, at chan<- bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		recover()
		at <- true
		park()
	}()
	panic("on purpose")
}

//go:noinline
func manyDefers(b *box, at chan<- bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range 3 {
		defer func() { b.n += i }()
	}
	at <- true
	park()
}

//go:noinline
func looped(b *box, at chan<- bool) {
	b.list = []*box{b}
	for _, x := range b.list {
		x.mu.Lock()
		at <- true
		x.n += park()
		x.mu.Unlock()
	}
}

//go:noinline
func temporarily(b *box, at chan<- bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.n < 3 {
		b.mu.Unlock()
		b.n++
		b.mu.Lock()
	}
	at <- true
	park()
}

//go:noinline
func pointer(b *box, at chan<- bool) {
	b.next = b
	b.next.mu.Lock()
	at <- true
	park()
	b.next.mu.Unlock()
}

//go:noinline
func chained(b *box, at chan<- bool) {
	b.next, b.n = b, 1
	p := b
	for p.n > 0 {
		p = p.next
		p.n--
	}
	p.mu.Lock()
	at <- true
	park()
	p.mu.Unlock()
}

//go:noinline
func reassigned(b *box, at chan<- bool) {
	x := b
	if b.n > 0 {
		x = b.next
	}
	x.mu.Lock()
	at <- true
	park()
	x.mu.Unlock()
}

//go:noinline
func returning(b *box, at chan<- bool) {
	unlock := b.guard()
	defer unlock()
	at <- true
	park()
}

//go:noinline
func (b *box) guard() func() {
	b.mu.Lock()
	return func() { b.mu.Unlock() }
}

//go:noinline
func selecting(b *box, at chan<- bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at <- true
	for {
		select {
		case <-never:
			b.n++
		case n := <-never:
			b.n = n
		}
	}
}

//go:noinline
func argument(b *box, at chan<- bool) { manyArguments(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, b, at) }

//go:noinline
func manyArguments(a, c, d, e, f, g, h, i, j, k int, b *box, at chan<- bool) int {
	b.mu.Lock()
	at <- true
	n := park()
	b.mu.Unlock()
	return n + a + c + d + e + f + g + h + i + j + k
}

//go:noinline
func recursing(b *box, at chan<- bool) { b.recurse(at, 3) }

func (b *box) recurse(at chan<- bool, n int) {
	if n > 0 {
		b.recurse(at, n-1)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at <- true
	park()
}

//go:noinline
func deferredArg(b *box, at chan<- bool) {
	b.mu.Lock()
	defer func(x *box) { x.mu.Unlock() }(b)
	at <- true
	park()
}

//go:noinline
func large(b *box, at chan<- bool) {
	var text [4096]byte
	b.mu.Lock()
	at <- true
	text[b.n] = byte(park())
	for i := range text {
		b.n += int(text[i])
	}
	b.mu.Unlock()
}
