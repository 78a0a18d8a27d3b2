package main

import "context"

//go:noinline
func acquire(b *box) {
	if b.units.Acquire(context.Background(), 1) == nil {
		b.units.Release(1)
	}
}

//go:noinline
func units(b *box, at chan<- bool) {
	_ = b.units.Acquire(context.Background(), 1)
	at <- true
	park()
	b.units.Release(1)
}

//go:noinline
func unitsDeferred(b *box, at chan<- bool) {
	if err := b.units.Acquire(context.Background(), 1); err != nil {
		at <- false
		park()
		return
	}
	defer b.units.Release(1)
	at <- true
	park()
}

//go:noinline
func unitsChecked(b *box, at chan<- bool) {
	sem := b.units
	err := sem.Acquire(context.Background(), 1)
	if err == nil {
		at <- true
		park()
		sem.Release(1)
		return
	}
	panic(err)
}

//go:noinline
func unitsTry(b *box, at chan<- bool) {
	if b.units.TryAcquire(1) {
		at <- true
		park()
		b.units.Release(1)
	}
}

//go:noinline
func unitsClosure(b *box, at chan<- bool) {
	sem := b.units
	work := func() {
		_ = sem.Acquire(context.Background(), 1)
		defer func() {
			b.n++
			sem.Release(1)
		}()
		at <- true
		park()
	}
	run(work)
}
