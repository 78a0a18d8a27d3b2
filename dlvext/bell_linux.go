package dlvext

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bell wakes the thread that waits for it, once. The thread waits in the kernel, which
// wakes it in time on a machine that is busy with others, by its rank (see [hurry]); a
// timer or a channel of Go's would have to wait for some other thread of this program,
// that has no such rank, to come by.
type bell struct{ rung atomic.Uint32 }

// Operations of futex(2), on a word that no other process has.
const (
	futexWait = 0 | 128
	futexWake = 1 | 128
)

// ring wakes who waits, and who will.
func (b *bell) ring() {
	b.rung.Store(1)
	unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&b.rung)), futexWake, 1, 0, 0, 0)
}

// wait waits until the bell is rung, or for the moment.
func (b *bell) wait(until time.Time) {
	for b.rung.Load() == 0 {
		left := time.Until(until)
		if left <= 0 {
			return
		}
		timeout := unix.NsecToTimespec(int64(left))
		unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&b.rung)), futexWait, 0, uintptr(unsafe.Pointer(&timeout)), 0, 0)
	}
}
