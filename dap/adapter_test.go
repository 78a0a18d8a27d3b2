package dap_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds what would otherwise hang.
const patience = time.Minute

var scratch string // a directory for the time of the tests

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "dlv-async-dap-"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// binary is dlv-async, built as users build it. The adapter runs in a process
// of its own: one process cannot both trace a program and be its parent here
// (see testtarget).
var binary = sync.OnceValue(func() string { return built("github.com/dlv-async/dlv-async/cmd/dlv-async") })

// delvesOwn is Delve's adapter by itself, what `dlv dap` runs.
var delvesOwn = sync.OnceValue(func() string { return built("./testdata/dlvdap") })

func built(pkg string) string {
	path := filepath.Join(scratch, filepath.Base(pkg))
	build := exec.Command("go", "build", "-o", path, pkg)
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("building %s: %v\n%s", pkg, err, out))
	}
	return path
}

// overStdio starts an adapter and speaks with it over its standard streams.
func overStdio(t testing.TB, flags ...string) *client {
	t.Helper()
	return stdio(t, exec.Command(binary(), append([]string{"dap", "--stdio"}, flags...)...))
}

// stdio starts an adapter that speaks over its standard streams.
func stdio(t testing.TB, cmd *exec.Cmd) *client {
	t.Helper()
	c := &client{t: t, adapter: cmd, stderr: &bytes.Buffer{}, exited: make(chan struct{})}
	cmd.Stderr = c.stderr
	w, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.w = w
	c.listen(r, func() { _ = cmd.Wait(); close(c.exited) })
	t.Cleanup(func() {
		_ = w.Close()
		c.gone()
	})
	return c
}

// overTCP starts an adapter that listens, and connects to where it says.
func overTCP(t testing.TB, flags ...string) *client {
	t.Helper()
	return listening(t, flags...).connect(t)
}

// server is an adapter that listens.
type server struct {
	addr    string
	adapter *exec.Cmd
	stderr  *bytes.Buffer
	exited  chan struct{}
}

// listening starts an adapter that listens.
func listening(t testing.TB, flags ...string) *server {
	t.Helper()
	return started(t, exec.Command(binary(), append([]string{"dap"}, flags...)...))
}

// started starts an adapter and waits until it says where it listens.
func started(t testing.TB, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{adapter: cmd, stderr: &bytes.Buffer{}, exited: make(chan struct{})}
	cmd.Stderr = s.stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "DAP server listening at: ")
	if err != nil || !ok {
		t.Fatalf("it said %q, %v", line, err)
	}
	s.addr = addr
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		_ = cmd.Wait()
		close(s.exited)
	}()
	return s
}

// connect is a client of the adapter. It goes when the test ends, and so must
// the adapter.
func (s *server) connect(t testing.TB) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, w: conn, adapter: s.adapter, stderr: s.stderr, exited: s.exited}
	c.listen(conn, func() {})
	t.Cleanup(func() {
		_ = conn.Close()
		c.gone()
	})
	return c
}
