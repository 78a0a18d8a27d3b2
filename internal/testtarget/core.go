package testtarget

import (
	"bytes"
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
	prefix := filepath.Join(t.TempDir(), "core")
	if out, err := exec.Command("gcore", "-o", prefix, pid).CombinedOutput(); err != nil {
		t.Fatalf("gcore of %s: %v\n%s", tg.Exe, err, out)
	}
	return prefix + "." + pid
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
