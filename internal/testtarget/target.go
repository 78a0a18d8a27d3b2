package testtarget

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a target may take for anything. It only bounds what
// would otherwise hang: a machine under load must not fail a test.
const patience = time.Minute

// Target is a started program of testdata.
type Target struct {
	PID    int
	Exe    string
	Script string // what a Python runs; else empty
	Dir    string // its working directory, empty at first

	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *os.File
	out    *bufio.Reader
	stderr *os.File
	reaped sync.Once
	filled int // bytes that the standard output of one that writes had at first
}

// Start starts an executable and waits until it says READY. It is killed
// when the test ends, and when the test process does.
func Start(t testing.TB, exe string, args ...string) *Target {
	t.Helper()
	return StartEnv(t, nil, exe, args...)
}

// StartEnv is [Start] with variables added to the target's environment, which
// has none of the GO and PYTHON variables of the test's own.
func StartEnv(t testing.TB, env []string, exe string, args ...string) *Target {
	t.Helper()
	dir := t.TempDir()
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = dir
	cmd.Env = append(plainEnv(), env...)
	cmd.Stdout = w
	cmd.Stderr = stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	tg := &Target{Exe: exe, Dir: dir, cmd: cmd, stdout: r, out: bufio.NewReader(r), stderr: stderr}
	if tg.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	err = start(cmd)
	_ = w.Close()
	if err != nil {
		t.Fatalf("starting %s: %v", exe, err)
	}
	tg.PID = cmd.Process.Pid
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		tg.reap()
		_ = r.Close()
		_ = stderr.Close()
	})
	if line := tg.line(t); line != "READY" {
		t.Fatalf("%s said %q and not READY\n%s", exe, line, tg.Stderr())
	}
	return tg
}

// Command sends the target a line and returns its answer: see
// testdata/go/ready for what targets know.
func (tg *Target) Command(t testing.TB, command string) string {
	t.Helper()
	tg.Send(t, command)
	head := tg.line(t)
	size, err := strconv.Atoi(strings.TrimPrefix(head, "ANSWER "))
	if err != nil {
		t.Fatalf("%s answered %q to %q", tg.Exe, head, command)
	}
	answer := make([]byte, size)
	if _, err := io.ReadFull(tg.out, answer); err != nil {
		t.Fatalf("%s: the answer to %q breaks off: %v", tg.Exe, command, err)
	}
	return string(answer)
}

// Stack returns what the target says of itself: a Go program its own
// runtime.Stack(buf, true), a Python what [ParsePythonStack] reads.
func (tg *Target) Stack(t testing.TB) string {
	t.Helper()
	return tg.Command(t, "stack")
}

// Stderr returns what the target wrote to its standard error so far.
func (tg *Target) Stderr() string {
	b, err := os.ReadFile(tg.stderr.Name())
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Alive reports whether the target is there and not stopped: what every
// reader must leave behind.
func (tg *Target) Alive(t testing.TB) bool {
	t.Helper()
	return tg.Command(t, "ping") == "pong"
}

// Send sends the target a line that it does not answer.
func (tg *Target) Send(t testing.TB, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(tg.stdin, line); err != nil {
		t.Fatalf("cannot tell %s %q: %v\n%s", tg.Exe, line, err, tg.Stderr())
	}
}

// line reads a line of the target's standard output.
func (tg *Target) line(t testing.TB) string {
	t.Helper()
	_ = tg.stdout.SetReadDeadline(time.Now().Add(patience))
	line, err := tg.out.ReadString('\n')
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		tg.quit()
		t.Fatalf("%s said nothing for %v\n%s", tg.Exe, patience, tg.Stderr())
	case err != nil:
		t.Fatalf("%s ended: %v\n%s", tg.Exe, err, tg.Stderr())
	}
	return strings.TrimSuffix(line, "\n")
}

// quit has the target say where it stands and die. One that outlives the
// signal, as a program that handles it does, is killed.
func (tg *Target) quit() {
	_ = tg.cmd.Process.Signal(syscall.SIGQUIT)
	killer := time.AfterFunc(lastWords, func() { _ = tg.cmd.Process.Kill() })
	defer killer.Stop()
	tg.reap()
}

// lastWords is how long a target may take to say where it stands.
const lastWords = 10 * time.Second

// wait waits for the target's end, which must be on its way.
func (tg *Target) wait(t testing.TB) *os.ProcessState {
	t.Helper()
	killer := time.AfterFunc(patience, func() { _ = tg.cmd.Process.Kill() })
	tg.reap()
	if !killer.Stop() {
		t.Fatalf("%s did not end within %v\n%s", tg.Exe, patience, tg.Stderr())
	}
	return tg.cmd.ProcessState
}

// Kill ends the target, at once and wherever it is.
func (tg *Target) Kill(t testing.TB) {
	t.Helper()
	if err := tg.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	tg.reap()
}

// reap waits for the end of a target that ends. Nothing waits before: to the
// thread that waits for a child the kernel also reports that the child stands
// still for a tracer in the same process, and the tracer is not told.
func (tg *Target) reap() {
	tg.reaped.Do(func() { _ = tg.cmd.Wait() })
}

// start starts a command from one thread that lives as long as this process.
// The kernel sends the parent's death signal when the thread that forked
// ends, and Go ends threads: https://github.com/golang/go/issues/27505.
func start(cmd *exec.Cmd) error {
	starter.Do(func() {
		go func() {
			runtime.LockOSThread()
			for f := range starts {
				f()
			}
		}()
	})
	result := make(chan error)
	starts <- func() { result <- cmd.Start() }
	return <-result
}

var (
	starter sync.Once
	starts  = make(chan func())
)

// plainEnv is this process's environment without what changes the behaviour
// of a Go program (GODEBUG, GOTRACEBACK, GOMAXPROCS, GOGC and their like) or
// of a Python (PYTHONPATH, PYTHONASYNCIODEBUG).
func plainEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GO") && !strings.HasPrefix(kv, "PYTHON") {
			env = append(env, kv)
		}
	}
	return env
}

// Settle waits until all threads of the target sleep: one that was just looked
// at has yet to go back into the system call that the look interrupted.
func (tg *Target) Settle(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(patience); !tg.asleep(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not stand still", tg.Exe)
		}
	}
}

// asleep tells whether the kernel has all threads down as sleeping:
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func (tg *Target) asleep() bool {
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", tg.PID))
	if err != nil {
		return false
	}
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil {
			return false
		}
		after := string(stat[strings.LastIndexByte(string(stat), ')')+1:])
		if !strings.HasPrefix(after, " S") {
			return false
		}
	}
	return len(stats) > 0
}
