package dlvext

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// The debug file of a process in a container is looked for where the process
// sees files: in its /usr/lib/debug, and beside its executable.
func TestDebugFileInAContainer(t *testing.T) {
	if os.Getuid() != 0 {
		testtarget.Skip(t, "root", "a process with another root directory is needed", "run the tests as root")
	}
	if _, err := exec.LookPath("objcopy"); err != nil {
		testtarget.Skip(t, "objcopy", "it is not on PATH", "install binutils")
	}
	built := testtarget.Build(t, "chans", testtarget.Options{})
	id := openModule(t, built).BuildID
	for name, debug := range map[string]string{
		"by build id": filepath.Join("/usr/lib/debug/.build-id", id[:2], id[2:]+".debug"),
		"by link":     "/bin/chans.debug",
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			debug = filepath.Join(root, debug)
			for _, dir := range []string{filepath.Join(root, "bin"), filepath.Dir(debug)} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			run(t, "objcopy", "--only-keep-debug", built, debug)
			run(t, "objcopy", "--strip-all", "--add-gnu-debuglink="+debug, built, filepath.Join(root, "bin", "chans"))
			p, err := OpenProcess(startIn(t, root, "/bin/chans"))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if _, err := p.Image().Type("runtime.g"); err != nil {
				t.Error(err)
			}
		})
	}
}

// startIn starts a program that sees the directory as its root, and waits
// until it says that it is ready.
func startIn(t *testing.T, root, exe string) (pid int) {
	t.Helper()
	cmd := exec.Command(exe)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	stdin, err := cmd.StdinPipe() // with which it ends
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
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "READY\n" {
		t.Fatalf("it said %q: %v", line, err)
	}
	return cmd.Process.Pid
}

// That of a core is looked for in the copy of the machine's root directory.
func TestDebugFileBelowSysroot(t *testing.T) {
	if _, err := exec.LookPath("objcopy"); err != nil {
		testtarget.Skip(t, "objcopy", "it is not on PATH", "install binutils")
	}
	t.Parallel()
	built := testtarget.Build(t, "chans", testtarget.Options{})
	id := openModule(t, built).BuildID
	core := testtarget.Start(t, built).GCore(t)
	root := t.TempDir()
	exe, debug := filepath.Join(root, built), filepath.Join(root, "/usr/lib/debug/.build-id", id[:2], id[2:]+".debug")
	for _, file := range []string{exe, debug} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "objcopy", "--strip-all", built, exe)
	if _, err := openCore(t, exe, core, CoreOptions{}).Type("runtime.g"); err == nil {
		t.Fatal("the stripped executable has debug information: the test shows nothing")
	}
	run(t, "objcopy", "--only-keep-debug", built, debug)
	if _, err := openCore(t, "", core, CoreOptions{Sysroot: root}).Type("runtime.g"); err != nil {
		t.Error(err)
	}
}
