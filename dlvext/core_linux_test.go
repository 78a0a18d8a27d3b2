package dlvext

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/pkg/proc/native"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// openCore opens a core that must open, and closes it when the test ends.
func openCore(t *testing.T, exe, core string, opts CoreOptions) *Image {
	t.Helper()
	img, err := OpenCore(exe, core, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := img.Close(); err != nil {
			t.Errorf("closing the core: %v", err)
		}
	})
	return img
}

// crashed starts the program crash, lets it die of kind, and returns the
// executable and the core that the kernel wrote.
func crashed(t *testing.T, kind string, o testtarget.Options) (exe, core string) {
	t.Helper()
	exe = testtarget.Build(t, "crash", o)
	return exe, testtarget.StartEnv(t, testtarget.CrashEnv, exe, kind).CrashCore(t)
}

// delveDump has Delve attach to a process and write a core of it. That takes
// a process of its own: Delve waits for its target's stops, and so does the
// package that started the target.
func delveDump(t *testing.T, pid int, flags proc.DumpFlags) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "delve.core")
	cmd := exec.Command(os.Args[0], "-test.run=^TestDelveDumps$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("DLVEXT_TEST_DUMP=%d %d %s", pid, flags, path))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("Delve's dump: %v\n%s", err, out)
	}
	return path
}

// TestDelveDumps is the other side of delveDump. It does nothing by itself.
func TestDelveDumps(t *testing.T) {
	var pid int
	var flags proc.DumpFlags
	var path string
	if n, _ := fmt.Sscan(os.Getenv("DLVEXT_TEST_DUMP"), &pid, &flags, &path); n != 3 {
		return
	}
	grp, err := native.Attach(pid, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var state proc.DumpState
	grp.Selected.Dump(f, flags, &state)
	if state.Err != nil || !state.AllDone {
		t.Errorf("not dumped: %v", state.Err)
	}
	if err := grp.Detach(false); err != nil {
		t.Error(err)
	}
}

// readUint64 reads a word that must be readable.
func readUint64(t *testing.T, m Memory, addr uint64) uint64 {
	t.Helper()
	buf := make([]byte, 8)
	if err := m.Read(addr, buf); err != nil {
		t.Fatal(err)
	}
	return binary.LittleEndian.Uint64(buf)
}

// checkGoCore reads what every core of a Go program must have: the runtime's
// data, which only the core holds; its text, which only the executable may
// hold; a stack and registers for each thread.
func checkGoCore(t *testing.T, img *Image) {
	t.Helper()
	exe := img.Modules[0]
	allglen, ok := exe.Symbol("runtime.allglen")
	if !ok {
		t.Fatal("the executable has no symbol runtime.allglen")
	}
	if n := readUint64(t, img.Memory, allglen.Addr); n < 5 || n > 100 {
		t.Errorf("runtime.allglen is %d, and the program has some ten goroutines", n)
	}
	text, ok := exe.Symbol("runtime.gopark")
	if !ok {
		t.Fatal("the executable has no symbol runtime.gopark")
	}
	ran, file := make([]byte, 64), make([]byte, 64)
	if err := img.Memory.Read(text.Addr, ran); err != nil {
		t.Fatal(err)
	}
	if err := exe.ReadFile(text.Addr, file); err != nil {
		t.Fatal(err)
	}
	if string(ran) != string(file) {
		t.Errorf("the text of runtime.gopark is %x in the core, and %x in the executable", ran, file)
	}
	for _, th := range img.Threads {
		if th.TID == 0 || th.Regs.PC() == 0 {
			t.Errorf("thread %d has pc %#x", th.TID, th.Regs.PC())
		}
		readUint64(t, img.Memory, th.Regs.SP())
	}
}

func TestCoreOfGCore(t *testing.T) {
	for _, o := range []testtarget.Options{{NoOpt: true}, {PIE: true, CGO: true, Toolchain: "go1.25.4"}} {
		t.Run(o.Name(), func(t *testing.T) {
			exe := testtarget.Build(t, "mutexes", o)
			target := testtarget.Start(t, exe)
			said := target.Stack(t)
			core := target.GCore(t)
			img := openCore(t, exe, core, CoreOptions{})
			checkGoCore(t, img)
			checkUnwind(t, img, said)
			if o.NoOpt {
				checkEval(t, img)
			}
			if img.PID != target.PID || img.Exe != exe || img.Source != "core" || img.Arch != "amd64" {
				t.Errorf("the image is of pid %d, %s, %s, %s", img.PID, img.Exe, img.Source, img.Arch)
			}
			if img.Signal != nil {
				t.Errorf("a process that went on is said to have died of signal %d", img.Signal.Number)
			}
			if len(img.Notes) != 0 {
				t.Errorf("nothing is wrong with the core, and it has notes: %q", img.Notes)
			}
			if again := openCore(t, "", core, CoreOptions{}); again.Exe != exe {
				t.Errorf("without an executable, the core is said to be of %s", again.Exe)
			}
		})
	}
}

func TestCoreOfKernel(t *testing.T) {
	for _, o := range []testtarget.Options{{}, {PIE: true}} {
		t.Run(o.Name(), func(t *testing.T) {
			exe, core := crashed(t, "string", o)
			img := openCore(t, "", core, CoreOptions{})
			checkGoCore(t, img)
			if img.Exe != exe {
				t.Errorf("the core is said to be of %s", img.Exe)
			}
			// With GOTRACEBACK=crash the runtime ends in SIGABRT.
			if img.Signal == nil || img.Signal.Number != 6 || img.Signal.TID != img.Threads[0].TID {
				t.Errorf("the process died of %+v, and the first thread is %d", img.Signal, img.Threads[0].TID)
			}
		})
	}
}

func TestCoreOfDelve(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags proc.DumpFlags
		o     testtarget.Options
	}{
		{"linux", 0, testtarget.Options{}},
		{"linux-pie", 0, testtarget.Options{PIE: true}},
		{"any-system", proc.DumpPlatformIndependent, testtarget.Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			exe := testtarget.Build(t, "mutexes", c.o)
			target := testtarget.Start(t, exe)
			said := target.Stack(t)
			core := delveDump(t, target.PID, c.flags)
			img := openCore(t, exe, core, CoreOptions{})
			checkGoCore(t, img)
			checkUnwind(t, img, said)
			if img.PID != target.PID || img.Signal != nil || len(img.Notes) != 0 {
				t.Errorf("the image is of pid %d, which died of %v, with notes %q", img.PID, img.Signal, img.Notes)
			}
			if len(img.Threads) < 2 {
				t.Errorf("the core has %d threads", len(img.Threads))
			}

			other := testtarget.Build(t, "chans", c.o)
			if _, err := OpenCore(other, core, CoreOptions{}); err == nil || !strings.Contains(err.Error(), other) {
				t.Errorf("with another program's executable: %v", err)
			}
		})
	}
}
