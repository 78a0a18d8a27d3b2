package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-delve/delve/service/rpc2"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	exe := testtarget.Build(t, "errgroup", testtarget.Options{})
	target := testtarget.Start(t, exe)
	leaf := goroutineIn(t, target.PID, "main.leaf")
	d := testtarget.StartDelve(t, "attach", strconv.Itoa(target.PID))
	number, err := strconv.ParseInt(leaf, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rpc2.NewClient(d.Addr).SwitchGoroutine(number); err != nil { // as a user does in an editor
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want []string // in order, of what it prints
	}{
		{[]string{d.Addr}, 0, []string{"errgroup · pid", "15 tasks", "main.main"}},
		{[]string{d.Addr, "where", leaf, "--locals"}, 0, []string{"main.leaf", "main.middle", "main.outer"}},
		{[]string{d.Addr, "where", "current", "--remote"}, 0, []string{"go:" + leaf, "main.leaf"}},
		{[]string{d.Addr, "-o", "json"}, 0, []string{`"source":"connect"`}},
		{[]string{d.Addr, "--remote", "--exe", "/nowhere/server"}, 1, []string{"cannot read the executable /nowhere/server: no such file"}},
		{[]string{d.Addr, "--remote", "--exe", "/bin/sh"}, 1, []string{"/bin/sh is not the one that the Delve at", "--exe"}},
		{[]string{d.Addr, "--remote", "--exe", "/etc/passwd"}, 1, []string{"cannot read the executable"}},
		{[]string{}, 2, []string{"connect needs an address"}},
		{[]string{"127.0.0.1:99999"}, 1, []string{"cannot connect to 127.0.0.1:99999", "invalid port"}},
		{[]string{"127.0.0.1"}, 2, []string{`"127.0.0.1" is no address`, "HOST:PORT"}},
		{[]string{"unix:/nowhere/socket"}, 1, []string{"cannot connect to unix:/nowhere/socket: no such file"}},
	} {
		out, stderr, code := runCommand(t, append([]string{"connect"}, c.args...)...)
		if code != c.code || code != 0 && strings.Count(stderr, "\n") != 1 {
			t.Errorf("connect %q exits with %d\n%s%s", c.args, code, out, stderr)
		}
		inOrder(t, strings.ReplaceAll(out, `": "`, `":"`)+stderr, c.want...)
	}
	d.End(t)
	if !target.Alive(t) {
		t.Error("the target is gone")
	}
	if _, stderr, code := runCommand(t, "connect", d.Addr); code != 1 || !strings.Contains(stderr, "nobody listens at "+d.Addr) {
		t.Errorf("where nobody listens: %d, %s", code, stderr)
	}
}

// Whatever answers that is no Delve, or an old one, is told in a line.
func TestConnectToOthers(t *testing.T) {
	t.Parallel()
	answers := func(reply func(request string) string) func(net.Conn) {
		return func(conn net.Conn) {
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				fmt.Fprint(conn, reply(lines.Text()))
			}
		}
	}
	result := func(json string) func(string) string {
		return func(request string) string {
			_, id, _ := strings.Cut(request, `"id":`)
			return fmt.Sprintf(`{"id":%s,"result":%s,"error":null}`+"\n", strings.TrimSuffix(id, "}"), json)
		}
	}
	for name, c := range map[string]struct {
		serve func(net.Conn)
		want  string
	}{
		"hangs up":         {func(net.Conn) {}, "is no headless Delve"},
		"a web server":     {func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); _, _ = io.Copy(io.Discard, c) }, "is no headless Delve"},
		"another protocol": {answers(result(`{"jsonrpc":"2.0"}`)), "does not say its version"},
		"an old Delve":     {answers(result(`{"DelveVersion":"Version: 1.3.0","APIVersion":1}`)), "--api-version=2"},
		"no state":         {answers(result(`{"DelveVersion":"Version: 1.27.2","APIVersion":2}`)), "does not say what state"},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				c.serve(conn)
				conn.Close()
			}()
			_, stderr, code := runCommand(t, "connect", listener.Addr().String())
			if code != 1 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("it exits with %d and says %q, want %q", code, stderr, c.want)
			}
		})
	}
}

// Ctrl-C ends the wait for a server that never answers.
func TestConnectIsInterrupted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), "connect", listener.Addr().String())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil { // its first call
		t.Fatal(err)
	}
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 || stderr.String() != "dlv-async: interrupted\n" {
		t.Errorf("it exits with %d and says %q", code, stderr.String())
	}
}

// To connect to a Delve that takes one client would end its session: that is
// refused, and it is said how its target can be read.
func TestConnectToADelveForOneClient(t *testing.T) {
	t.Parallel()
	target := testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{}))
	cmd := exec.Command(testtarget.DelveExe(t), "attach", "--headless", "--listen=127.0.0.1:0", strconv.Itoa(target.PID))
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir())
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(os.Interrupt)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimSpace(strings.TrimPrefix(line, "API server listening at: "))
	_, stderr, code := runCommand(t, "connect", addr)
	instead := fmt.Sprintf("dlv-async attach %d", target.PID)
	if code != 1 || !strings.Contains(stderr, "takes one client") || !strings.Contains(stderr, instead) {
		t.Errorf("it exits with %d and says %q", code, stderr)
	}
	// It says where it listens before it attaches.
	for began := time.Now(); !heldStill(t, target.PID); runtime.Gosched() {
		if time.Since(began) > time.Minute {
			t.Fatal("Delve does not attach")
		}
	}
	out, stderr, code := runCommand(t, "attach", strconv.Itoa(target.PID))
	if code != 0 || !strings.Contains(out, "held by dlv (pid "+strconv.Itoa(cmd.Process.Pid)) {
		t.Errorf("attach exits with %d\n%s%s", code, out, stderr)
	}
}

// heldStill tells whether a tracer has stopped each thread of a process.
func heldStill(t *testing.T, pid int) bool {
	t.Helper()
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(stats) == 0 {
		t.Fatalf("process %d is gone: %v", pid, err)
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), ") t ") {
			return false
		}
	}
	return true
}
