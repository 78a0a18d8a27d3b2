package demo

import (
	"bufio"
	"context"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const starter = "DLV_ASYNC_TEST_STARTER"

// TestMain runs the tests, or starts a sample and waits to be killed.
func TestMain(m *testing.M) {
	if os.Getenv(starter) == "" {
		os.Exit(m.Run())
	}
	sample, err := Start(context.Background(), func(string) {})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(sample.PID)
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// A test binary has no debug information, as a program of go run has none.
func TestSampleHasDebugInformation(t *testing.T) {
	sample, err := Start(t.Context(), func(note string) { t.Log(note) })
	if err != nil {
		t.Fatal(err)
	}
	defer sample.Stop()
	exe, err := elf.Open(fmt.Sprintf("/proc/%d/exe", sample.PID))
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	for _, name := range []string{".symtab", ".debug_info"} {
		if exe.Section(name) == nil {
			t.Errorf("the sample's executable has no %s", name)
		}
	}
}

func TestStopEndsTheSample(t *testing.T) {
	sample, err := Start(t.Context(), func(note string) { t.Log(note) })
	if err != nil {
		t.Fatal(err)
	}
	end := watch(t, sample.PID)
	sample.Stop()
	end(t)
}

func TestSampleEndsWithItsStarter(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), starter+"=1")
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	end := watch(t, pid)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	end(t)
}

// watch returns a function that waits for the end of a process that runs now.
func watch(t *testing.T, pid int) (end func(*testing.T)) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) {
		t.Helper()
		defer unix.Close(fd)
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		const patience = 30_000 // ms; it takes one
		if n, err := unix.Poll(fds, patience); err != nil || n == 0 {
			t.Errorf("process %d is still there (%v)", pid, err)
		}
	}
}

// Without a go command and a place for what it builds there is a sample all
// the same, and the user is told what is missing.
func TestSampleWithoutAGoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	var notes []string
	if _, err := executable(t.Context(), func(s string) { notes = append(notes, s) }); err != nil {
		t.Fatal(err)
	}
	if last := notes[len(notes)-1]; !strings.Contains(last, "cannot be built") || !strings.Contains(last, `"go": executable file not found`) {
		t.Errorf("the user is told %q", last)
	}
}
