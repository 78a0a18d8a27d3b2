package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// goTests lets a script's go command work, in its own directory.
func goTests(ts *testscript.TestScript, _ bool, _ []string) {
	for _, name := range []string{"GOCACHE", "GOROOT", "GOMODCACHE"} {
		value, err := exec.Command("go", "env", name).Output()
		ts.Check(err)
		ts.Setenv(name, strings.TrimSpace(string(value)))
	}
	ts.Setenv("GOPATH", ts.MkAbs("gopath"))
	ts.Setenv("GOFLAGS", "")
	ts.Setenv("GITHUB_ACTIONS", "")
}

// pythonExe sets $PYTHON to some CPython of this machine.
func pythonExe(ts *testscript.TestScript, _ bool, _ []string) {
	t := ts.Value(tb{}).(testing.TB)
	ts.Setenv("PYTHON", testtarget.Pythons(t)[1].Exe(t))
}

// jsonLine takes the one line that is an object out of a file: jsonline FROM TO.
func jsonLine(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if strings.HasPrefix(line, "{") {
			ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(line), 0o644))
			return
		}
	}
	ts.Fatalf("no line of %s is an object", args[0])
}

var elapsed = regexp.MustCompile(`\d+\.\d+s`)

// withoutTimes takes out of what go test wrote how long it took, and the order
// in which parallel tests ended.
func withoutTimes(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(elapsed.ReplaceAllString(ts.ReadFile(args[0]), "TIME"), "\n")
	slices.Sort(lines)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\n")), 0o644))
}

func TestBehindCmd(t *testing.T) {
	for _, c := range [][2]string{
		{"test --cmd pytest -x tests", "test --cmd pytest -- -x tests"},
		{"test --hang-after 2s --cmd=pytest -x", "test --hang-after 2s --cmd=pytest -- -x"},
		{"test --cmd pytest -- -x", "test --cmd pytest -- -- -x"},
		{"test --cmd pytest", "test --cmd pytest"},
		{"test ./... -- --cmd x y", "test ./... -- --cmd x y"},
		{"attach --cmd x y", "attach --cmd x y"},
	} {
		if got := strings.Join(behindCmd(strings.Fields(c[0])), " "); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

// A signal that this program alone gets is passed on, and it ends as what it
// runs does.
func TestTestPassesSignalsOn(t *testing.T) {
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), "test", "--cmd", "sh", "-c", `trap 'echo caught; exit 5' INT; echo READY; while :; do sleep 0.1; done`)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	out := bufio.NewReader(stdout)
	if line, err := out.ReadString('\n'); line != "READY\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if err != nil || string(rest) != "caught\n" {
		t.Errorf("%q, %v", rest, err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 5 {
		t.Errorf("%v; want exit code 5", err)
	}
}
