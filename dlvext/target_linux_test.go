package dlvext

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-delve/delve/pkg/dwarf/op"
	"github.com/go-delve/delve/pkg/proc"
	"github.com/go-delve/delve/pkg/proc/native"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// checkUnwind has Delve unwind the goroutines of an image, and compares with
// what the program itself said of them just before.
func checkUnwind(t *testing.T, img *Image, said string) {
	t.Helper()
	oracle, err := testtarget.ParseStack(said)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, g := range oracle {
		if !slices.ContainsFunc(g.Frames, func(c testtarget.Call) bool { return strings.HasPrefix(c.Func, "main.") }) {
			continue // the one that answered has moved on
		}
		frames, err := img.Unwind(int64(g.ID), 100)
		if err != nil {
			t.Errorf("goroutine %d: %v", g.ID, err)
			continue
		}
		compared++
		var want []string
		for _, f := range g.Frames {
			want = appendCall(want, f.Func, f.File, f.Line)
		}
		var got []string
		for _, f := range frames {
			got = appendCall(got, f.Func, f.File, f.Line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("goroutine %d stands in\n  %s\nand its runtime says\n  %s", g.ID, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
	if compared < 7 {
		t.Errorf("only %d goroutines were compared", compared)
	}
}

// appendCall adds a call, unless it is in the runtime or in a wrapper that
// the compiler made, which the runtime does not print.
func appendCall(calls []string, function, file string, line int) []string {
	if strings.HasPrefix(function, "runtime.") || strings.Contains(function, ".gowrap") {
		return calls
	}
	return append(calls, fmt.Sprintf("%s %s:%d", function, file, line))
}

// checkEval evaluates expressions in an image of the program mutexes, built
// without optimisation.
func checkEval(t *testing.T, img *Image) {
	t.Helper()
	v, err := img.Eval("runtime.allglen", 0, 0, DefaultBounds)
	if err != nil || v.Type != "uintptr" || v.Value == "0" {
		t.Errorf("runtime.allglen is %+v, %v", v, err)
	}
	index, err := img.goroutineIndex()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for goid := range index {
		frames, _ := img.Unwind(goid, 100)
		for i, f := range frames {
			if f.Func != "main.lockField" {
				continue
			}
			found = true
			v, err := img.Eval("a.name", goid, i, DefaultBounds)
			if err != nil || v.Kind != reflect.String || v.Value == "" {
				t.Errorf("the account's name is %+v, %v", v, err)
			}
			vars, err := img.Locals(goid, i, DefaultBounds)
			if err != nil || len(vars) != 1 || vars[0].Name != "a" || vars[0].Type != "*main.account" {
				t.Errorf("the locals of main.lockField are %+v, %v", vars, err)
			}
			if _, err := img.Eval("main.lock()", goid, i, DefaultBounds); err == nil {
				t.Error("a function was called")
			}
			if _, err := img.Eval("a.balance = 7", goid, i, DefaultBounds); err == nil {
				t.Error("a field was set")
			}
		}
	}
	if !found {
		t.Error("no goroutine stands in main.lockField")
	}
	if _, err := img.Eval("no.such", 0, 0, DefaultBounds); err == nil {
		t.Error("a variable that does not exist has a value")
	}
	if _, err := img.Unwind(1<<40, 10); err == nil {
		t.Error("a goroutine that does not exist has a stack")
	}
}

// TestPanicValue reads what a program panicked with from the interface in
// the runtime's record of the panic.
func TestPanicValue(t *testing.T) {
	exe, core := crashed(t, "string", testtarget.Options{})
	img := openCore(t, exe, core, CoreOptions{})
	frames, err := img.UnwindThread(img.Threads[0].TID, 100)
	if err != nil || !slices.ContainsFunc(frames, func(f Frame) bool { return f.Func == "main.outOfCheese" }) {
		t.Errorf("the crashing thread does not stand in main.outOfCheese: %+v, %v", frames, err)
	}
	index, err := img.goroutineIndex()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, i := range index {
		arg, err := img.Eval(fmt.Sprintf("runtime.allgs[%d]._panic.arg", i), 0, 0, DefaultBounds)
		if err != nil {
			continue // not panicking
		}
		found = true
		v, err := img.FormatInterface(arg.Addr, DefaultBounds)
		if err != nil || len(v.Children) != 1 || v.Children[0].Type != "string" || v.Children[0].Value != "out of cheese" {
			t.Errorf("the panic's value is %+v, %v", v, err)
		}
		if v, err = img.FormatInterface(arg.Addr, Bounds{String: 3}); err != nil || v.Children[0].Value != "out" || v.Children[0].Len != 13 {
			t.Errorf("three bytes of the panic's value are %+v, %v", v, err)
		}
	}
	if !found {
		t.Error("no goroutine panics")
	}
	for _, addr := range []uint64{0, 8, ^uint64(0) - 7, img.Threads[0].Regs.PC()} {
		if v, err := img.FormatInterface(addr, DefaultBounds); err == nil && len(v.Children) > 0 && v.Children[0].Value != "" {
			t.Errorf("at %#x there is an interface: %+v", addr, v)
		}
	}
}

// TestTargetRefusesWrites tries all that a debugger does to a process.
func TestTargetRefusesWrites(t *testing.T) {
	exe, core := crashed(t, "string", testtarget.Options{})
	img := openCore(t, exe, core, CoreOptions{})
	target, err := img.Target()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Memory().WriteMemory(img.Threads[0].Regs.SP(), []byte{1}); err == nil {
		t.Error("memory was written")
	}
	if _, err := target.SetBreakpoint(0, img.Threads[0].Regs.PC(), proc.UserBreakpoint, nil); err == nil {
		t.Error("a breakpoint was set")
	}
	if len(target.Breakpoints().M) != 0 {
		t.Errorf("there are breakpoints: %v", target.Breakpoints().M)
	}
	th := target.CurrentThread()
	if err := th.SetReg(0, op.DwarfRegisterFromUint64(1)); err == nil {
		t.Error("a register was set")
	}
	before, _ := th.Registers()
	if err := th.RestoreRegisters(before); err == nil {
		t.Error("registers were restored")
	}
	if err := target.SetNextExecutionPoint(before.PC()); err == nil {
		t.Error("the program counter was set")
	}
}

// TestTargetSaysNothing has Delve meet what it warns of, an executable
// without debug information, while this program's standard error is watched.
func TestTargetSaysNothing(t *testing.T) {
	exe := testtarget.Build(t, "crash", testtarget.Options{Flags: []string{"-ldflags=-s -w"}})
	core := testtarget.StartEnv(t, testtarget.CrashEnv, exe, "string").CrashCore(t)
	img := openCore(t, exe, core, CoreOptions{})

	watched, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer watched.Close()
	defer func(f *os.File) { os.Stderr = f }(os.Stderr)
	os.Stderr = watched
	if _, err := img.Target(); err == nil || !strings.Contains(err.Error(), "debug information") {
		t.Errorf("Delve without debug information: %v", err)
	}
	if said := readFile(t, watched.Name()); len(said) != 0 {
		t.Errorf("standard error: %q", said)
	}
}

// TestTargetOnDamagedMemory flips bits in what Delve reads. It may fail; it
// must not panic, nor go on for ever.
func TestTargetOnDamagedMemory(t *testing.T) {
	exe, core := crashed(t, "string", testtarget.Options{})
	whole := openCore(t, exe, core, CoreOptions{})
	index, err := whole.goroutineIndex()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 4 {
		img := whole.copied()
		img.Memory = damaged{whole.Memory, random.Uint64()}
		for goid, i := range index {
			_, _ = img.Unwind(goid, 100)
			_, _ = img.Locals(goid, 1, DefaultBounds)
			_, _ = img.Eval(fmt.Sprintf("*runtime.allgs[%d]", i), 0, 0, DefaultBounds)
		}
		if err := img.Close(); err != nil {
			t.Error(err)
		}
	}
}

// damaged is memory of which about every fortieth word has a bit flipped.
type damaged struct {
	Memory
	seed uint64
}

func (d damaged) Read(addr uint64, buf []byte) error {
	if err := d.Memory.Read(addr, buf); err != nil {
		return err
	}
	for i := range buf {
		at := addr + uint64(i)
		if h := (at/8 ^ d.seed) * 0x9e3779b97f4a7c15 >> 32; h%40 == 0 && at%8 == h>>8%8 {
			buf[i] ^= 1 << (h >> 16 % 8)
		}
	}
	return nil
}

// TestFromTarget runs in a process of its own, for the reason that delveDump
// gives.
func TestFromTarget(t *testing.T) {
	exe := testtarget.Build(t, "crash", testtarget.Options{PIE: true})
	cmd := exec.Command(os.Args[0], "-test.run=^TestDelveSession$")
	cmd.Env = append(os.Environ(), "DLVEXT_TEST_SESSION="+exe)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestDelveSession is the other side of TestFromTarget: Delve debugs a
// program until it panics. By itself it does nothing.
func TestDelveSession(t *testing.T) {
	exe := os.Getenv("DLVEXT_TEST_SESSION")
	if exe == "" {
		return
	}
	stdin := writeFile(t, "stdin", []byte("crash\n"))
	grp, err := native.Launch([]string{exe, "string"}, t.TempDir(), 0, nil, "", stdin, proc.OutputRedirect{}, proc.OutputRedirect{})
	if err != nil {
		t.Fatal(err)
	}
	defer grp.Detach(true)
	if err := grp.Continue(); err != nil || grp.Selected.StopReason != proc.StopBreakpoint {
		t.Fatalf("the program did not panic: %v, %v", grp.Selected.StopReason, err)
	}
	img := FromTarget(grp.Selected)
	defer img.Close()
	checkGoCore(t, img)

	if img.Source != "delve" || img.PID != grp.Selected.Pid() || img.Exe != exe || img.Arch != "amd64" {
		t.Errorf("the image is of %s, pid %d, %s, %s", img.Source, img.PID, img.Exe, img.Arch)
	}
	th := grp.Selected.CurrentThread()
	regs, err := th.Registers()
	if err != nil {
		t.Fatal(err)
	}
	first := img.Threads[0]
	if first.TID != th.ThreadID() || first.Regs.PC() != regs.PC() || first.Regs.SP() != regs.SP() || first.Regs.FP() != regs.BP() || first.Regs.TLS() != regs.TLS() {
		t.Errorf("the first thread is %+v, and Delve's current one is %d at %#x", first, th.ThreadID(), regs.PC())
	}
	if len(img.Threads) != len(grp.Selected.ThreadList()) {
		t.Errorf("%d threads, and Delve has %d", len(img.Threads), len(grp.Selected.ThreadList()))
	}
	for _, i := range grp.Selected.BinInfo().Images {
		if !slices.ContainsFunc(img.Modules, func(m *Module) bool { return m.Bias == i.StaticBase && m.Err == nil }) {
			t.Errorf("no module is Delve's image %s at %#x", i.Path, i.StaticBase)
		}
	}

	g := grp.Selected.SelectedGoroutine()
	frames, err := img.Unwind(g.ID, 100)
	if err != nil || !slices.ContainsFunc(frames, func(f Frame) bool { return f.Func == "main.outOfCheese" }) {
		t.Errorf("goroutine %d does not stand in main.outOfCheese: %+v, %v", g.ID, frames, err)
	}
	v, err := img.Eval("runtime.curg._panic.arg", g.ID, 0, DefaultBounds)
	if err != nil || len(v.Children) != 1 || v.Children[0].Value != "out of cheese" {
		t.Errorf("the panic's value is %+v, %v", v, err)
	}
	if err := img.Memory.Read(8, make([]byte, 8)); err == nil {
		t.Error("address 8 was read")
	}
}

// TestUnwindCapture has Delve unwind the goroutines of a process that is long
// on its way again, and whose executable is no more where it was.
func TestUnwindCapture(t *testing.T) {
	exe := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(exe, readFile(t, testtarget.Build(t, "mutexes", testtarget.Options{})), 0o755); err != nil {
		t.Fatal(err)
	}
	target := testtarget.Start(t, exe)
	said := target.Stack(t)
	p := openProcess(t, target.PID)
	rename(t, exe, exe+".old")
	img, err := p.Capture(t.Context(), CaptureOptions{Heap: true}, func(context.Context, *Image) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	if !target.Alive(t) {
		t.Error("the target does not run")
	}
	checkUnwind(t, img, said)
}
