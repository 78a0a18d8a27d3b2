package golang

import (
	"strconv"
	"strings"

	"github.com/dlv-async/dlv-async/walker/graph"
)

// inKernel describes what a goroutine does whose thread is in a system call or
// in C code. The number of the call is in the thread's registers; where that is
// not so, the function of package syscall says which it is.
func (w *walk) inKernel(g *goroutine, s *shape) graph.Wait {
	wait := graph.Wait{Kind: graph.WaitSyscall, Frame: s.shown, Evidence: proven("g.atomicstatus")}
	if fn := cgoCall(s.frames); fn != "" {
		wait.Kind, wait.Text = graph.WaitCgo, fn
		return wait
	}
	if g.polls(s.frames) {
		return wait
	}
	name, number := calledByName(s.frames), ""
	if call, ok := w.threads[int(g.thread)].Syscall(); ok && g.thread != 0 && call.Name != "" {
		name = call.Name
		if fd := call.Args[0]; takesFD[name] && fd < 1<<24 {
			number = strconv.FormatUint(fd, 10)
		}
		name += ofChild(name, call.Args[0], call.Args[1])
		wait.Evidence = proven("g.atomicstatus, and the thread's registers")
	}
	wait.Text = name
	if number != "" {
		wait.Text += " of fd " + number
	}
	return wait
}

// ofChild is whose end a call waits for, by its first two arguments: see waitid(2).
func ofChild(call string, first, second uint64) string {
	const byPID, byFD = 1, 3 // P_PID, P_PIDFD
	switch {
	case call == "wait4":
		second = first
	case call != "waitid" || first != byPID && first != byFD:
		return ""
	case first == byFD:
		return " of the process of fd " + strconv.Itoa(int(int32(second)))
	}
	if pid := int32(second); pid > 0 {
		return " of process " + strconv.Itoa(int(pid))
	}
	return "" // of any child, or of a group's
}

// polls tells what looks like a system call and is the runtime's own wait for
// a signal to come.
func (g *goroutine) polls(frames []*graph.Frame) bool {
	for _, f := range frames {
		if f.Func == "os/signal.signal_recv" || f.Func == "os/signal.runtime_signalRecv" {
			return true
		}
	}
	return false
}

// cgoCall is the C function that a goroutine is in, as far as the Go function
// that stands for it says; empty when it is in none.
func cgoCall(frames []*graph.Frame) string {
	for i, f := range frames {
		if f.Func != "runtime.cgocall" && f.Func != "runtime.asmcgocall" {
			if f.Origin == graph.OriginRuntime || f.Kind == graph.FrameNative {
				continue
			}
			return ""
		}
		if i+1 < len(frames) {
			name := frames[i+1].Func
			if at := strings.Index(name, "_Cfunc_"); at >= 0 {
				return name[at+len("_Cfunc_"):]
			}
			return name
		}
	}
	return ""
}

// calledByName is the system call that a function of package syscall, or of
// those like it, is named after.
func calledByName(frames []*graph.Frame) string {
	name := ""
	for _, f := range frames {
		switch f.Module {
		case "runtime", "internal/runtime/syscall", "internal/runtime/syscall/linux", "runtime/internal/syscall":
			continue
		case "syscall", "golang.org/x/sys/unix", "internal/syscall/unix":
		default:
			return name
		}
		name = strings.ToLower(f.Func[strings.LastIndexByte(f.Func, '.')+1:])
		if name == "syscall" || name == "syscall6" || name == "rawsyscall" || name == "rawsyscall6" || name == "rawsyscallnoerror" {
			name = ""
			continue
		}
		return name
	}
	return name
}

// takesFD are calls whose first argument is a file descriptor, of those that
// goroutines are met in.
var takesFD = map[string]bool{
	"read": true, "write": true, "pread64": true, "pwrite64": true, "readv": true, "writev": true, "fsync": true,
	"fdatasync": true, "flock": true, "fcntl": true, "ioctl": true, "accept": true, "accept4": true, "connect": true,
	"recvfrom": true, "sendto": true, "recvmsg": true, "sendmsg": true, "getdents64": true, "epoll_wait": true,
	"epoll_pwait": true, "close": true, "ftruncate": true, "fallocate": true, "sync_file_range": true, "copy_file_range": true,
	"fstat": true, "lseek": true, "sendfile": true,
}
