package dlvext

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// captured captures a process with the options and what collect reads.
func captured(t testing.TB, pid int, o CaptureOptions, collect func(context.Context, *Image) error) *Image {
	t.Helper()
	if o.MaxStop == 0 {
		o.MaxStop = time.Minute // tests run on busy machines
	}
	img, err := openProcess(t, pid).Capture(context.Background(), o, collect)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func readNothing(context.Context, *Image) error { return nil }

// After a capture what was read is there, in pieces too; what was not is said
// to be missing; and the target has gone on.
func TestCaptureKeepsWhatWasRead(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	p := openProcess(t, tg.PID)
	data, ok := p.Image().Modules[0].Section(".data")
	if !ok || data.Size < 4096 {
		t.Fatalf("no .data: %+v", data)
	}
	ranges := []Range{
		{data.Addr + 3000, 100}, {data.Addr, 64}, {data.Addr + 64, 64}, {data.Addr + 200, 64}, // two joined, two not
		{0x10, 8}, {data.Addr + 500, 0}, {data.Addr, -1},
	}
	var under [][]byte
	var single [24]byte
	img, err := p.Capture(context.Background(), CaptureOptions{MaxStop: time.Minute}, func(_ context.Context, img *Image) error {
		under = img.Memory.(Bulk).ReadMany(ranges)
		return img.Memory.Read(data.Addr+1000, single[:])
	})
	if err != nil {
		t.Fatal(err)
	}
	if img.Stopped <= 0 || img.CapturedAt.IsZero() || img.Monotonic <= 0 || img.Source != "attach" || img.PID != tg.PID || img.Exe != tg.Exe || img.Arch != runtime.GOARCH {
		t.Errorf("%+v", img)
	}
	if len(img.Notes) != 0 {
		t.Errorf("notes: %q", img.Notes)
	}

	after := img.Memory.(Bulk).ReadMany(ranges)
	for i, r := range ranges {
		if readable := i < 4 || r.Len == 0; (under[i] != nil) != readable || (after[i] != nil) != readable {
			t.Errorf("%+v: read under the stop: %t, after it: %t", r, under[i] != nil, after[i] != nil)
		}
		if len(under[i]) != max(r.Len, 0) && under[i] != nil || !bytes.Equal(under[i], after[i]) {
			t.Errorf("%+v: %x under the stop, %x after it", r, under[i], after[i])
		}
	}
	var again [24]byte
	if err := img.Memory.Read(data.Addr+1000, again[:]); err != nil || again != single {
		t.Errorf("%x, %v; it was %x", again, err, single)
	}
	part := make([]byte, 40) // of the end of one range and the start of the next
	if err := img.Memory.Read(data.Addr+44, part); err != nil || !bytes.Equal(part[:20], under[1][44:]) || !bytes.Equal(part[20:], under[2][:20]) {
		t.Errorf("%x %v", part, err)
	}
	var fault *Fault
	if err := img.Memory.Read(data.Addr+2000, part); !errors.As(err, &fault) || fault.Why != "not captured" {
		t.Errorf("what was not captured reads as %v", err)
	}
	if !tg.Alive(t) {
		t.Error("the target does not answer")
	}
}

// What a module's file has of the memory that nobody writes to can be read
// without having been captured, wherever the module was loaded.
func TestCaptureServesCodeFromFiles(t *testing.T) {
	for _, o := range []testtarget.Options{{}, {PIE: true}, {CGO: true, PIE: true}} {
		t.Run(o.Name(), func(t *testing.T) {
			tg := testtarget.Start(t, testtarget.Build(t, "busy", o))
			var code [][]byte
			var at []uint64
			img := captured(t, tg.PID, CaptureOptions{}, func(_ context.Context, img *Image) error {
				for _, m := range img.Modules {
					for _, s := range m.Segments {
						if s.Type != elf.PT_LOAD || s.Flags&elf.PF_X == 0 {
							continue
						}
						b := make([]byte, 256)
						if err := openProcessMemory(t, tg.PID).Read(s.Vaddr+m.Bias, b); err != nil {
							return err
						}
						code, at = append(code, b), append(at, s.Vaddr+m.Bias)
					}
				}
				return nil
			})
			if o.CGO && !slices.ContainsFunc(img.Modules, func(m *Module) bool { return strings.Contains(m.Path, "libc.so") }) {
				t.Error("no libc among the modules")
			}
			if len(code) < len(img.Modules) || len(code) == 0 {
				t.Errorf("%d pieces of code in %d modules", len(code), len(img.Modules))
			}
			for i, want := range code {
				got := make([]byte, len(want))
				if err := img.Memory.Read(at[i], got); err != nil || !bytes.Equal(got, want) {
					t.Errorf("the code at %#x differs from the running process's: %v", at[i], err)
				}
			}
			if _, _, ok := img.Symbol("runtime.allgs"); !ok {
				t.Error("no symbol runtime.allgs")
			}
		})
	}
}

// openProcessMemory reads a process by another way than captures do.
func openProcessMemory(t testing.TB, pid int) Memory {
	t.Helper()
	f, err := os.Open(procFile(pid, "mem"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &vmReader{tid: pid, mem: f}
}

// Every thread is there, with the registers it stopped with.
func TestCaptureThreads(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "busy", testtarget.Options{CGO: true}))
	var during []int
	img := captured(t, tg.PID, CaptureOptions{}, func(context.Context, *Image) (err error) {
		during, err = threadIDs(tg.PID)
		return err
	})
	var got []int
	for _, th := range img.Threads {
		got = append(got, th.TID)
		if th.Partial || img.ModuleAt(th.Regs.PC()) == nil && th.Regs.PC() == 0 || th.Regs.SP() == 0 {
			t.Errorf("thread %d: pc %#x, sp %#x", th.TID, th.Regs.PC(), th.Regs.SP())
		}
	}
	slices.Sort(got)
	slices.Sort(during)
	if !slices.Equal(got, during) || len(got) < 3 {
		t.Errorf("threads %v, and there were %v", got, during)
	}
}

func TestCaptureWithoutStop(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "busy", testtarget.Options{CGO: true}))
	img := captured(t, tg.PID, CaptureOptions{NoStop: true}, func(_ context.Context, img *Image) error {
		if !tg.Alive(t) {
			t.Error("the target does not answer in the meantime")
		}
		addr, _, _ := img.Symbol("runtime.allgs")
		return img.Memory.Read(addr, make([]byte, 24))
	})
	if img.Stopped != 0 || len(img.Notes) != 1 || !strings.HasPrefix(img.Notes[0], "torn: ") {
		t.Errorf("stopped for %v, notes %q", img.Stopped, img.Notes)
	}
	known := 0
	for _, th := range img.Threads {
		if th.Regs != nil {
			known++
			if !th.Partial || th.Regs.PC() == 0 || th.Regs.SP() == 0 {
				t.Errorf("%+v", th)
			}
		}
	}
	if known == 0 {
		t.Errorf("no thread of %d has a program counter", len(img.Threads))
	}
}

