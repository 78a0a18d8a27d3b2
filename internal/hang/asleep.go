package hang

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// What the kernel is asked for by a thread that waits, by its number:
// https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/syscalls/syscall_64.tbl and
// https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/unistd.h
type syscalls struct{ futex, epollWait, epollPwait int }

var syscallsOf = map[string]syscalls{
	"amd64": {futex: 202, epollWait: 232, epollPwait: 281},
	"arm64": {futex: 98, epollWait: -1, epollPwait: 22},
}

// futexPrivate is FUTEX_PRIVATE_FLAG: no other process can wake who waits.
const futexPrivate = 128

// asleep tells whether each thread of the process waits for another one of
// them, for as long as it takes: in a futex of its own, or for events of nothing
// but the pipe that an event loop keeps for itself.
func (p process) asleep() bool {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", p.pid))
	if err != nil || len(threads) == 0 {
		return false
	}
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if err != nil || !p.waitsWithin(strings.Fields(string(text))) {
			return false
		}
	}
	return true
}

// waitsWithin tells whether a thread that is in a system call, given as
// /proc/PID/task/TID/syscall has it, can only be woken from within the process:
// https://man7.org/linux/man-pages/man5/proc_pid_syscall.5.html
func (p process) waitsWithin(call []string) bool {
	known, ok := syscallsOf[runtime.GOARCH]
	if !ok || len(call) < 7 {
		return false // it runs
	}
	number, err := strconv.Atoi(call[0])
	if err != nil {
		return false
	}
	var args [4]uint64
	for i := range args {
		if args[i], err = strconv.ParseUint(strings.TrimPrefix(call[i+1], "0x"), 16, 64); err != nil {
			return false
		}
	}
	switch number {
	case known.futex:
		return args[1]&futexPrivate != 0 && args[3] == 0 // no timeout
	case known.epollWait, known.epollPwait:
		return int32(args[3]) == -1 && p.watchesItself(args[0])
	}
	return false
}

// watchesItself tells whether an epoll descriptor watches one other at most: an
// event loop's own pipe.
func (p process) watchesItself(fd uint64) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", p.pid, fd))
	return err == nil && strings.Count(string(text), "tfd:") <= 1
}
