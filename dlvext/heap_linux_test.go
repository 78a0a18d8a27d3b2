package dlvext

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// startCat starts a program that the dynamic loader prepared, and that stands
// still until it gets a line.
func startCat(t *testing.T) (pid int) {
	t.Helper()
	cat := exec.Command("cat")
	in, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cat.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cat.Wait()
	})
	// The kernel writes the number of the processor into memory of the thread (rseq).
	var allowed, one unix.CPUSet
	if err := unix.SchedGetaffinity(cat.Process.Pid, &allowed); err != nil {
		t.Fatal(err)
	}
	for cpu := 0; one.Count() == 0; cpu++ {
		if allowed.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	if err := unix.SchedSetaffinity(cat.Process.Pid, &one); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write([]byte("ready\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	// It has written, and changes its memory until it sleeps in the next read.
	for deadline := time.Now().Add(time.Minute); ; runtime.Gosched() {
		if s, err := readStatus(cat.Process.Pid); err == nil && s.state == 'S' {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("cat does not come to rest")
		}
	}
	return cat.Process.Pid
}

// A capture of what is private has, beside all that the process can write to,
// what the loader changed in the libraries and made read-only after.
func TestCapturePrivate(t *testing.T) {
	pid := startCat(t)
	img := captured(t, pid, CaptureOptions{Private: true}, readNothing)
	mappings, err := readMappings(pid)
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(procFile(pid, "mem"))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	relocated, writable := 0, 0
	for _, m := range mappings {
		switch {
		case m.perms == "rw-p":
			writable++
		case m.perms == "r--p" && relocatedByLoader(img, m):
			relocated++
		default:
			continue
		}
		got, want := make([]byte, m.end-m.start), make([]byte, m.end-m.start)
		if _, err := mem.ReadAt(want, int64(m.start)); err != nil {
			t.Fatal(err)
		}
		if err := img.Memory.Read(m.start, got); err != nil {
			t.Errorf("%s %s: %v", m.perms, m.path, err)
		} else if !bytes.Equal(got, want) && m.path != "[stack]" { // where the signal to stop left its traces
			t.Errorf("%s %s is not what the process has", m.perms, m.path)
		}
	}
	if relocated == 0 || writable == 0 {
		t.Errorf("cat has %d mappings that were relocated and %d that can be written to", relocated, writable)
	}
}

// A capture that is cut lacks what the process asked for last: the heap and the
// libraries' data, without which nothing can be made out of that, are there.
func TestCutCaptureHasTheOldest(t *testing.T) {
	pid := startCat(t)
	whole := captured(t, pid, CaptureOptions{Private: true}, readNothing).Memory.(*capturing).stats.bytes
	img := captured(t, pid, CaptureOptions{Private: true, MaxBytes: whole - 1}, readNothing)
	mappings, err := readMappings(pid)
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, m := range mappings {
		if m.perms != "rw-p" || img.Memory.Read(m.start, make([]byte, m.end-m.start)) == nil {
			continue
		}
		if missing++; m.path != "" {
			t.Errorf("%s is missing", m.path)
		}
	}
	if missing != 1 {
		t.Errorf("%d mappings are missing", missing)
	}
}

// beGuarded says where it has three pages that it wrote to, of which the second
// became a guard page then.
func beGuarded([]string) {
	unix.Prctl(unix.PR_SET_PTRACER, ^uintptr(0), 0, 0, 0)
	page := os.Getpagesize()
	b, err := unix.Mmap(-1, 0, 3*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		panic(err)
	}
	for i := range b {
		b[i] = 'x'
	}
	const guardInstall = 102 // MADV_GUARD_INSTALL, of Linux 6.13
	err = unix.Madvise(b[page:2*page], guardInstall)
	fmt.Printf("guard\n%x %t\n", uintptr(unsafe.Pointer(&b[0])), err == nil)
	bufio.NewReader(os.Stdin).ReadString('\n')
}

// A guard page keeps nobody from reading what lies before and after it in one
// mapping: the stacks of threads, as glibc 2.42 makes them.
func TestCaptureBesideAGuardPage(t *testing.T) {
	target := startRole(t, "guard", "guard")
	hex, made, _ := strings.Cut(target.line(), " ")
	at, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	if made != "true" {
		testtarget.Skip(t, "guard-pages", "madvise refuses MADV_GUARD_INSTALL", "use Linux 6.13 or later")
	}
	img := captured(t, target.pid, CaptureOptions{Private: true}, readNothing)
	page := uint64(os.Getpagesize())
	for i, want := range []bool{true, false, true} {
		got := make([]byte, page)
		if err := img.Memory.Read(at+uint64(i)*page, got); (err == nil) != want {
			t.Errorf("page %d of 3, with a guard as the second: %v", i+1, err)
		}
	}
}

func relocatedByLoader(img *Image, m mapping) bool {
	for _, module := range img.Modules {
		for _, s := range module.Segments {
			if s.Type == elf.PT_GNU_RELRO && module.Bias+s.Vaddr < m.end && m.start < module.Bias+s.Vaddr+s.Memsz {
				return true
			}
		}
	}
	return false
}

// A recording holds what was read of the image, however much was copied.
func TestRecordingOfAPrivateCaptureIsSmall(t *testing.T) {
	p := openProcess(t, startCat(t))
	Record(p.Image())
	img, err := p.Capture(context.Background(), CaptureOptions{Private: true, MaxStop: tooLong}, readNothing)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := img.Modules[0].Section(".data")
	if !ok {
		t.Fatal("cat has no .data")
	}
	if err := img.Memory.Read(data.Addr, make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	if got := ReadSet(img); len(got) != 1 || got[0] != (Range{Addr: data.Addr, Len: 8}) {
		t.Errorf("recorded were %v, and 8 bytes at %#x were read", got, data.Addr)
	}
}

// A page of what was copied whole is handed out as it lies there.
func TestPagesOfACaptureAreNotCopied(t *testing.T) {
	p := openProcess(t, startCat(t))
	img, err := p.Capture(context.Background(), CaptureOptions{Private: true, MaxStop: tooLong}, readNothing)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := img.Modules[0].Section(".data")
	if !ok {
		t.Fatal("cat has no .data")
	}
	page := []Range{{Addr: data.Addr &^ 0xfff, Len: 0x1000}}
	first, second := ReadMany(img.Memory, page)[0], ReadMany(img.Memory, page)[0]
	if first == nil || &first[0] != &second[0] {
		t.Error("two reads of a page gave two copies of it")
	}
}

// The process does not wait for what a request does beside reading: it is let
// go, and what the request had read is there once it has ended.
func TestFreezeWaitsForNoRequest(t *testing.T) {
	p := openProcess(t, startCat(t))
	c := newCapturing(p.reader, leastReserve, DefaultMaxBytes, nil)
	data, ok := p.Image().Modules[0].Section(".data")
	if !ok {
		t.Fatal("cat has no .data")
	}
	if !c.begin() {
		t.Fatal("frozen from the start")
	}
	done := make(chan struct{})
	go func() { // a request under way, that has read and not finished
		defer close(done)
		var out [1][]byte
		c.fill([]Range{{Addr: data.Addr, Len: 8}}, out[:], false)
		c.freeze(true)
		c.fill([]Range{{Addr: data.Addr + 64, Len: 8}}, out[:], false)
		c.end()
	}()
	<-done
	if err := c.Read(data.Addr, make([]byte, 8)); err != nil {
		t.Errorf("what was read before: %v", err)
	}
	if err := c.Read(data.Addr+64, make([]byte, 8)); err == nil {
		t.Error("the process was read after it was let go")
	}
}