// With the heap captured, whatever the process can write to is there.
func TestCaptureHeap(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	var mappings []mapping
	img := captured(t, tg.PID, CaptureOptions{Heap: true}, func(context.Context, *Image) (err error) {
		mappings, err = readMappings(tg.PID)
		return err
	})
	read := 0
	for _, m := range mappings {
		if m.perms[1] != 'w' {
			continue
		}
		for at := m.start; at < m.end; at += 1 << 20 {
			b := make([]byte, min(m.end-at, 1<<20))
			if err := img.Memory.Read(at, b); err != nil {
				t.Errorf("%s %s: %v", m.perms, m.path, err)
				break
			}
			read += len(b)
		}
	}
	if read < 1<<20 {
		t.Errorf("%d bytes of writable memory", read)
	}
	// A word that the runtime set at the start and never changes.
	addr, _, _ := img.Symbol("runtime.physPageSize")
	var b [8]byte
	if err := img.Memory.Read(addr, b[:]); err != nil || int(b[1])<<8 != os.Getpagesize() {
		t.Errorf("runtime.physPageSize reads as %v, %v", b, err)
	}
}

// When the time is over, what was read is kept, what was not is not, and the
// image says so.
func TestCaptureIsCutAtMaxStop(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	var data Section
	img := captured(t, tg.PID, CaptureOptions{MaxStop: 300 * time.Millisecond}, func(ctx context.Context, img *Image) error {
		data, _ = img.Modules[0].Section(".data")
		if err := img.Memory.Read(data.Addr, make([]byte, 8)); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if err := img.Memory.Read(data.Addr, make([]byte, 8)); err != nil {
		t.Error(err)
	}
	var fault *Fault
	if err := img.Memory.Read(data.Addr+2000, make([]byte, 8)); !errors.As(err, &fault) || !strings.Contains(fault.Why, "cut") {
		t.Errorf("what was not captured reads as %v", err)
	}
	if len(img.Notes) != 1 || !strings.HasPrefix(img.Notes[0], "cut: ") {
		t.Errorf("notes: %q", img.Notes)
	}
	if !tg.Alive(t) {
		t.Error("the target does not answer")
	}
}

// The bytes of a capture are bounded whatever the target asks to be read.
func TestCaptureIsCutAtMaxBytes(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	img := captured(t, tg.PID, CaptureOptions{MaxBytes: 10_000}, func(_ context.Context, img *Image) error {
		data, _ := img.Modules[0].Section(".data")
		got := img.Memory.(Bulk).ReadMany([]Range{{data.Addr, 4000}, {data.Addr, 4000}, {data.Addr, 4000}})
		if got[0] == nil || got[1] == nil || got[2] != nil {
			t.Errorf("read: %t %t %t", got[0] != nil, got[1] != nil, got[2] != nil)
		}
		return nil
	})
	if len(img.Notes) != 1 || !strings.HasPrefix(img.Notes[0], "cut: ") {
		t.Errorf("notes: %q", img.Notes)
	}
}

func TestCaptureFailsAsCollectDoes(t *testing.T) {
	tg := testtarget.Start(t, testtarget.Build(t, "chans", testtarget.Options{}))
	p := openProcess(t, tg.PID)
	o := CaptureOptions{MaxStop: time.Minute}
	want := errors.New("no goroutines")
	if _, err := p.Capture(context.Background(), o, func(context.Context, *Image) error { return want }); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := p.Capture(ctx, o, func(ctx context.Context, _ *Image) error { cancel(); <-ctx.Done(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !tg.Alive(t) {
		t.Error("the target does not answer")
	}
}

// A process that ends while it is read is one line, not a half capture.
func TestCaptureOfAProcessThatEnds(t *testing.T) {
	target := startRole(t, "READY", "target")
	p := openProcess(t, target.pid)
	code := p.Image().Modules[0].Start
	_, err := p.Capture(context.Background(), CaptureOptions{MaxStop: time.Minute}, func(_ context.Context, img *Image) error {
		unix.Kill(target.pid, unix.SIGKILL)
		for {
			if err := img.Memory.Read(code, make([]byte, 8)); err != nil {
				return err
			}
		}
	})
	if want := endedError(target.pid); err == nil || err.Error() != want.Error() {
		t.Errorf("got %v, want %v", err, want)
	}
	target.ended()
	if _, err := p.Capture(context.Background(), CaptureOptions{}, readNothing); err == nil {
		t.Error("a process that has ended was captured")
	}
}

// A process that job control has stopped is so after the capture.
func TestStoppedProcessStaysStopped(t *testing.T) {
	target := startRole(t, "READY", "target")
	send(unix.SIGSTOP)(t, target)
	if _, err := unix.Wait4(target.pid, nil, unix.WUNTRACED, nil); err != nil {
		t.Fatal(err)
	}
	captured(t, target.pid, CaptureOptions{}, readNothing)
	// A thread that is let go takes a moment to see that it should be stopped.
	for began := time.Now(); threadState(target.pid, target.pid) != 'T'; runtime.Gosched() {
		if time.Since(began) > time.Minute {
			t.Fatalf("it is in state %c", threadState(target.pid, target.pid))
		}
	}
	send(unix.SIGCONT)(t, target)
	target.runs()
}

// A process goes on when its first thread ends, and can be read.
func TestCaptureWithoutTheFirstThread(t *testing.T) {
	target := startRole(t, "READY", "orphan")
	for began := time.Now(); threadState(target.pid, target.pid) != 'Z'; runtime.Gosched() {
		if time.Since(began) > time.Minute {
			t.Fatalf("its first thread is in state %c", threadState(target.pid, target.pid))
		}
	}
	code := openProcess(t, target.pid).Image().Modules[0].Start
	img := captured(t, target.pid, CaptureOptions{Heap: true}, func(_ context.Context, img *Image) error {
		return img.Memory.Read(code, make([]byte, 64))
	})
	if len(img.Threads) == 0 {
		t.Error("it has no threads")
	}
	for _, th := range img.Threads {
		if th.TID == target.pid || th.Regs.PC() == 0 {
			t.Errorf("%+v", th)
		}
	}
	target.runs()
}
