package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/snapshot"
	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// The benchmarks measure the program as people run it, beside what it is
// compared with, in one run: ratios hold on any machine, times on none.
//
//	go test ./internal/e2e -run '^$' -bench . -benchtime 3x -timeout 30m

// BenchmarkAttach100k attaches to 100,000 parked goroutines until the report
// is printed, and compares with `dlv attach` and `goroutines -t`, and with the
// process's own runtime.Stack(buf, true) and goroutine profile, once each.
func BenchmarkAttach100k(b *testing.B) {
	const n = 100_000
	tg := testtarget.Start(b, testtarget.Build(b, "manyg", testtarget.Options{}), strconv.Itoa(n))
	dlv := buildDelve(b)
	ours, perRun := attachAgain(b, tg)
	theirs := command(b, "goroutines -t\nquit\nn\n", dlv, "attach", strconv.Itoa(tg.PID), "--allow-non-terminal-interactive=true")
	if got := strings.Count(theirs.output, "\n  Goroutine "); got < n {
		b.Fatalf("dlv listed %d goroutines:\n%.500s", got, theirs.output)
	}
	b.ReportMetric(theirs.wall.Seconds()/perRun.Seconds(), "dlv/ours")
	b.ReportMetric(theirs.cpu.Seconds()/ours.cpu.Seconds(), "dlv/ours-cpu")
	b.ReportMetric(theirs.wall.Seconds(), "dlv-s")
	b.ReportMetric(float64(theirs.maxRSS)/1e6, "dlv-MB")
	measureSnapshot(b, tg, n)
	c := costOfTarget(b, tg, n)
	b.ReportMetric(c.reads, "reads/task")
	b.ReportMetric(c.bytes, "bytes/task")
	compareWithOwn(b, tg, perRun)
}

// BenchmarkAttach1M attaches to 1,000,000 parked goroutines until the report
// is printed, and compares with what the process itself needs to list them.
func BenchmarkAttach1M(b *testing.B) {
	const n = 1_000_000
	tg := testtarget.Start(b, testtarget.Build(b, "manyg", testtarget.Options{}), strconv.Itoa(n))
	_, perRun := attachAgain(b, tg)
	measureSnapshot(b, tg, n)
	compareWithOwn(b, tg, perRun)
}

// attachAgain measures a report from attach to its end, and returns how the
// last went, and how long one takes. The first one is measured apart: a virtual
// machine may have to be given memory by its host, which takes longer than all else.
func attachAgain(b *testing.B, tg *testtarget.Target) (last run, perRun time.Duration) {
	b.Helper()
	tool := buildTool(b)
	cold := command(b, "", tool, "attach", strconv.Itoa(tg.PID), "report")
	b.ReportMetric(cold.wall.Seconds(), "cold-s")
	for b.Loop() {
		last = command(b, "", tool, "attach", strconv.Itoa(tg.PID), "report")
	}
	b.ReportMetric(float64(last.maxRSS)/1e6, "MB")
	b.ReportMetric(last.cpu.Seconds(), "cpu-s")
	b.ReportMetric(float64(last.faults), "faults")
	return last, b.Elapsed() / time.Duration(b.N)
}

// compareWithOwn compares with how long the process itself takes to write the
// stacks of its goroutines, and their profile, once each.
func compareWithOwn(b *testing.B, tg *testtarget.Target, perRun time.Duration) {
	b.Helper()
	for _, own := range []struct{ command, name string }{{"time", "stack"}, {"profile", "pprof"}} {
		var took time.Duration
		if _, err := fmt.Sscan(tg.Command(b, own.command), &took); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(perRun.Seconds()/took.Seconds(), "ours/"+own.name)
		b.ReportMetric(took.Seconds(), own.name+"-s")
	}
	if !tg.Alive(b) {
		b.Error("the target is gone")
	}
}

// BenchmarkFirstOutput measures the time until the first byte of the report
// of a small target.
func BenchmarkFirstOutput(b *testing.B) {
	tg := testtarget.Start(b, testtarget.Build(b, "chans", testtarget.Options{}))
	tool := buildTool(b)
	var first time.Duration
	for b.Loop() {
		first += command(b, "", tool, "attach", strconv.Itoa(tg.PID), "report").first
	}
	b.ReportMetric(first.Seconds()*1000/float64(b.N), "first-ms")
}

// measureSnapshot reports how long the target stood still and what a task
// weighs in a snapshot.
func measureSnapshot(b *testing.B, tg *testtarget.Target, n int) {
	b.Helper()
	before := heap()
	s, err := snapshot.Attach(context.Background(), tg.PID, snapshot.Options{})
	if err != nil {
		b.Fatal(err)
	}
	after := heap()
	if len(s.Tasks) < n {
		b.Errorf("%d tasks of %d", len(s.Tasks), n)
	}
	b.ReportMetric(float64(after-before)/float64(len(s.Tasks)), "snapshot-B/task")
	b.ReportMetric(s.Process.Stopped.Seconds()*1000, "stop-ms")
	runtime.KeepAlive(s)
}

// heap returns the bytes that are in use once garbage is gone.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers of the first freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// run is how a command went.
type run struct {
	output      string
	first, wall time.Duration // until the first byte of its output; until its end
	cpu         time.Duration // of all processors
	maxRSS      int64         // bytes
	faults      int64         // of pages that were made
}

// command runs a program with the given standard input.
func command(b *testing.B, stdin, exe string, args ...string) run {
	b.Helper()
	cmd := exec.Command(exe, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	var r run
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	head := make([]byte, 1)
	_, _ = io.ReadFull(stdout, head)
	r.first = time.Since(begin)
	rest, _ := io.ReadAll(stdout)
	err = cmd.Wait()
	r.wall = time.Since(begin)
	r.output = string(head) + string(rest)
	if err != nil {
		b.Fatalf("%s %v: %v\n%s%.500s", exe, args, err, stderr.String(), r.output)
	}
	r.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	r.maxRSS, r.faults = usage.Maxrss*1024, usage.Minflt
	return r
}

// buildTool builds dlv-async as it is released.
func buildTool(b *testing.B) string {
	b.Helper()
	exe := filepath.Join(b.TempDir(), "dlv-async")
	cmd := exec.Command("go", "build", "-o", exe, "./cmd/dlv-async")
	cmd.Dir = testtarget.Root(b)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("building dlv-async: %v\n%s", err, out)
	}
	return exe
}

// buildDelve builds dlv in the version that go.mod names.
func buildDelve(b *testing.B) string {
	b.Helper()
	const module = "github.com/go-delve/delve"
	list := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module)
	list.Dir = testtarget.Root(b)
	version, err := list.Output()
	if err != nil {
		b.Fatalf("which Delve: %v", err)
	}
	dir := b.TempDir()
	install := exec.Command("go", "install", module+"/cmd/dlv@"+strings.TrimSpace(string(version)))
	install.Env = append(os.Environ(), "GOBIN="+dir)
	if out, err := install.CombinedOutput(); err != nil {
		b.Fatalf("building dlv: %v\n%s", err, out)
	}
	return filepath.Join(dir, "dlv")
}
