package testtarget

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Delve is a headless Delve of this module's version.
type Delve struct {
	Addr string // it listens at
	PID  int
	cmd  *exec.Cmd
	out  *bufio.Reader
	in   io.WriteCloser
}

var builtDelve struct {
	once sync.Once
	path string
	err  error
	out  []byte
}

// DelveExe builds testdata/dlv: Delve itself.
func DelveExe(t testing.TB) string {
	t.Helper()
	b := &builtDelve
	b.once.Do(func() {
		b.path = filepath.Join(cacheDir(t), "dlv")
		defer lock(t, b.path+".lock")()
		cmd := exec.Command("go", "build", "-o", b.path+".new", "./testdata/dlv")
		cmd.Dir = Root(t)
		if b.out, b.err = cmd.CombinedOutput(); b.err == nil {
			b.err = os.Rename(b.path+".new", b.path)
		}
	})
	if b.err != nil {
		t.Fatalf("Delve cannot be built: %v\n%s", b.err, b.out)
	}
	return b.path
}

// StartDelve starts a headless Delve that several clients may connect to, and
// waits until it listens: StartDelve(t, "attach", "4242"). It ends with the
// test, and lets go of what it attached to.
func StartDelve(t testing.TB, args ...string) *Delve {
	t.Helper()
	d := &Delve{}
	args = append([]string{args[0], "--headless", "--accept-multiclient", "--listen=127.0.0.1:0", "--api-version=2"}, args[1:]...)
	d.cmd = exec.Command(DelveExe(t), args...)
	d.cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir())
	d.cmd.Dir = t.TempDir()
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	d.cmd.Stderr = os.Stderr
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.End(t) })
	d.PID = d.cmd.Process.Pid
	d.out = bufio.NewReader(stdout)
	d.Addr = strings.TrimPrefix(d.Line(t), "API server listening at: ")
	return d
}

// Line reads a line that Delve or its target writes.
func (d *Delve) Line(t testing.TB) string {
	t.Helper()
	line, err := d.out.ReadString('\n')
	if err != nil {
		t.Fatalf("Delve says no more: %v", err)
	}
	return strings.TrimSpace(line)
}

// Say writes a line to the target that Delve started.
func (d *Delve) Say(t testing.TB, line string) {
	t.Helper()
	if _, err := io.WriteString(d.in, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// End ends it: what it attached to goes on, what it started does not.
func (d *Delve) End(t testing.TB) {
	t.Helper()
	if d.cmd.ProcessState == nil {
		_ = d.cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, d.out)
		_ = d.cmd.Wait()
	}
}

// Read reads what the target that Delve started answers.
func (d *Delve) Read(t testing.TB, buf []byte) {
	t.Helper()
	if _, err := io.ReadFull(d.out, buf); err != nil {
		t.Fatalf("the target says no more: %v", err)
	}
}
