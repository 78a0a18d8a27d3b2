package dlvext

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// requireError demands that err is one line that holds the text.
func requireError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one line with %q", err, text)
	}
}

func TestOpenProcessThatIsNone(t *testing.T) {
	// The largest pid there can be is below 2^22.
	for _, pid := range []int{1 << 22, 0, -1} {
		_, err := OpenProcess(pid)
		requireError(t, err, fmt.Sprintf("there is no process %d", pid))
	}
}

func TestOpenProcessThatIsThisOne(t *testing.T) {
	_, err := OpenProcess(os.Getpid())
	requireError(t, err, "is this program itself")
}

func TestOpenProcessByAThread(t *testing.T) {
	target := startRole(t, "READY", "target")
	ids, err := threadIDs(target.pid)
	if err != nil {
		t.Fatal(err)
	}
	for _, tid := range ids {
		if tid != target.pid {
			_, err := OpenProcess(tid)
			requireError(t, err, fmt.Sprintf("%d is a thread of process %d", tid, target.pid))
			return
		}
	}
	t.Fatalf("a Go program with one thread: %v", ids)
}

func TestOpenZombie(t *testing.T) {
	target := startRole(t, "READY", "target")
	send(unix.SIGKILL)(t, target)
	awaitEnd(t, target.pid)
	_, err := OpenProcess(target.pid)
	requireError(t, err, "is a zombie until its parent")
}

func TestOpenKernelThread(t *testing.T) {
	const kthreadd = 2 // in the first pid namespace
	s, err := readStatus(kthreadd)
	if err != nil || s.name != "kthreadd" {
		testtarget.Skip(t, "kernel threads", "none is visible here", "run the tests outside a container")
	}
	_, err = OpenProcess(kthreadd)
	requireError(t, err, "is a thread of the kernel")
}

// pause32 is a 32-bit program that does nothing for ever: an ELF header, one
// program header that maps the file at 0x8048000, and pause() in a loop.
var pause32 = []byte{
	0x7f, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, // ELFCLASS32
	2, 0, 3, 0, 1, 0, 0, 0, 0x54, 0x80, 0x04, 0x08, 52, 0, 0, 0, // ET_EXEC, EM_386, entry
	0, 0, 0, 0, 0, 0, 0, 0, 52, 0, 32, 0, 1, 0, 0, 0, 0, 0, 0, 0,
	1, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x80, 0x04, 0x08, 0x00, 0x80, 0x04, 0x08, // PT_LOAD
	0x5d, 0, 0, 0, 0x5d, 0, 0, 0, 5, 0, 0, 0, 0, 0x10, 0, 0, // R, X
	0xb8, 29, 0, 0, 0, 0xcd, 0x80, 0xeb, 0xf7, // mov eax, 29 (pause); int 0x80; jmp
}

