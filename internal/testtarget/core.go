package testtarget

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// GCore takes a core of the running target with gdb's gcore and returns its path.
func (tg *Target) GCore(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("gcore"); err != nil {
		Skip(t, "gcore", "it is not on PATH", "install gdb")
	}
	pid := strconv.Itoa(tg.PID)
	prefix := filepath.Join(roomForCore(t), "core")
	path := prefix + "." + pid
	t.Cleanup(func() { _ = os.Truncate(path, 0) }) // Delve's reader keeps it open beyond the test
	if out, err := exec.Command("gcore", "-o", prefix, pid).CombinedOutput(); err != nil {
		t.Fatalf("gcore of %s: %v\n%s", tg.Exe, err, out)
	}
	return path
}

// roomForCore is a new directory for a core of gcore's. That writes what a Go program
// has only reserved too, more than a gigabyte of zeros, which takes a disk many times
// as long as memory: the directory is in memory where there is plenty.
func roomForCore(t testing.TB) string {
	t.Helper()
	const memory, plenty = "/dev/shm", 8 << 30
	var fs unix.Statfs_t
	if unix.Statfs(memory, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < plenty || available() < plenty {
		return t.TempDir()
	}
	removeLeft(memory)
	dir, err := os.MkdirTemp(memory, fmt.Sprint(coreDirs, os.Getpid(), "-"))
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// coreDirs is what the names of directories in memory begin with, before the
// process that made them.
const coreDirs = "dlv-async-test-"

// removeLeft removes directories of tests that were killed.
func removeLeft(memory string) {
	dirs, _ := filepath.Glob(filepath.Join(memory, coreDirs+"*"))
	for _, dir := range dirs {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), coreDirs), "-")
		if n, err := strconv.Atoi(pid); err == nil && errors.Is(unix.Kill(n, 0), unix.ESRCH) {
			_ = os.RemoveAll(dir)
		}
	}
}

// available is how much memory the machine has left, in bytes.
func available() uint64 {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(info), "MemAvailable:")
	var kilobytes uint64
	_, _ = fmt.Sscan(after, &kilobytes)
	return kilobytes << 10
}

// CrashCore tells the target to crash, waits for its end and returns the path
// of the core that the kernel wrote. Start it with [CrashEnv].
func (tg *Target) CrashCore(t testing.TB) string {
	t.Helper()
	requireCorePattern(t)
	unlimited := &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(tg.PID, unix.RLIMIT_CORE, unlimited, nil); err != nil {
		Skip(t, "crashcore", "the limit on cores cannot be lifted: "+err.Error(), "run `ulimit -c unlimited` first")
	}
	tg.Send(t, "crash")
	state := tg.wait(t)
	cores, err := filepath.Glob(filepath.Join(tg.Dir, "core*"))
	if err != nil || len(cores) != 1 {
		t.Fatalf("%s ended (%v) and left %d cores\n%s", tg.Exe, state, len(cores), tg.Stderr())
	}
	return cores[0]
}

// CrashEnv has a Go program that dies of a panic or fatal error dump core.
var CrashEnv = []string{"GOTRACEBACK=crash"}

// requireCorePattern skips the test when the kernel hands cores to a program
// or puts them where tests do not look. The pattern is the machine's: no test
// changes it.
func requireCorePattern(t testing.TB) {
	t.Helper()
	const file = "/proc/sys/kernel/core_pattern"
	pattern, err := os.ReadFile(file)
	if err != nil {
		Skip(t, "crashcore", err.Error(), "run the tests on Linux")
	}
	if p := string(bytes.TrimSpace(pattern)); !strings.HasPrefix(p, "core") {
		Skip(t, "crashcore", file+" is "+p, "echo core > "+file)
	}
}
