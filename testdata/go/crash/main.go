// Program crash dies in the way its argument says, once it is told to crash.
// With GOTRACEBACK=crash it leaves a core. Three workers wait for a channel.
//
// A correct reader of the core says why the process died, in which goroutine,
// and shows that one first:
//
//	panic     panic: a *main.orderError wrapped by fmt.Errorf, raised in main.fail,
//	          which main.load called
//	repanic   the panic of main.cleanup, "cleanup failed", raised while the
//	          panic "order 7: no stock" was going on
//	string    panic: "out of cheese", a plain string, in a goroutine that is
//	          not main
//	nil       panic: nil pointer dereference in main.deref: SIGSEGV at address 0x8
//	index     panic: index out of range [5] with length 3, in main.index
//	maps      fatal error: concurrent map writes
//	unlock    fatal error: sync: unlock of unlocked mutex
//	asleep    fatal error: all goroutines are asleep - deadlock! With cgo it
//	          stays as it is
//	goexit    fatal error: no goroutines (main called runtime.Goexit)
//	overflow  fatal error: stack overflow, in main.recurse
//	abort     SIGABRT, sent by kill: no panic, no fatal error
//	quit      SIGQUIT, likewise
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"

	"example.com/targets/ready"
)

var kinds = map[string]func(){
	"panic":    load,
	"repanic":  cleanupFails,
	"string":   other,
	"nil":      func() { deref(nil) },
	"index":    func() { index(5, []int{1, 2, 3}) },
	"maps":     writeMaps,
	"unlock":   func() { new(sync.Mutex).Unlock() },
	"asleep":   func() { <-never },
	"goexit":   exitMain,
	"overflow": overflow,
	"abort":    func() { signalSelf(syscall.SIGABRT) },
	"quit":     func() { signalSelf(syscall.SIGQUIT) },
}

var never = make(chan int)

type orderError struct {
	Order  int
	Reason string
}

func (e *orderError) Error() string { return fmt.Sprintf("order %d: %s", e.Order, e.Reason) }

//go:noinline
func load() { fail(fmt.Errorf("loading: %w", &orderError{7, "no stock"})) }

//go:noinline
func fail(err error) { panic(err) }

//go:noinline
func cleanupFails() {
	defer cleanup()
	panic(&orderError{7, "no stock"})
}

//go:noinline
func cleanup() { panic(errors.New("cleanup failed")) }

//go:noinline
func other() {
	go outOfCheese()
	<-never
}

//go:noinline
func outOfCheese() { panic("out of cheese") }

type pair struct{ a, b int }

//go:noinline
func deref(p *pair) int { return p.b }

//go:noinline
func index(i int, s []int) int { return s[i] }

//go:noinline
func writeMaps() {
	m := map[int]int{}
	for range 4 {
		go func() {
			for i := 0; ; i++ {
				m[i%8] = i
			}
		}()
	}
	<-never
}

//go:noinline
func exitMain() {
	close(stop)
	runtime.Goexit()
}

//go:noinline
func overflow() {
	debug.SetMaxStack(1 << 20)
	recurse(0)
}

//go:noinline
func recurse(n int) int { return recurse(n+1) + 1 }

// signalSelf sends a signal to its own thread. Another one may have a lock of the
// runtime's, for which its handler would wait for ever.
//
//go:noinline
func signalSelf(s syscall.Signal) {
	runtime.LockOSThread()
	_ = syscall.Tgkill(os.Getpid(), syscall.Gettid(), s)
	<-never
}

// stop ends the workers.
var stop = make(chan bool)

//go:noinline
func worker() { <-stop }

func main() {
	kind := "panic"
	if len(os.Args) > 1 {
		kind = os.Args[1]
	}
	crash := ready.Last("crash")
	for range 3 {
		go worker()
	}
	ready.When(
		ready.Parked(3, "chan receive", "main.worker"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-crash
	kinds[kind]()
}