func TestOpen32BitProcess(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		testtarget.Skip(t, "32-bit programs", "this is "+runtime.GOARCH, "run the tests on amd64")
	}
	exe := filepath.Join(t.TempDir(), "pause32")
	if err := os.WriteFile(exe, pause32, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	if err := cmd.Start(); errors.Is(err, unix.ENOEXEC) {
		testtarget.Skip(t, "32-bit programs", "the kernel does not run them", "start one with CONFIG_IA32_EMULATION")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	_, err := OpenProcess(cmd.Process.Pid)
	requireError(t, err, "is a 32-bit program")
}

func TestCaptureOfATracedProcess(t *testing.T) {
	target := startRole(t, "READY", "target")
	tracer := startRole(t, "STOPPED", "tracer", target.pid, "10m", "wait")
	p := openProcess(t, target.pid)
	img, err := p.Capture(context.Background(), CaptureOptions{}, readNothing)
	if err != nil {
		t.Fatal(err)
	}
	if notes, want := strings.Join(img.Notes, "\n"), fmt.Sprintf("held by exe (pid %d)", tracer.pid); !strings.Contains(notes, want) || img.Stopped != 0 {
		t.Errorf("stopped for %v, and the notes are %q; want %q", img.Stopped, notes, want)
	}
	for _, th := range img.Threads {
		if !th.Partial || th.Regs.PC() == 0 || th.Regs.SP() == 0 {
			t.Errorf("of thread %d it is not known where it stands: %+v", th.TID, th)
		}
	}
	if _, err := p.Capture(context.Background(), CaptureOptions{NoStop: true}, readNothing); err != nil {
		t.Errorf("without a stop: %v", err)
	}
}

// The file that a process runs is read, whatever stands in its place.
func TestOpenProcessWhoseExecutableChanged(t *testing.T) {
	built := testtarget.Build(t, "chans", testtarget.Options{})
	for what, change := range map[string]func(exe string) error{
		"was replaced on disk": func(exe string) error {
			other := exe + ".new"
			if err := os.WriteFile(other, []byte("something else"), 0o755); err != nil {
				return err
			}
			return os.Rename(other, exe)
		},
		"was deleted on disk": os.Remove,
	} {
		t.Run(what, func(t *testing.T) {
			exe := filepath.Join(t.TempDir(), "server")
			copyFile(t, built, exe)
			tg := testtarget.Start(t, exe)
			if err := change(exe); err != nil {
				t.Fatal(err)
			}
			img := openProcess(t, tg.PID).Image()
			if img.Exe != exe || len(img.Notes) != 1 || !strings.HasPrefix(img.Notes[0], exe+" "+what) {
				t.Errorf("exe %q, notes %q", img.Exe, img.Notes)
			}
			if _, _, ok := img.Symbol("runtime.allgs"); !ok {
				t.Error("no symbol runtime.allgs")
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
}

// A process that becomes another program between opening and capture is not
// read with the first one's symbols.
func TestCaptureOfAProcessThatCallsExec(t *testing.T) {
	target := startRole(t, "READY", "target")
	p := openProcess(t, target.pid)
	target.say("exec")
	if got := target.line(); got != "READY" {
		t.Fatalf("the target said %q", got)
	}
	_, err := p.Capture(context.Background(), CaptureOptions{}, readNothing)
	requireError(t, err, "became another program")
	target.runs()
}

// To another user each refusal says what is the matter.
func TestOpenProcessOfAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		testtarget.Skip(t, "root", "another user's process is needed", "run the tests as root")
	}
	target := startRole(t, "READY", "target")
	const nobody = 65534
	cmd := exec.Command("/proc/self/exe", "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=open %d", roleEnv, target.pid))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("not permitted to read process %d: it runs as uid 0 and this program as uid %d; run as that user or root\n", target.pid, nobody)
	if string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

// What the kernel refuses is explained by what it would have looked at.
func TestWhyNotPermitted(t *testing.T) {
	same := procStatus{uids: [3]int{1000, 1000, 1000}, gids: [3]int{100, 100, 100}}
	permitted := access{us: same, them: same, dumpable: true, sameUserNS: true}
	for _, c := range []struct {
		change func(a *access)
		want   string
	}{
		{func(a *access) { a.them.uids = [3]int{0, 0, 0} }, "it runs as uid 0 and this program as uid 1000; run as that user or root"},
		{func(a *access) { a.them.uids[2] = 0 }, "it runs as uid 0 and this program as uid 1000"},
		{func(a *access) { a.them.gids[0] = 5 }, "it runs as gid 5 and this program as gid 100"},
		{func(a *access) { a.dumpable = false }, "it is not dumpable"},
		{func(a *access) { a.them.permitted = capSysPtrace }, "it has capabilities that this program lacks; run as root"},
		{func(a *access) { a.yama = 1 }, "kernel.yama.ptrace_scope is 1"},
		{func(a *access) { a.yama, a.descendant = 1, true }, "a security module"},
		{func(a *access) { a.yama = 2 }, "kernel.yama.ptrace_scope is 2"},
		{func(a *access) { a.yama, a.us.effective = 3, capSysPtrace }, "kernel.yama.ptrace_scope is 3"},
		{func(a *access) { a.us.filtered = true }, "a seccomp filter on this program may be why"},
		{func(a *access) { a.us.filtered, a.us.effective = true, capSysPtrace }, "a seccomp filter on this program may be why"},
		{func(a *access) { a.sameUserNS = false }, "it is in a user namespace"},
		{func(a *access) { a.us.effective = capSysPtrace }, "this program has CAP_SYS_PTRACE, so"},
		{func(a *access) {}, "a security module"},
	} {
		a := permitted
		c.change(&a)
		if got := a.why(); !strings.HasPrefix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestParseMapping(t *testing.T) {
	for line, want := range map[string]mapping{
		"00400000-00452000 r-xp 00001000 08:02 173521                             /usr/bin/a b": {start: 0x400000, end: 0x452000, offset: 0x1000, perms: "r-xp", device: "08:02", inode: 173521, path: "/usr/bin/a b"},
		"7f00-7fff rw-s 00000000 00:05 7 /memfd:x (deleted)":                                    {start: 0x7f00, end: 0x7fff, perms: "rw-s", device: "00:05", inode: 7, path: "/memfd:x", deleted: true},
		"c000000000-c000400000 rw-p 00000000 00:00 0 ":                                          {start: 0xc000000000, end: 0xc000400000, perms: "rw-p", device: "00:00"},
		`ff-100 r--p 00000000 00:01 1 /two\012lines`:                                            {start: 0xff, end: 0x100, perms: "r--p", device: "00:01", inode: 1, path: "/two\nlines"},
	} {
		got, err := parseMapping(line)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"", "x", "1-2", "1-2 r-xp 0 0 x", "1-2 r 0 0 0"} {
		if got, err := parseMapping(line); err == nil {
			t.Errorf("%q: %+v", line, got)
		}
	}
}
