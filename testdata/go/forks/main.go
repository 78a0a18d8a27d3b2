// Program forks has a thread that cannot be stopped: it waits in vfork for a child
// whose exec never ends, as with an executable on a disk that does not answer. (A
// seccomp filter sees to that: exec asks for leave, and nobody answers.)
//
// A correct reader says that
//
//	forks     runs: it stands in os.StartProcess
//	waits     (2) want the lock syscall.ForkLock
//	still     receives from a channel
//
// and that the thread of the first could not be stopped. It says READY once that is
// so, for which it asks the kernel: the runtime cannot stop the thread either.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

//go:noinline
func forks() {
	runtime.LockOSThread()
	if err := askForExec(); err != nil {
		fmt.Fprintln(os.Stderr, "seccomp:", err)
		os.Exit(3)
	}
	start()
}

func start() {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	_, _ = os.StartProcess(exe, []string{exe}, &os.ProcAttr{Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}})
}

//go:noinline
func waits() { syscall.ForkLock.Lock() }

//go:noinline
func still() { <-make(chan int) }

// askForExec has the kernel ask a listener about each exec of this thread, and of
// those that it makes. Nobody listens.
// https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/seccomp.h
func askForExec() error {
	const (
		prSetNoNewPrivs = 38
		sysSeccomp      = 317
		setFilter       = 1
		newListener     = 8
		loadNumber      = 0x20 // of the system call
		ifEqual         = 0x15
		answer          = 0x06
		allow           = 0x7fff0000
		notify          = 0x7fc00000
	)
	code := []syscall.SockFilter{
		{Code: loadNumber},
		{Code: ifEqual, Jf: 1, K: syscall.SYS_EXECVE},
		{Code: answer, K: notify},
		{Code: answer, K: allow},
	}
	filter := syscall.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	if _, _, err := syscall.RawSyscall(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0); err != 0 {
		return err
	}
	if _, _, err := syscall.RawSyscall(sysSeccomp, setFilter, newListener, uintptr(unsafe.Pointer(&filter))); err != 0 {
		return err
	}
	return nil
}

// forking tells whether somebody has the lock around a fork. Before the first, package
// os makes a child that ends at once, to see what the kernel can do, without it.
// https://github.com/golang/go/blob/go1.26.0/src/os/pidfd_linux.go#L192
func forking() bool {
	free := syscall.ForkLock.TryRLock()
	if free {
		syscall.ForkLock.RUnlock()
	}
	return !free
}

// asleep tells whether a thread that has a child sleeps where nothing interrupts it:
// one without may sleep so for a moment, while a page of the program is fetched.
func asleep() bool {
	threads, _ := filepath.Glob("/proc/self/task/*")
	for _, thread := range threads {
		text, _ := os.ReadFile(filepath.Join(thread, "stat"))
		children, err := os.ReadFile(filepath.Join(thread, "children"))
		childless := err == nil && len(children) == 0 // a kernel may not tell
		if _, state, ok := strings.Cut(string(text), ") "); ok && strings.HasPrefix(state, "D") && !childless {
			return true
		}
	}
	return false
}

// runnable is how many goroutines could run. The runtime counts them since Go 1.26, and
// stops no thread to do so.
func runnable() uint64 {
	count := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	metrics.Read(count)
	return count[0].Value.Uint64()
}

func main() {
	runtime.GOMAXPROCS(2) // forks keeps one: while main goes on, the others are runnable or at rest
	go still()
	go forks()
	for !forking() || !asleep() {
		time.Sleep(time.Millisecond)
	}
	go waits()
	go waits()
	for runnable() > 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("READY")
	_, _ = os.Stdin.Read(make([]byte, 1))
	os.Exit(0)
}
