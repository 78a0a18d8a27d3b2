package cpython

import (
	"fmt"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// systemCall is the system call that a thread stands in, in words; false when
// it stands in none, or when that cannot be told apart from a wait for the GIL:
// who wants that stands in a futex while another thread runs.
func (w *walk) systemCall(t *thread) (string, bool) {
	call, ok := w.osThread(t)
	if !ok {
		return "", false
	}
	switch call.Name {
	case "":
		return fmt.Sprintf("system call %d", call.Number), true
	case "futex":
		return "futex", !w.anotherRuns(t)
	case "read", "write", "recvfrom", "sendto", "recvmsg", "sendmsg", "accept", "accept4", "connect", "fsync", "flock", "pread64", "pwrite64", "readv", "writev":
		return fmt.Sprintf("%s on fd %d", call.Name, int32(call.Args[0])), true
	}
	return call.Name, true
}

func (w *walk) osThread(t *thread) (dlvext.Syscall, bool) {
	for _, th := range w.img.Threads {
		if th.TID == t.native {
			return th.Regs.Syscall()
		}
	}
	return dlvext.Syscall{}, false
}

// anotherRuns tells whether a Python thread but t is on a CPU, as far as can be
// known.
func (w *walk) anotherRuns(t *thread) bool {
	for _, other := range w.threads {
		if other == t {
			continue
		}
		if call, in := w.osThread(other); !in || call.Name == "" {
			return true
		}
	}
	return false
}

// waitInCall says in which system call a thread stands that waits for nothing
// its frames tell of.
func (w *walk) waitInCall(t *thread) {
	if call, in := w.systemCall(t); in {
		t.node.Waits = []graph.Wait{{Kind: graph.WaitSyscall, Text: call}}
	}
}
