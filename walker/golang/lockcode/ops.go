package lockcode

import "strings"

// Mode is how a lock is had.
type Mode uint8

// The modes.
const (
	Exclusive Mode = iota // a Mutex's Lock, an RWMutex's Lock
	Shared                // an RWMutex's RLock
	Units                 // some of a golang.org/x/sync/semaphore.Weighted
	Tokens                // a place in the buffer of a channel that is used as a semaphore
	Counted               // a share of a WaitGroup's counter, that a call of Done is for
	NumModes
)

// effect is what a function of package sync does with the lock that it is called
// on, which begins at the address in its first argument, less an offset.
type effect struct {
	does   deed
	mode   Mode
	offset int64

	in      int  // the register that it comes in; RAX, the first argument, mostly
	discard bool // of a receive: what comes counts only if it is thrown away
	into    int  // the register that says where to
}

type deed uint8

const (
	nothing deed = iota
	takes
	tries
	letsGo
	finishes // taking it, which was begun inline
	mayTake  // takes it, if the error that it returns is nil
	adds     // lets it go, if what it adds is less than zero
)

// vocabulary are functions that have an effect, and which.
type vocabulary map[string]effect

// effects are those of package sync's functions, of what their inlined parts
// call, and of semaphores' (https://cs.opensource.google/go/x/sync/+/refs/tags/v0.22.0:semaphore/semaphore.go). The wrapped Mutex is the first field of the one in package sync.
// https://github.com/golang/go/blob/go1.26.0/src/sync/mutex.go#L42 and
// https://github.com/golang/go/blob/go1.26.0/src/sync/rwmutex.go#L66
var effects = vocabulary{
	"sync.(*Mutex).Lock":              {does: takes},
	"sync.(*Mutex).TryLock":           {does: tries},
	"sync.(*Mutex).Unlock":            {does: letsGo},
	"sync.(*Mutex).lockSlow":          {does: finishes},
	"internal/sync.(*Mutex).Lock":     {does: takes},
	"internal/sync.(*Mutex).TryLock":  {does: tries},
	"internal/sync.(*Mutex).Unlock":   {does: letsGo},
	"internal/sync.(*Mutex).lockSlow": {does: finishes},

	"sync.(*RWMutex).Lock":              {does: takes},
	"sync.(*RWMutex).TryLock":           {does: tries},
	"sync.(*RWMutex).Unlock":            {does: letsGo},
	"sync.(*RWMutex).RLock":             {does: takes, mode: Shared},
	"sync.(*RWMutex).TryRLock":          {does: tries, mode: Shared},
	"sync.(*RWMutex).RUnlock":           {does: letsGo, mode: Shared},
	"sync.(*rlocker).Lock":              {does: takes, mode: Shared},
	"sync.(*rlocker).Unlock":            {does: letsGo, mode: Shared},
	"sync.runtime_SemacquireRWMutexR":   {does: finishes, mode: Shared, offset: readerSem},
	"sync.runtime_SemacquireRWMutex":    {does: finishes, mode: Shared, offset: readerSem}, // up to Go 1.23
	"sync.(*Mutex).unlockSlow":          {},
	"internal/sync.(*Mutex).unlockSlow": {},
	"sync.(*RWMutex).rUnlockSlow":       {},

	"golang.org/x/sync/semaphore.(*Weighted).Acquire":    {does: mayTake, mode: Units},
	"golang.org/x/sync/semaphore.(*Weighted).TryAcquire": {does: tries, mode: Units},
	"golang.org/x/sync/semaphore.(*Weighted).Release":    {does: letsGo, mode: Units},
}

// Fields of an RWMutex that inlined code uses:
// https://github.com/golang/go/blob/go1.26.0/src/sync/rwmutex.go#L39
const (
	readerSem   = 12
	readerCount = 16
)

// atomicEffect is what an atomic instruction does that was inlined with one of these
// functions. A Mutex's is on its first word, an RWMutex's on readerCount.
func atomicEffect(fn string) effect {
	e := effects[fn]
	switch {
	case e.mode == Shared:
		e.offset = readerCount
	case strings.HasPrefix(fn, "sync.(*RWMutex)"):
		return effect{} // these are not inlined
	}
	return e
}

// returns tells whether a call of a function comes back, as the compiler sees it.
// https://github.com/golang/go/blob/go1.26.0/src/cmd/compile/internal/ssagen/ssa.go#L1691
func returns(fn string) bool {
	name, own := strings.CutPrefix(fn, "runtime.")
	if !own {
		return true
	}
	return !strings.HasPrefix(name, "panic") && !strings.HasPrefix(name, "goPanic") &&
		name != "gopanic" && name != "throw" && name != "fatal" && name != "block"
}
