package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

func TestTerminal(t *testing.T) {
	pid := strconv.Itoa(testtarget.Start(t, testtarget.Build(t, "errgroup", testtarget.Options{})).PID)

	t.Run("there is colour", func(t *testing.T) {
		if out := inTerminal(t, nil, nil, "attach", pid, "tree"); !strings.Contains(out, "\x1b[") {
			t.Errorf("no colour in\n%s", out)
		}
	})
	t.Run("NO_COLOR is respected", func(t *testing.T) {
		if out := inTerminal(t, []string{"NO_COLOR=1"}, nil, "attach", pid, "tree"); strings.Contains(out, "\x1b[") {
			t.Errorf("colour in\n%s", out)
		}
	})
	t.Run("the flag outdoes NO_COLOR", func(t *testing.T) {
		if out := inTerminal(t, []string{"NO_COLOR=1"}, nil, "attach", pid, "tree", "--color", "always"); !strings.Contains(out, "\x1b[") {
			t.Errorf("no colour in\n%s", out)
		}
	})
	t.Run("lines are as wide as it", func(t *testing.T) {
		out := inTerminal(t, []string{"NO_COLOR=1"}, nil, "attach", pid, "tree")
		widest := 0
		for line := range strings.Lines(out) {
			widest = max(widest, len([]rune(strings.TrimRight(line, "\r\n"))))
		}
		if widest <= 80 || widest > ttyWidth {
			t.Errorf("the widest line has %d columns of %d", widest, ttyWidth)
		}
	})
	t.Run("a view is no reason to prompt", func(t *testing.T) {
		if out := inTerminal(t, nil, nil, "attach", pid, "tree"); strings.Contains(out, "(dlv-async)") {
			t.Errorf("a prompt in\n%s", out)
		}
	})
	t.Run("at the prompt the views are commands", func(t *testing.T) {
		out := inTerminal(t, []string{"NO_COLOR=1"}, []string{
			"tas\t--columns id,state\r", "pictures\r", "tree --nope\r", "help\r", "where main.main\r", "diff\r", "--limit 1\r", "refresh diff\r", "why main.main\r", "gra\t-o mermaid\r", "quit\r",
		}, "attach", pid)
		rest := out
		for _, want := range []string{
			"tasks --columns id,state", "ID", "go:1",
			`"pictures" is no view`,
			"unknown flag: --nope",
			"Views:",
			"(dlv-async) where main.main", "main.main",
			"there is one snapshot yet",
			"(dlv-async) --limit 1", "more tasks",
			"(dlv-async) refresh diff", "stuck",
			"hangs on", "flowchart",
		} {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Fatalf("%q is not where it should be in\n%s", want, out)
			}
			rest = after
		}
	})
	t.Run("the end of input ends the prompt", func(t *testing.T) {
		inTerminal(t, nil, []string{"\x04"}, "attach", pid)
	})
}

const ttyWidth = 120

const prompt = "(dlv-async) "

// inTerminal runs dlv-async in a terminal, types one of lines at each prompt,
// and returns what the terminal got. The exit code must be 0.
func inTerminal(t *testing.T, env, lines []string, args ...string) string {
	t.Helper()
	return atPrompt(t, "", prompt, env, lines, args...)
}

// atPrompt is inTerminal, in a directory, and with another prompt.
func atPrompt(t *testing.T, dir, prompt string, env, lines []string, args ...string) string {
	t.Helper()
	c := openConsole(t, dir, env, args...)
	for len(lines) > 0 && c.until(prompt) {
		c.write(lines[0])
		lines = lines[1:]
	}
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, c.out.String())
	}
	return c.out.String()
}

// console is a terminal that dlv-async runs in, and somebody in front of it.
type console struct {
	t    *testing.T
	cmd  *exec.Cmd
	user *os.File
	hung *time.Timer
	out  strings.Builder
	seen int // of out, up to and with what was waited for
}

func openConsole(t *testing.T, dir string, env []string, args ...string) *console {
	t.Helper()
	user, program := openTerminal(t)
	cmd := exec.Command(filepath.Join(bin(), "dlv-async"), args...)
	cmd.Env = append(append(os.Environ(), "TERM=xterm", "LC_ALL=C.UTF-8"), env...)
	cmd.Dir = dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	return &console{t: t, cmd: cmd, user: user, hung: time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })}
}

// until waits until the terminal got something, behind what was waited for
// before; false: the program has ended.
func (c *console) until(want string) bool {
	c.t.Helper()
	for buf := make([]byte, 4096); ; {
		if at := strings.Index(c.out.String()[c.seen:], want); at >= 0 && want != "" {
			c.seen += at + len(want)
			return true
		}
		n, err := c.user.Read(buf)
		c.out.Write(buf[:n])
		if errors.Is(err, unix.EIO) { // the program has closed its side
			return false
		} else if err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *console) write(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.user, text); err != nil {
		c.t.Fatal(err)
	}
}

// end waits until the program has ended, and returns its exit code.
func (c *console) end() int {
	c.t.Helper()
	c.until("")
	defer c.hung.Stop()
	_ = c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode()
}

// left are the processes that were started in the terminal and still run.
func (c *console) left() (all []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest) // state, parent, group, session
		if len(f) > 3 && f[0] != "Z" && f[3] == strconv.Itoa(c.cmd.Process.Pid) {
			all = append(all, string(text))
		}
	}
	return all
}

// openTerminal returns both sides of a pseudo-terminal: pty(7).
func openTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = user.Close() })
	fd := int(user.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: ttyWidth}); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return user, program
}
