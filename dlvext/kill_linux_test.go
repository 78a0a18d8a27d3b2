package dlvext

import (
	"crypto/sha256"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// tooLong is a stop that lasts longer than any test.
const tooLong = 10 * time.Minute

// However a capture's program ends in the middle of a stop, the target goes
// on, traced by nobody, its code as it was.
func TestTargetOutlivesItsTracer(t *testing.T) {
	for _, c := range []struct {
		name    string
		behave  string
		maxStop time.Duration
		act     func(t *testing.T, tracer *role)
		end     func(end syscall.WaitStatus, stderr string) bool // what becomes of the tracer
	}{
		{"kill -9", "wait", tooLong, send(unix.SIGKILL), endsBy(unix.SIGKILL)},
		{"kill", "wait", tooLong, send(unix.SIGTERM), endsBy(unix.SIGTERM)},
		{"Ctrl-C", "wait", tooLong, send(unix.SIGINT), endsBy(unix.SIGINT)},
		{"the terminal closes", "wait", tooLong, send(unix.SIGHUP), endsBy(unix.SIGHUP)},
		{"panic in collect", "panic", tooLong, nil, panics},
		{"panic in another goroutine", "panic-elsewhere", tooLong, nil, panics},
		{"held by a debugger of its own", "wait", 200 * time.Millisecond, trace, endsBy(unix.SIGKILL)},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := startRole(t, "READY", "target")
			before := codeOf(t, target.pid)
			tracer := startRole(t, "STOPPED", "tracer", target.pid, c.maxStop, c.behave)
			if c.act != nil {
				requireStopped(t, target.pid)
				c.act(t, tracer)
			}
			target.runs()
			if end := tracer.ended(); !c.end(end, tracer.stderr.String()) {
				t.Errorf("the tracer ended with %v\n%s", end, tracer.stderr)
			}
			requireUntouched(t, target, before)
		})
	}
}

// A capture that is stopped itself, or whose collect does not return, lets
// the target go when its time is over; it need not die for that.
func TestTargetGoesOnWhenTimeIsOver(t *testing.T) {
	for name, act := range map[string]func(t *testing.T, tracer *role){
		"collect does not return": func(*testing.T, *role) {},
		"the tracer is stopped":   send(unix.SIGSTOP),
	} {
		t.Run(name, func(t *testing.T) {
			target := startRole(t, "READY", "target")
			before := codeOf(t, target.pid)
			tracer := startRole(t, "STOPPED", "tracer", target.pid, 300*time.Millisecond, "survive")
			act(t, tracer)
			target.runs()
			tracer.say("go on")
			if got, want := tracer.line(), "RELEASED <nil>"; got != want {
				t.Errorf("the tracer said %q, want %q", got, want)
			}
			requireUntouched(t, target, before)
		})
	}
}

// Ctrl-Z, and use of the terminal from the background, do not stop a program
// in the middle of a stop. After it they do, as before.
func TestJobControlWaitsForTheTarget(t *testing.T) {
	for _, signal := range []unix.Signal{unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU} {
		t.Run(unix.SignalName(signal), func(t *testing.T) {
			target := startRole(t, "READY", "target")
			before := codeOf(t, target.pid)
			tracer := startRole(t, "STOPPED", "tracer", target.pid, tooLong, "wait")
			send(signal)(t, tracer)
			tracer.say("go on") // which it could not read if it were stopped
			if got, want := tracer.line(), "RELEASED <nil>"; got != want {
				t.Fatalf("the tracer said %q, want %q", got, want)
			}
			requireUntouched(t, target, before)

			send(signal)(t, tracer)
			var status syscall.WaitStatus
			if _, err := syscall.Wait4(tracer.pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() || status.StopSignal() != signal {
				t.Fatalf("the tracer was not stopped after the stop: %v %v", status, err)
			}
		})
	}
}

func send(signal unix.Signal) func(*testing.T, *role) {
	return func(t *testing.T, tracer *role) {
		if err := unix.Kill(tracer.pid, signal); err != nil {
			t.Fatal(err)
		}
	}
}

// trace stops the tracer by ptrace, so that no SIGCONT wakes it, until it ends.
func trace(t *testing.T, tracer *role) {
	onOwnThread(func() {
		s, err := seize(tracer.pid, time.Now().Add(time.Minute))
		if err != nil {
			t.Error(err)
			return
		}
		for _, thread := range s.threads {
			if thread.tid == tracer.pid {
				continue // its end is for its parent to see
			}
			for status := unix.WaitStatus(0); !status.Signaled(); {
				if _, err := unix.Wait4(thread.tid, &status, unix.WALL, nil); err != nil && err != unix.EINTR {
					t.Error(err)
					return
				}
			}
		}
		awaitEnd(t, tracer.pid)
	})
}

// awaitEnd waits for a process's end and takes nothing away.
func awaitEnd(t *testing.T, pid int) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Error(err)
		return
	}
	defer unix.Close(fd)
	for err = unix.EINTR; err == unix.EINTR; {
		_, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
	}
}

func endsBy(signal syscall.Signal) func(syscall.WaitStatus, string) bool {
	return func(end syscall.WaitStatus, _ string) bool { return end.Signaled() && end.Signal() == signal }
}

func panics(end syscall.WaitStatus, stderr string) bool {
	return end.ExitStatus() == 2 && strings.Contains(stderr, "panic: on purpose")
}

// requireStopped demands that all threads of the process are in a stop by
// ptrace, but for those that have ended.
func requireStopped(t *testing.T, pid int) {
	t.Helper()
	ids, err := threadIDs(pid)
	if err != nil {
		t.Fatal(err)
	}
	for _, tid := range ids {
		if s := threadState(pid, tid); s != 't' && s != 'Z' && s != 'X' {
			t.Errorf("thread %d of the target is in state %c", tid, s)
		}
	}
}

// requireUntouched demands that the target runs, that nobody traces it, and
// that its code is what it was.
func requireUntouched(t *testing.T, target *role, before [sha256.Size]byte) {
	t.Helper()
	target.runs()
	ids, err := threadIDs(target.pid)
	if err != nil {
		t.Fatal(err)
	}
	for _, tid := range ids {
		if s, err := readStatus(tid); err == nil && (s.tracer != 0 || s.state == 't' || s.state == 'T') {
			t.Errorf("thread %d is in state %c, its tracer is %d", tid, s.state, s.tracer)
		}
	}
	if codeOf(t, target.pid) != before {
		t.Error("the target's code has changed")
	}
}

// codeOf is the sum of all code of the process.
func codeOf(t *testing.T, pid int) [sha256.Size]byte {
	t.Helper()
	mappings, err := readMappings(pid)
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(procFile(pid, "mem"))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	sum := sha256.New()
	for _, m := range mappings {
		if m.perms[2] == 'x' && m.perms[0] == 'r' && !strings.HasPrefix(m.path, "[vs") {
			if _, err := io.Copy(sum, io.NewSectionReader(mem, int64(m.start), int64(m.end-m.start))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return [sha256.Size]byte(sum.Sum(nil))
}
