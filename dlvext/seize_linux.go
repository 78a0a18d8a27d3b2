package dlvext

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seizure is a process all of whose threads are stopped by ptrace. All its
// methods are for the one operating system thread that made it: to the kernel
// that thread is the tracer.
type seizure struct {
	pid     int
	threads []tracee
	known   map[int]bool
	since   time.Time // the first thread was told to stop
}

type tracee struct {
	tid     int
	state   traceeState
	pending unix.Signal // a signal on its way to the thread when it was stopped
}

type traceeState int

const (
	seized  traceeState = iota // it was told to stop
	stopped                    // it has
	ended                      // it is no more
	stuck                      // it cannot stop now: it sleeps within the kernel, and runs no code of its own
)

// ptraceEventStop is PTRACE_EVENT_STOP: a thread that stopped because it was
// told to, or one that belongs to a process that job control has stopped.
const ptraceEventStop = 128

// onOwnThread runs f on an operating system thread that ends after it. When a
// thread ends, the kernel lets go of all that it traces.
func onOwnThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the runtime ends the thread with the goroutine
		if unix.Gettid() == unix.Getpid() {
			onOwnThread(f) // the main thread would not end; while it is locked this gets another
			runtime.UnlockOSThread()
			return
		}
		f()
	}()
	<-done
}

// seize stops all threads of a process. When it fails, it has let go of all.
func seize(pid int, deadline time.Time) (*seizure, error) {
	s := &seizure{pid: pid, known: map[int]bool{}}
	if err := s.stopAll(deadline); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// stopAll stops the threads there are, then those that they started until
// they stopped, until there is none that is not known.
func (s *seizure) stopAll(deadline time.Time) error {
	for {
		fresh, err := s.seizeNew()
		if err != nil {
			return err
		}
		if len(fresh) == 0 {
			break
		}
		if s.since.IsZero() {
			s.since = time.Now()
		}
		for _, t := range fresh {
			// It fails when the thread has ended, as the wait will show.
			unix.PtraceInterrupt(t.tid)
		}
		s.await(fresh, deadline)
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d could not be stopped in time: it starts threads, or the machine is too busy; it can be read without a stop (--no-stop)", s.pid)
		}
	}
	for _, t := range s.threads {
		if t.state == stopped {
			return nil
		}
	}
	if len(s.threads) == 0 || threadState(s.pid, s.pid) == 0 {
		return endedError(s.pid)
	}
	return fmt.Errorf("process %d cannot be stopped: its threads sleep within the kernel; it can be read without a stop (--no-stop)", s.pid)
}

// seizeNew seizes the threads that are not known yet. A seized thread runs on.
func (s *seizure) seizeNew() ([]tracee, error) {
	ids, err := threadIDs(s.pid)
	if err != nil {
		return nil, endedError(s.pid)
	}
	first := len(s.threads)
	for _, tid := range ids {
		if s.known[tid] {
			continue
		}
		s.known[tid] = true
		if err := unix.PtraceSeize(tid); err != nil {
			switch threadState(s.pid, tid) {
			case 0, 'Z', 'X': // it has ended
				continue
			}
			return nil, explainTrace(s.pid, err)
		}
		s.threads = append(s.threads, tracee{tid: tid})
	}
	return s.threads[first:], nil
}

// Waiting for threads to stop.
const (
	lookAgain = 20 * time.Microsecond // between two looks; with the kernel's slack some 80
	stuckFor  = 20 * time.Millisecond // after which threads that sleep within the kernel are left alone
)

// await waits until each of the threads has stopped or ended, or sleeps
// within the kernel: vfork's caller, or one that waits for a disk.
func (s *seizure) await(threads []tracee, deadline time.Time) {
	begin := time.Now()
	for {
		left := 0
		for i := range threads {
			if t := &threads[i]; t.state == seized && !t.poll() {
				left++
			}
		}
		now := time.Now()
		if left == 0 || now.After(deadline) {
			return
		}
		if now.Sub(begin) > stuckFor && s.giveUp(threads) {
			return
		}
		pause := unix.NsecToTimespec(int64(lookAgain))
		unix.Nanosleep(&pause, nil)
	}
}

