package dlvext

import (
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// held is what this program refrains from while it has a target stand still:
// to be stopped itself, by a terminal, and to collect garbage, which would
// take the processor from the reading. There may be several such captures.
var held struct {
	mu        sync.Mutex
	captures  int
	actions   [len(jobControl)]sigaction // what the signals did before
	gcPercent int                        // and how often garbage was collected
}

// jobControl are the signals by which a terminal stops a program: Ctrl-Z, and
// use of the terminal from the background.
var jobControl = [...]unix.Signal{unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU}

// sigaction is the kernel's struct sigaction and some room: its first word is
// the handler on all architectures, the rest is only kept and put back.
type sigaction [8]uint64

const sigIgn = 1 // SIG_IGN

// hold begins to refrain, until the returned function is called. Signals that
// end this program may come: that frees the target.
//
// The signals are not ignored by os/signal: after its Notify and Stop the
// runtime still has a handler that does nothing (runtime.sigdisable), and
// Ctrl-Z would be without effect for ever.
func hold() (resume func()) {
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.captures++; held.captures == 1 {
		held.gcPercent = debug.SetGCPercent(-1)
		for i, signal := range jobControl {
			setAction(signal, &sigaction{sigIgn}, &held.actions[i])
		}
	}
	return func() {
		held.mu.Lock()
		defer held.mu.Unlock()
		if held.captures--; held.captures == 0 {
			debug.SetGCPercent(held.gcPercent)
			for i, signal := range jobControl {
				setAction(signal, &held.actions[i], nil)
			}
		}
	}
}

// hurry gives the calling goroutine a thread of its own that comes before
// others, where the kernel allows that (as root, or with CAP_SYS_NICE): who
// keeps a process waiting is to be done soon, the more so on a busy machine. The
// thread ends with the goroutine, and its rank with it.
func hurry() {
	runtime.LockOSThread() // and never unlocked
	if unix.Gettid() == unix.Getpid() {
		runtime.UnlockOSThread() // the main thread would not end
		return
	}
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
}

// setAction cannot fail for these signals.
func setAction(signal unix.Signal, action, old *sigaction) {
	const maskSize = 8 // of the kernel's sigset_t
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(action)), uintptr(unsafe.Pointer(old)), maskSize, 0, 0)
}
