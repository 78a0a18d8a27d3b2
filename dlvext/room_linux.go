package dlvext

import (
	"os"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Room for the heap, in bytes: from what on a few pages of 2 MB are quicker to be
// had than many of 4 KB (the kernel has used ones of these at hand, and huge ones
// it may have to find), and what a walk of a million tasks takes.
const (
	leastRoom = 128 << 20
	mostRoom  = 4 << 30
)

// leastHuge is the same for what is touched in advance.
const leastHuge = leastRoom / 4

// made is how much room there is.
var made struct {
	mu sync.Mutex
	n  int64
}

// makeRoom lets the Go heap grow in huge pages: by about as much as the target
// has memory of its own, which bounds what there is to say of it. One of them
// costs one page fault where there would be 512. Without them a walk spends about
// as long in the kernel, which makes pages, as in its own code.
//
// The heap takes address space as it needs it, and cannot be told what kind of
// pages to ask for. But it uses again what became free; so all of it is
// allocated at once, advised, and dropped. What is not touched after takes no memory.
func makeRoom(own int64) {
	n := min(own, mostRoom)
	made.mu.Lock()
	defer made.mu.Unlock()
	if n < leastRoom || n <= made.n || n > spareAddresses() {
		return
	}
	made.n = n
	advise(int(n))
	runtime.GC() // it becomes free
}

// spareAddresses is how many bytes may be allocated and not be used. A heap that
// asks for more than it is given ends the program.
func spareAddresses() int64 {
	var limit unix.Rlimit
	var system unix.Sysinfo_t
	if unix.Getrlimit(unix.RLIMIT_AS, &limit) != nil || limit.Cur != unix.RLIM_INFINITY || unix.Sysinfo(&system) != nil {
		return 0
	}
	// Where memory is promised to no more than there is of it, what is allocated counts.
	if mode, _ := os.ReadFile("/proc/sys/vm/overcommit_memory"); strings.TrimSpace(string(mode)) == "2" {
		return 0
	}
	return int64(system.Totalram) * int64(system.Unit) / 4
}

// advise allocates, and forgets: what it made lives in its frame alone.
//
//go:noinline
func advise(n int) {
	b := make([]byte, n)
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // advice: there may be no such pages
	runtime.KeepAlive(b)
}
