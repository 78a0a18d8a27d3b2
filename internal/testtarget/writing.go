package testtarget

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BuildRuntimeTest builds one of the programs that the Go runtime's own tests
// have, of runtime/testdata in the toolchain's sources, as they build it.
func BuildRuntimeTest(t testing.TB, program string, o Options) string {
	t.Helper()
	requireToolchain(t, o.Toolchain)
	exe := filepath.Join(t.TempDir(), filepath.Base(program))
	cmd := exec.Command("go", "build", "-o", exe)
	cmd.Dir = filepath.Join(GoRoot(t, o.Toolchain), "src", "runtime", "testdata", filepath.FromSlash(program))
	cmd.Env = append(append(os.Environ(), "GOTOOLCHAIN="+o.Toolchain, "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0"), o.Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s (%s): %v\n%s", program, o.Name(), err, out)
	}
	return exe
}

// GoRoot is where a toolchain lies.
func GoRoot(t testing.TB, toolchain string) string {
	t.Helper()
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// StartWriting starts a program that knows nothing of these tests, and returns
// when it is about to write to its standard output, which has no room left: there it
// stays until [Target.Output].
func StartWriting(t testing.TB, env []string, exe string, args ...string) *Target {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	size, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, os.Getpagesize())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = t.TempDir(), append(plainEnv(), env...), w, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = start(cmd)
	_ = w.Close()
	if err != nil {
		t.Fatalf("starting %s: %v", exe, err)
	}
	tg := &Target{Exe: exe, Dir: cmd.Dir, PID: cmd.Process.Pid, cmd: cmd, stdout: r, stderr: stderr, filled: size}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		tg.reap()
		_ = r.Close()
		_ = stderr.Close()
	})
	for deadline := time.Now().Add(patience); !tg.writes(); runtime.Gosched() {
		if time.Now().After(deadline) {
			tg.quit()
			t.Fatalf("%s does not write\n%s", tg.Exe, tg.Stderr())
		}
	}
	return tg
}

// writes tells whether a thread of the target is in the system call that writes
// to standard output: https://man7.org/linux/man-pages/man5/proc_pid_syscall.5.html
func (tg *Target) writes() bool {
	calls, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", tg.PID))
	for _, name := range calls {
		call, _ := os.ReadFile(name)
		if strings.HasPrefix(string(call), fmt.Sprintf("%d 0x1 ", unix.SYS_WRITE)) {
			return true
		}
	}
	return false
}

// Output lets a target of [StartWriting] go on, and returns what it writes until
// it ends.
func (tg *Target) Output(t testing.TB) string {
	t.Helper()
	_ = tg.stdout.SetReadDeadline(time.Now().Add(patience))
	out, err := io.ReadAll(tg.stdout)
	if err != nil || len(out) < tg.filled {
		t.Fatalf("%s: %v\n%s", tg.Exe, err, tg.Stderr())
	}
	return string(out[tg.filled:])
}
