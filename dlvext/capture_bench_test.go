//go:build linux

package dlvext

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/internal/testtarget"
)

// BenchmarkCapture captures what a walk of 100,000 goroutines begins with:
// their structures, which lie close together, and the top 256 bytes of each
// stack, which do not.
func BenchmarkCapture(b *testing.B) {
	tg := testtarget.Start(b, testtarget.Build(b, "manyg", testtarget.Options{}), "100000")
	p := openProcess(b, tg.PID)
	reader := newGReader(b, p.Image())
	var stopped float64
	var stats captureStats
	for b.Loop() {
		found := 0
		img, err := p.Capture(context.Background(), CaptureOptions{MaxStop: time.Minute, Reserve: 80 << 20}, func(_ context.Context, img *Image) error {
			found = reader.read(img.Memory)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if found < 100_000 {
			b.Fatalf("%d goroutines were found", found)
		}
		stopped += img.Stopped.Seconds() * 1000
		stats = img.Memory.(*capturing).stats
	}
	b.ReportMetric(stopped/float64(b.N), "stop-ms")
	b.ReportMetric(float64(stats.reads), "reads")
	b.ReportMetric(float64(stats.bytes)/1e6, "MB")
}

func openProcess(t testing.TB, pid int) *Process {
	t.Helper()
	p, err := OpenProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// gReader reads the goroutines of a Go process.
type gReader struct {
	allgs  uint64
	size   int
	sp, hi Field
}

func newGReader(t testing.TB, img *Image) gReader {
	t.Helper()
	g, err := img.Type("runtime.g")
	if err != nil {
		t.Fatal(err)
	}
	sp, err1 := g.Field("sched.sp")
	hi, err2 := g.Field("stack.hi")
	allgs, _, ok := img.Symbol("runtime.allgs")
	if err1 != nil || err2 != nil || !ok {
		t.Fatal(err1, err2, ok)
	}
	return gReader{allgs: allgs, size: int(g.Size), sp: sp, hi: hi}
}

// read returns how many goroutines' stacks it could read.
func (r gReader) read(m Memory) int {
	var slice [16]byte
	if m.Read(r.allgs, slice[:]) != nil {
		return 0
	}
	n := int(binary.LittleEndian.Uint64(slice[8:]))
	list := make([]byte, 8*n)
	if m.Read(binary.LittleEndian.Uint64(slice[:]), list) != nil {
		return 0
	}
	ranges := make([]Range, n)
	for i := range ranges {
		ranges[i] = Range{Addr: binary.LittleEndian.Uint64(list[8*i:]), Len: r.size}
	}
	var stacks []Range
	for _, g := range ReadMany(m, ranges) {
		sp, ok1 := r.sp.Uint(g)
		hi, ok2 := r.hi.Uint(g)
		if ok1 && ok2 && sp != 0 && sp < hi {
			stacks = append(stacks, Range{Addr: sp, Len: int(min(hi-sp, 256))})
		}
	}
	found := 0
	for _, b := range ReadMany(m, stacks) {
		if b != nil {
			found++
		}
	}
	return found
}
