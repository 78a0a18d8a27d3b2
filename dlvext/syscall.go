package dlvext

import "strconv"

// Syscall is a system call that a thread was stopped in.
type Syscall struct {
	Number int
	Name   string // of those that can take long; of others empty
	Args   [6]uint64
}

// Syscall returns the system call that the thread with these registers stands
// in; not ok: it stands in none, or that cannot be told, as on arm64, whose
// registers do not keep it.
//
// On x86-64 the kernel keeps the call's number in orig_rax, which is -1 of a
// thread that came into the kernel in another way:
// https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/calling.h
func (r Registers) Syscall() (call Syscall, ok bool) {
	const most = 1 << 10 // more than there are
	if len(r) < amd64Words || len(r) >= arm64Words || r[amd64OrigRAX] >= most {
		return Syscall{}, false
	}
	n := int(r[amd64OrigRAX])
	return Syscall{Number: n, Name: amd64Syscalls[n], Args: [6]uint64{r[amd64RDI], r[amd64RSI], r[amd64RDX], r[amd64R10], r[amd64R8], r[amd64R9]}}, true
}

// setSyscall sets a call's number and arguments in the registers of a thread on
// x86-64, as they are written in /proc; without them, that it is in none.
func (r Registers) setSyscall(words []string) {
	r[amd64OrigRAX] = ^uint64(0)
	for i, at := range []int{amd64OrigRAX, amd64RDI, amd64RSI, amd64RDX, amd64R10, amd64R8, amd64R9} {
		if len(words) != 7 {
			return
		}
		v, err := strconv.ParseUint(words[i], 0, 64)
		if err != nil {
			r[amd64OrigRAX] = ^uint64(0)
			return
		}
		r[at] = v
	}
}

// amd64Syscalls are the system calls in which a thread may stay for long:
// https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/syscalls/syscall_64.tbl
var amd64Syscalls = map[int]string{
	0: "read", 1: "write", 2: "open", 4: "stat", 5: "fstat", 7: "poll", 17: "pread64", 18: "pwrite64", 19: "readv",
	20: "writev", 23: "select", 34: "pause", 35: "nanosleep", 40: "sendfile", 42: "connect", 43: "accept",
	44: "sendto", 45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 61: "wait4", 65: "semop", 69: "msgsnd",
	70: "msgrcv", 72: "fcntl", 73: "flock", 74: "fsync", 75: "fdatasync", 78: "getdents", 128: "rt_sigtimedwait",
	130: "rt_sigsuspend", 202: "futex", 217: "getdents64", 220: "semtimedop", 230: "clock_nanosleep",
	232: "epoll_wait", 242: "mq_timedsend", 243: "mq_timedreceive", 247: "waitid", 257: "openat", 270: "pselect6",
	271: "ppoll", 281: "epoll_pwait", 288: "accept4", 295: "preadv", 296: "pwritev", 299: "recvmmsg",
	76: "truncate", 77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 87: "unlink", 258: "mkdirat", 262: "newfstatat",
	263: "unlinkat", 264: "renameat", 277: "sync_file_range", 285: "fallocate", 306: "syncfs", 316: "renameat2", 332: "statx",
	307: "sendmmsg", 426: "io_uring_enter", 441: "epoll_pwait2",
}
