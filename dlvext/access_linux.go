package dlvext

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// access is what decides whether this process may read and stop another:
// __ptrace_may_access, then the security modules.
// https://github.com/torvalds/linux/blob/v6.12/kernel/ptrace.c#L279
type access struct {
	pid        int
	us, them   procStatus
	dumpable   bool // the target lets its user read it
	sameUserNS bool
	descendant bool
	yama       int // kernel.yama.ptrace_scope; 0: none
}

const capSysPtrace = 1 << 19 // CAP_SYS_PTRACE: https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/capability.h#L270

// why names what stands against it, and what would change that.
func (a access) why() string {
	capable := a.us.effective&capSysPtrace != 0
	const become = "run as root, or give this program the capability: setcap cap_sys_ptrace+ep"
	switch {
	case capable && a.yama >= 3:
		return "kernel.yama.ptrace_scope is 3: nobody may, until the machine is started with less"
	case !a.sameUserNS:
		return "it is in a user namespace (a container) of another owner; " + become
	case capable && a.us.filtered:
		return "a seccomp filter on this program may be why: in a container, --cap-add=SYS_PTRACE or --security-opt seccomp=unconfined"
	case capable:
		return "this program has CAP_SYS_PTRACE, so a security module (SELinux, AppArmor) may be why; its log says more"
	case other(a.them.uids, a.us.uids[1]) >= 0:
		return fmt.Sprintf("it runs as uid %d and this program as uid %d; run as that user or root", other(a.them.uids, a.us.uids[1]), a.us.uids[1])
	case other(a.them.gids, a.us.gids[1]) >= 0:
		return fmt.Sprintf("it runs as gid %d and this program as gid %d; run as that group or root", other(a.them.gids, a.us.gids[1]), a.us.gids[1])
	case !a.dumpable:
		return "it is not dumpable (it changed its user, has capabilities or called prctl(PR_SET_DUMPABLE)); " + become
	case a.them.permitted&^a.us.permitted != 0:
		return "it has capabilities that this program lacks; " + become
	case a.yama == 1 && !a.descendant:
		return "kernel.yama.ptrace_scope is 1, which allows only a process's ancestors; run as root, or sysctl kernel.yama.ptrace_scope=0"
	case a.yama == 2:
		return "kernel.yama.ptrace_scope is 2, which asks for CAP_SYS_PTRACE; " + become
	case a.yama >= 3:
		return "kernel.yama.ptrace_scope is 3: nobody may, until the machine is started with less"
	case a.us.filtered:
		return "a seccomp filter on this program may be why: in a container, --cap-add=SYS_PTRACE or --security-opt seccomp=unconfined"
	}
	return "a security module (SELinux, AppArmor) may be why; its log says more, and " + become
}

// other returns which of a process's ids, real, effective and saved, is not
// ours: all must be. -1: none.
func other(theirs [3]int, ours int) int {
	for _, id := range theirs {
		if id != ours {
			return id
		}
	}
	return -1
}

// gatherAccess collects what can be found; what cannot stays at the value
// that stands against nothing.
func gatherAccess(pid int) access {
	a := access{pid: pid, dumpable: true, sameUserNS: true}
	a.us, _ = readStatus(os.Getpid())
	a.them, _ = readStatus(pid)
	// The files of a process that is not dumpable belong to root.
	var st unix.Stat_t
	if unix.Stat(procFile(pid, "status"), &st) == nil && a.them.uids[1] != 0 {
		a.dumpable = st.Uid != 0
	}
	ours, err1 := os.Readlink("/proc/self/ns/user")
	theirs, err2 := os.Readlink(procFile(pid, "ns/user"))
	a.sameUserNS = err1 != nil || err2 != nil || ours == theirs
	if text, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope"); err == nil {
		a.yama, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	for p, left := a.them.parent, 1000; p > 1 && left > 0; left-- {
		if p == os.Getpid() {
			a.descendant = true
			break
		}
		s, err := readStatus(p)
		if err != nil {
			break
		}
		p = s.parent
	}
	return a
}

// explainRead says why a process's files or memory cannot be read.
func explainRead(pid int, err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) || errors.Is(err, errGone) {
		return endedError(pid)
	}
	if !errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("process %d cannot be read: %w", pid, err)
	}
	return fmt.Errorf("not permitted to read process %d: %s", pid, gatherAccess(pid).why())
}

// explainTrace says why a process cannot be stopped.
func explainTrace(pid int, err error) error {
	if s, statusErr := readStatus(pid); statusErr != nil {
		return endedError(pid)
	} else if s.tracer != 0 {
		return tracedError(pid, s.tracer)
	}
	return fmt.Errorf("not permitted to stop process %d (%w): %s; or read it without a stop (--no-stop)", pid, err, gatherAccess(pid).why())
}

// tracedError is for a process that another one began to trace just when it was
// to be stopped: tracer is one of that one's threads.
func tracedError(pid, tracer int) error {
	return fmt.Errorf("process %d is being traced by %s, and a process has one tracer: try again, or read it without a stop (--no-stop)", pid, tracerName(tracer))
}

// endedError is for a process that was there and is no more.
func endedError(pid int) error {
	return fmt.Errorf("process %d ended while it was being read", pid)
}
