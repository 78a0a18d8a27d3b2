package dlvext

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// held is what this program refrains from while it has a target stand still:
// to be stopped itself, by a terminal; to collect garbage, which would
// take the processor from the reading; and to have a thread that is awake wait for
// others, as who lets the target go would. There may be several such captures.
var held struct {
	mu        sync.Mutex
	captures  int
	actions   [len(jobControl)]sigaction // what the signals did before
	gcPercent int                        // and how often garbage was collected
	procs     int                        // how many threads ran Go code at once
	later     bool                       // it is to be collected later than that
}

// captureThreads is how many threads a capture has at work, and one to spare: which
// of them a processor runs is for the kernel to say, by their ranks.
const captureThreads = 6

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
		if percent := debug.SetGCPercent(-1); !held.later {
			held.gcPercent = percent
		}
		held.procs = runtime.GOMAXPROCS(0)
		runtime.GOMAXPROCS(held.procs + captureThreads)
		for i, signal := range jobControl {
			setAction(signal, &sigaction{sigIgn}, &held.actions[i])
		}
	}
	return func() {
		held.mu.Lock()
		defer held.mu.Unlock()
		if held.captures--; held.captures == 0 {
			collectLater()
			runtime.GOMAXPROCS(held.procs)
			for i, signal := range jobControl {
				setAction(signal, &held.actions[i], nil)
			}
		}
	}
}

// collectLater lets garbage be collected again: not at once, as the heap's growth
// would have it. What a capture allocated is hardly garbage, and would be looked
// through while the target's tasks are being described. The next collection is due
// as if one had just found everything in use; from then on all is as before.
func collectLater() {
	heap := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	const least = 4 << 20 // a smaller heap is not collected
	percent, live, now := held.gcPercent, max(heap[0].Value.Uint64(), least), heap[1].Value.Uint64()
	if held.later = percent > 0 && live < now; held.later {
		growth := float64(now-live)/collectedAt + float64(now)*float64(percent)/100
		percent = int(100 * growth / float64(live))
		runtime.AddCleanup(new(collected), func(struct{}) { collectAsBefore() }, struct{}{})
	}
	debug.SetGCPercent(percent)
}

// collectedAt is at what part of the growth that is allowed garbage begins to be
// collected at the earliest, so that it is done when all of it is used up: the
// runtime's minTriggerRatioNum.
// https://github.com/golang/go/blob/go1.26.0/src/runtime/mgcpacer.go
const collectedAt = 0.7

// collected is an object that nobody has: it is gone with the next collection.
type collected struct{ _ *byte }

// collectAsBefore undoes collectLater. Where a capture is under way, its end does.
func collectAsBefore() {
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.later && held.captures == 0 {
		held.later = false
		debug.SetGCPercent(held.gcPercent)
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
