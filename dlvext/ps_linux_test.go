package dlvext

import (
	"os"
	"os/exec"
	"os/user"
	"slices"
	"strings"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

func processInfo(t *testing.T, pid int) ProcessInfo {
	t.Helper()
	list, err := Processes()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(list, func(a, b ProcessInfo) int { return a.PID - b.PID }) {
		t.Error("the list is not sorted")
	}
	for _, p := range list {
		if p.PID == pid {
			return p
		}
	}
	t.Fatalf("%d is not in the list of %d", pid, len(list))
	return ProcessInfo{}
}

func TestProcessesShowsAGoProgram(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "manyg", testtarget.Options{}), "10")
	info := processInfo(t, tg.PID)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if info.Exe != tg.Exe || !slices.Equal(info.Args, []string{tg.Exe, "10"}) || info.User != me.Username || info.Unreadable != "" {
		t.Errorf("%+v", info)
	}
	if len(info.Runtimes) != 1 || !strings.HasPrefix(info.Runtimes[0], "go1.") {
		t.Errorf("runtimes %q", info.Runtimes)
	}
}

func TestProcessesShowsAPythonProgram(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		testtarget.Skip(t, "python3", "it is not on PATH", "install Python 3")
	}
	cmd := exec.Command(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2]); sys.stdout.flush(); sys.stdin.read()")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	version := make([]byte, 8)
	n, err := stdout.Read(version)
	if err != nil {
		t.Fatal(err)
	}
	want := "cpython " + strings.TrimSpace(string(version[:n]))
	if info := processInfo(t, cmd.Process.Pid); !slices.Equal(info.Runtimes, []string{want}) {
		t.Errorf("runtimes %q, want %q (%s)", info.Runtimes, want, info.Exe)
	}
}

func TestProcessesSaysWhyOneCannotBeRead(t *testing.T) {
	if info := processInfo(t, os.Getpid()); info.Unreadable == "" {
		t.Errorf("this process can read itself: %+v", info)
	}
	target := startRole(t, "READY", "target")
	startRole(t, "STOPPED", "tracer", target.pid, "10m", "wait")
	if info := processInfo(t, target.pid); info.Unreadable != "" {
		t.Errorf("one that is traced can be read: %+v", info)
	}
}

func BenchmarkProcesses(b *testing.B) {
	n := 0
	for b.Loop() {
		list, err := Processes()
		if err != nil {
			b.Fatal(err)
		}
		n = len(list)
	}
	b.ReportMetric(float64(n), "processes")
}