// giveUp marks the threads that are stuck, if all that are left are.
func (s *seizure) giveUp(threads []tracee) bool {
	for i := range threads {
		if threads[i].state == seized && threadState(s.pid, threads[i].tid) != 'D' {
			return false
		}
	}
	for i := range threads {
		if threads[i].state == seized {
			threads[i].state = stuck
		}
	}
	return true
}

// childInfo is the kernel's siginfo_t as waitid fills it:
// https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/siginfo.h#L80
type childInfo struct {
	signal, errno, code int32
	_                   int32
	pid                 int32
	uid                 uint32
	status              int32
	_                   [100]byte
}

// Values of childInfo's code.
const (
	cldExited = 1
	cldKilled = 2
	cldDumped = 3
)

// poll looks whether the thread has stopped or ended. It takes nothing away
// (WNOWAIT): the kernel delivers a signal that was on its way even if this
// process is killed now, and the end of a child stays for its parent to see.
func (t *tracee) poll() bool {
	var info childInfo
	_, _, errno := unix.Syscall6(unix.SYS_WAITID, unix.P_PID, uintptr(t.tid), uintptr(unsafe.Pointer(&info)),
		unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT|unix.WNOHANG|unix.WALL, 0, 0)
	switch {
	case errno == unix.EINTR || errno == 0 && info.pid == 0:
		return false
	case errno != 0 || info.code == cldExited || info.code == cldKilled || info.code == cldDumped:
		t.state = ended
	default:
		t.state = stopped
		if info.status>>8 != ptraceEventStop {
			// It was about to take a signal: it will, when it is let go.
			t.pending = unix.Signal(info.status & 0x7f)
		}
	}
	return true
}

// release lets all threads go on, with the signals that were on their way.
// Threads that job control had stopped stay stopped: the kernel sees to it. A
// thread that never stopped is let go when the tracer's own thread ends.
func (s *seizure) release() {
	for i := range s.threads {
		t := &s.threads[i]
		if t.state == stopped {
			// An error means that it was killed meanwhile.
			unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_DETACH, uintptr(t.tid), 0, uintptr(t.pending), 0, 0)
			t.state = ended
		}
	}
}

// registers returns the threads with their registers, and those that were
// stuck, of which /proc has two: these stay true, since such a thread stops
// before it runs any code of its own. The process's first thread comes first.
func (s *seizure) registers() (threads []Thread, asleep []int) {
	for _, t := range s.threads {
		switch t.state {
		case stopped:
			threads = append(threads, Thread{TID: t.tid, Regs: generalRegisters(t.tid)})
		case stuck:
			threads = append(threads, sleepingThread(s.pid, t.tid))
			asleep = append(asleep, t.tid)
		}
	}
	return threads, asleep
}

// Register sets of ptrace: https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/elf.h#L380
const (
	ntPrstatus = 1     // NT_PRSTATUS
	ntArmTLS   = 0x401 // NT_ARM_TLS
)

// generalRegisters reads a stopped thread's registers; nil when it cannot.
func generalRegisters(tid int) Registers {
	switch runtime.GOARCH {
	case "amd64":
		return registerSet(tid, ntPrstatus, amd64Words)
	case "arm64":
		general, tls := registerSet(tid, ntPrstatus, arm64Words), registerSet(tid, ntArmTLS, 1)
		if general == nil || tls == nil {
			return nil
		}
		return append(general, tls...)
	}
	return nil
}

// registerSet reads a set of n words; nil when it is not one of n words.
func registerSet(tid, set, n int) Registers {
	buf := make([]byte, 8*n+8) // more than n, to see a longer set
	iov := unix.Iovec{Base: &buf[0]}
	iov.SetLen(len(buf))
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GETREGSET, uintptr(tid), uintptr(set), uintptr(unsafe.Pointer(&iov)), 0, 0)
	// NT_ARM_TLS has a second word since Linux 6.0 (tpidr2).
	if got := int(iov.Len); errno != 0 || got < 8*n || set == ntPrstatus && got != 8*n {
		return nil
	}
	regs := make(Registers, n)
	for i := range regs {
		regs[i] = binary.LittleEndian.Uint64(buf[8*i:])
	}
	return regs
}
