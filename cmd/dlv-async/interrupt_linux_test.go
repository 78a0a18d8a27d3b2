package main

import (
	"bufio"
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

const ctrlC = "\x03"

// Ctrl-C in the terminal ends tests that hang, with the processes that they
// started, as it does without dlv-async; what was said of them stays.
func TestCtrlCEndsTests(t *testing.T) {
	t.Parallel()
	const tests = `package hung

import (
	"os/exec"
	"sync"
	"testing"
)

func TestHang(t *testing.T) {
	if err := exec.Command("sleep", "1000").Start(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
}
`
	const python = `import subprocess, threading, unittest

class Hang(unittest.TestCase):
    def test_hang(self):
        subprocess.Popen(["sleep", "1000"])
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
`
	for name, c := range map[string]struct {
		file, text string
		args       func(t *testing.T) []string
		code       int
		want       string
	}{
		"go test": {"hung_test.go", tests, func(*testing.T) []string { return []string{"test", "."} }, 1, "TestHang hangs: wants sync.Mutex"},
		"Python": {"hang.py", python, func(t *testing.T) []string {
			return []string{"test", "--cmd", testtarget.Pythons(t)[1].Exe(t), "-m", "unittest", "hang"}
		}, 130, "hangs: wants threading.Lock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "go.mod"), "module example.com/hung\n\ngo 1.22\n")
			write(t, filepath.Join(dir, c.file), c.text)
			tty := openConsole(t, dir, []string{"NO_COLOR=1", "GOFLAGS="}, c.args(t)...)
			if !tty.until("started by it: sleep 1000") || !tty.until("───\r\n") {
				t.Fatalf("nothing hangs:\n%s", tty.out.String())
			}
			tty.write(ctrlC)
			if code := tty.end(); code != c.code || !strings.Contains(tty.out.String(), c.want) {
				t.Errorf("it exits with %d, want %d and %q\n%s", code, c.code, c.want, tty.out.String())
			}
			if left := tty.left(); len(left) > 0 {
				t.Errorf("it leaves behind %q", left)
			}
		})
	}
}

// Ctrl-C at Delve's prompt stops a program that runs, and does nothing to one
// that stands; the prompt stays.
func TestCtrlCAtDelvesPrompt(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "errgroup", testtarget.Options{})
	target := testtarget.Start(t, exe)
	core := target.GCore(t)
	env := []string{"TERM=dumb", "NO_COLOR=1", "XDG_CONFIG_HOME=" + t.TempDir()}

	tty := openConsole(t, "", env, "attach", "-i", strconv.Itoa(target.PID))
	tty.until(delvesPrompt)
	tty.write("continue\r")
	for began := time.Now(); heldStill(t, target.PID); runtime.Gosched() {
		if time.Since(began) > time.Minute {
			t.Fatal("it does not continue")
		}
	}
	tty.write(ctrlC)
	if !tty.until("received SIGINT, stopping process") || !tty.until(delvesPrompt) {
		t.Fatalf("there is no prompt any more:\n%s", tty.out.String())
	}
	tty.write("async tree\r")
	if !tty.until("errgroup.Group 0x") || !tty.until(delvesPrompt) {
		t.Errorf("there is no tree:\n%s", tty.out.String())
	}
	tty.write("exit -d\r")
	if code := tty.end(); code != 0 || !target.Alive(t) {
		t.Errorf("it exits with %d, and the process is alive: %t\n%s", code, target.Alive(t), tty.out.String())
	}

	tty = openConsole(t, "", env, "core", "-i", exe, core)
	tty.until(delvesPrompt)
	tty.write(ctrlC)
	tty.until("received SIGINT")
	tty.write("async tree\r")
	if !tty.until("errgroup.Group 0x") || !tty.until(delvesPrompt) {
		t.Errorf("over the core there is no tree:\n%s", tty.out.String())
	}
	tty.write("exit\r")
	if code := tty.end(); code != 0 {
		t.Errorf("over the core it exits with %d\n%s", code, tty.out.String())
	}
}

// Ctrl-C ends a wait for a Delve that does not answer, with a prompt or without.
func TestCtrlCEndsConnecting(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"connect"}, {"connect", "-i"}} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		tty := openConsole(t, "", []string{"TERM=dumb", "NO_COLOR=1", "XDG_CONFIG_HOME=" + t.TempDir()}, append(args, listener.Addr().String())...)
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil { // its first call
			t.Fatal(err)
		}
		tty.write(ctrlC)
		if code := tty.end(); code != 1 || !strings.Contains(tty.out.String(), "dlv-async: interrupted") {
			t.Errorf("%q exits with %d and says %q", args, code, tty.out.String())
		}
		conn.Close()
		listener.Close()
	}
}
