// Program busy has goroutines that do not wait for one another: they run,
// could run, or have their thread in a system call.
//
// A correct reader says, with one processor for Go code, that
//
//	spin       (3) runs or is runnable; at most one of the three runs
//	syscallRead
//	           blocked in a system call: it reads a pipe the poller does not watch
//	locked     receives from a channel; its thread is its own
//	cSleep     (with cgo) blocked in C code
//
// The frames of a goroutine that runs are those of its thread's registers.
package main

import (
	"runtime"
	"sync/atomic"
	"syscall"

	"example.com/targets/ready"
)

var (
	never = make(chan int)
	turns atomic.Int64
)

//go:noinline
func spin() {
	for {
		turns.Add(1)
	}
}

//go:noinline
func syscallRead() {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	_, _ = syscall.Read(fds[0], make([]byte, 1))
}

//go:noinline
func locked() {
	runtime.LockOSThread()
	<-never
}

func main() {
	runtime.GOMAXPROCS(1)
	go syscallRead()
	go locked()
	wants := []ready.Want{
		ready.Parked(3, "running|runnable", "main.spin"),
		ready.Parked(1, "syscall", "main.syscallRead"),
		ready.Parked(1, "chan receive", "main.locked"),
		ready.Parked(1, "chan receive", "main.main"),
	}
	if cSleep != nil {
		go cSleep()
		wants = append(wants, ready.Parked(1, "syscall", "main.sleepInC"))
	}
	for range 3 {
		go spin()
	}
	ready.When(wants...)
	<-never
}
