package e2e

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// BenchmarkAttachAsyncio attaches to 10,000 asyncio tasks until the report is
// printed, and compares with CPython's own tool, which runs as often.
func BenchmarkAttachAsyncio(b *testing.B) {
	const n = 10_000
	for _, depth := range []int{1, 3} {
		b.Run(fmt.Sprintf("depth%d", depth), func(b *testing.B) {
			p := python(b, "3.14")
			tg := testtarget.StartPython(b, p, "manytasks.py", strconv.Itoa(n), strconv.Itoa(depth))
			tool, pid := buildTool(b), strconv.Itoa(tg.PID)

			var ours, theirs run
			var peer time.Duration
			for b.Loop() { // in turns: what else the machine does meets both
				ours = command(b, "", tool, "attach", pid, "report")
				b.StopTimer()
				theirs = command(b, "", p.Exe(b), "-m", "asyncio", "pstree", pid)
				peer += theirs.wall
				b.StartTimer()
			}
			perRun := b.Elapsed() / time.Duration(b.N)
			if got := strings.Count(theirs.output, "(T) worker-"); got != n {
				b.Fatalf("CPython's tool listed %d tasks:\n%.500s", got, theirs.output)
			}
			b.ReportMetric(peer.Seconds()/float64(b.N)/perRun.Seconds(), "pstree/ours")
			b.ReportMetric(peer.Seconds()/float64(b.N), "pstree-s")
			b.ReportMetric(float64(ours.maxRSS)/1e6, "MB")
			b.ReportMetric(float64(theirs.maxRSS)/1e6, "pstree-MB")
			b.ReportMetric(float64(ours.faults), "faults")
			measureSnapshot(b, tg, n)
			measureReads(b, tg, n)
			if !tg.Alive(b) {
				b.Error("the target is gone")
			}
		})
	}
}

// BenchmarkAttachManyAsyncio attaches to more asyncio tasks than CPython's own
// tool goes through: it gives up at 65,536.
func BenchmarkAttachManyAsyncio(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := python(b, "3.14")
			tg := testtarget.StartPython(b, p, "manytasks.py", strconv.Itoa(n), "1", "sleep")
			tool, pid := buildTool(b), strconv.Itoa(tg.PID)
			var ours run
			for b.Loop() {
				ours = command(b, "", tool, "attach", pid, "report")
			}
			b.ReportMetric(float64(ours.maxRSS)/1e6, "MB")
			measureSnapshot(b, tg, n)
		})
	}
}

// python returns the CPython of a minor version.
func python(t testing.TB, minor string) testtarget.Python {
	t.Helper()
	all := testtarget.Pythons(t)
	i := slices.IndexFunc(all, func(p testtarget.Python) bool { return p.Minor == minor })
	if i < 0 {
		t.Fatalf("no CPython %s to test with", minor)
	}
	return all[i]
}

// measureReads reports what a walk asks for, for each task: of a recording,
// of which nothing is read in advance.
func measureReads(b *testing.B, tg *testtarget.Target, n int) {
	b.Helper()
	r := recordTarget(b, tg)
	bytes := 0
	for _, x := range r.read {
		bytes += x.Len
	}
	b.ReportMetric(float64(len(r.read))/float64(n), "reads/task")
	b.ReportMetric(float64(bytes)/float64(n), "read-B/task")
	runtime.KeepAlive(r)
}
