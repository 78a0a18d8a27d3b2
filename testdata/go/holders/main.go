// Program holders has goroutines that have locks, in as many styles as people
// write, and for each lock one that waits for it.
//
// Each style has a lock of its own (or several) and one goroutine or more that
// take it and then wait for a channel. Who has a lock is noted by what starts
// them, as package record has it: held by those whom a correct reader names, free of
// goroutines that had the lock, are about to want it or merely know it, and whom it
// does not accuse.
package main

import (
	"sync"
	"unsafe"

	"golang.org/x/sync/semaphore"

	"example.com/targets/ready"
	"example.com/targets/record"
)

var (
	never = make(chan int)
	wants int // goroutines that wait for a Mutex or to write an RWMutex
)

type box struct {
	name string
	mu   sync.Mutex
	rw   sync.RWMutex
	n    int
	next *box
	list []*box
	tidy bool

	units *semaphore.Weighted
}

type embedding struct {
	n int
	sync.Mutex
}

//go:noinline
func park() int { return <-never }

// want starts a goroutine that waits for the lock.
func want(l sync.Locker) {
	wants++
	go lock(l)
}

//go:noinline
func lock(l sync.Locker) {
	l.Lock()
	defer l.Unlock()
	park()
}

var stylesOfMutex = map[string]func(b *box, at chan<- bool){
	"explicit": explicit, "deferred": deferred, "closure": closure, "methodValue": methodValue,
	"passed": passed, "conditional": conditional, "flagged": flagged, "try": try, "tryBool": tryBool, "helper": helper,
	"deferredHelper": deferredHelper, "nested": nested, "never": neverUnlocked, "forever": forever,
	"early": early, "deep": deep, "callback": callback, "captured": captured, "switched": switched,
	"locker": locker, "panicked": panicked, "manyDefers": manyDefers, "looped": looped, "temporarily": temporarily,
	"withLock": withLock, "pointer": pointer, "reassigned": reassigned, "inlinedHelper": inlinedHelper,
	"returning": returning, "sleeping": selecting, "chained": chained, "argument": argument, "recursing": recursing,
	"deferredArg": deferredArg, "large": large,
}

var stylesOfRead = map[string]func(b *box, at chan<- bool){
	"read": read, "readDeferred": readDeferred, "readLocker": readLocker, "readTry": readTry, "readHelper": readHelper,
}

var stylesOfWrite = map[string]func(b *box, at chan<- bool){
	"write": write, "writeDeferred": writeDeferred, "upgraded": upgraded, "writeTry": writeTry,
}

var stylesOfUnits = map[string]func(b *box, at chan<- bool){
	"units": units, "unitsDeferred": unitsDeferred, "unitsChecked": unitsChecked, "unitsTry": unitsTry, "unitsClosure": unitsClosure,
}

// innocents stand where they do not have the box's lock; another goroutine has it.
var innocents = map[string]func(b *box, at chan<- bool){
	"letGo": letGo, "letGoDeferred": letGoDeferred, "knows": knows, "tryFailed": tryFailed, "unlockedMeanwhile": unlockedMeanwhile,
	"calledUnlocked": calledUnlocked, "waitsForCond": waitsForCond, "later": later, "flagDown": flagDown, "loopDone": loopDone,
}

func main() {
	for name, f := range stylesOfMutex {
		b := &box{name: name}
		id := record.Start(f, b)
		record.Say("held", unsafe.Pointer(&b.mu), "exclusive", id, name)
		want(&b.mu)
	}
	for name, f := range stylesOfRead {
		b := &box{name: name}
		for range 3 {
			record.Say("held", unsafe.Pointer(&b.rw), "shared", record.Start(f, b), name)
		}
		want(&b.rw)
	}
	for name, f := range stylesOfWrite {
		b := &box{name: name}
		record.Say("held", unsafe.Pointer(&b.rw), "exclusive", record.Start(f, b), name)
		want(&b.rw)
	}
	for name, f := range innocents {
		b := &box{name: name}
		record.Say("free", unsafe.Pointer(&b.mu), "exclusive", record.Start(f, b), name)
		record.Say("held", unsafe.Pointer(&b.mu), "exclusive", record.Start(deferred, b), name+"/holder")
		want(&b.mu)
	}
	for name, f := range stylesOfUnits {
		b := &box{name: name, units: semaphore.NewWeighted(3)}
		for range 3 {
			record.Say("held", unsafe.Pointer(b.units), "units", record.Start(f, b), name)
		}
		go acquire(b)
	}
	fields()
	ready.When(
		ready.Parked(len(stylesOfUnits), "select", "main.acquire"),
		ready.Parked(wants, "sync.Mutex.Lock|sync.RWMutex.Lock", "main.lock"),
		ready.Parked(1, "select (no cases)", "main.main"),
	)
	select {}
}
