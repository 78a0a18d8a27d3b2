package dlvext

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// While a target stands still it must not depend on this process to go on.
// When this process ends, however it does, the kernel lets its tracees go. What
// remains is a process that does not end and does not run either: stopped by
// a signal, held by a debugger of its own, starved. Against that the kernel
// itself keeps watch, by timers that send this process signals: SIGCONT, which
// undoes a stop and has no effect otherwise, and, if that did not help,
// SIGKILL. A second process that watches could do no more than that, and would
// have to be started, kept alive and found runnable when it counts.
type deadman struct {
	timers []int32
}

// When the signals come, after the stop should have ended. At the end of a
// stop's time the target waits for nothing but one thread of this process to wake, and
// to let its threads go: a millisecond or two. The rest is for a machine on which
// others come first, and for the kernel to be late. It cannot be more: with
// [DefaultMaxStop] the target is to go on within a second of having been
// stopped, whatever becomes of this process.
//
// Variables, so that a test can see one without the other.
var (
	wakeAfter = 100 * time.Millisecond
	killAfter = 350 * time.Millisecond
)

// armDeadman starts the watch over a stop that is to last no longer than d.
func armDeadman(d time.Duration) (*deadman, error) {
	var w deadman
	for _, t := range []struct {
		signal unix.Signal
		after  time.Duration
	}{{unix.SIGCONT, d + wakeAfter}, {unix.SIGKILL, d + killAfter}} {
		if err := w.add(t.signal, t.after); err != nil {
			w.disarm()
			return nil, fmt.Errorf("no timer to end the stop by, should this program fail: %w; it can be read without a stop (--no-stop)", err)
		}
	}
	return &w, nil
}

// sigevent is the kernel's struct sigevent, 64 bytes:
// https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/siginfo.h#L318
type sigevent struct {
	value  uint64
	signal int32
	notify int32 // 0: SIGEV_SIGNAL, a signal to the process
	_      [48]byte
}

// itimerspec is the kernel's struct itimerspec.
type itimerspec struct{ interval, value unix.Timespec }

func (w *deadman) add(signal unix.Signal, after time.Duration) error {
	event := sigevent{signal: int32(signal)}
	var id int32
	if _, _, errno := unix.Syscall(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC,
		uintptr(unsafe.Pointer(&event)), uintptr(unsafe.Pointer(&id))); errno != 0 {
		return errno
	}
	w.timers = append(w.timers, id)
	when := itimerspec{value: unix.NsecToTimespec(int64(after))}
	if _, _, errno := unix.Syscall6(unix.SYS_TIMER_SETTIME, uintptr(id), 0,
		uintptr(unsafe.Pointer(&when)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// disarm ends the watch.
func (w *deadman) disarm() {
	for _, id := range w.timers {
		unix.Syscall(unix.SYS_TIMER_DELETE, uintptr(id), 0, 0)
	}
	w.timers = nil
}
