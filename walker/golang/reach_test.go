package golang

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/graph"
)

// wholeHeap looks at a running target with its heap.
func wholeHeap(t testing.TB, pid int) *walk {
	t.Helper()
	p, err := dlvext.OpenProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	i, err := Runtime{}.Detect(p.Image(), walker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	img, err := p.Capture(t.Context(), dlvext.CaptureOptions{Heap: true, MaxStop: time.Minute}, i.Collect)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = img.Close() })
	in := i.(*instance)
	read := in.collection
	if err := in.Walk(t.Context(), img, graph.NewBuilder("")); err != nil {
		t.Fatal(err)
	}
	in.collection = read
	return in.newWalk(graph.NewBuilder(""))
}

// What is reached from all roots is what the runtime's own collector keeps.
func TestReachedIsWhatTheCollectorKeeps(t *testing.T) {
	t.Parallel()
	for _, version := range versions() {
		t.Run(version, func(t *testing.T) {
			tg := testtarget.Start(t, testtarget.Build(t, "heap", testtarget.Options{Toolchain: version}))
			var objects, bytes uint64
			if _, err := fmt.Sscan(tg.Stderr(), &objects, &bytes); err != nil {
				t.Fatal(err)
			}
			w := wholeHeap(t, tg.PID)
			h, err := w.openHeap()
			if err != nil {
				t.Fatal(err)
			}
			r := w.newReach(context.Background(), h)
			for g := range r.suspects {
				r.wake([]*goroutine{g}, "")
			}
			r.run()
			gotObjects, gotBytes := r.marks.Count()
			t.Logf("%s: the runtime counts %d objects, %d bytes; reached are %d, %d; %d bytes of spans", version, objects, bytes, gotObjects, gotBytes, h.Size())
			for _, d := range r.doubts {
				t.Error(d)
			}
			if near := func(a, b uint64) bool { return max(a, b)-min(a, b) <= b/100+500 }; !near(gotObjects, objects) {
				t.Errorf("%d objects are reached, and the runtime counts %d", gotObjects, objects)
			}
			if d := max(gotBytes, bytes) - min(gotBytes, bytes); d > bytes/50+1<<16 {
				t.Errorf("%d bytes are reached, and the runtime counts %d", gotBytes, bytes)
			}
		})
	}
}

// failing is memory of which one read fails, and which notes what was read.
type failing struct {
	dlvext.Memory
	reads []dlvext.Range
	fail  dlvext.Range
}

func (f *failing) Read(addr uint64, buf []byte) error {
	if f.ReadMany([]dlvext.Range{{Addr: addr, Len: len(buf)}})[0] == nil {
		return &dlvext.Fault{Addr: addr, Len: len(buf), Why: "it is to fail"}
	}
	return f.Memory.Read(addr, buf)
}

func (f *failing) ReadMany(ranges []dlvext.Range) [][]byte {
	f.reads = append(f.reads, ranges...)
	out := dlvext.ReadMany(f.Memory, ranges)
	for i, r := range ranges {
		if r == f.fail {
			out[i] = nil
		}
	}
	return out
}

// Whatever cannot be read, nobody is accused who would not be without: either
// nothing depends on it, or a doubt is noted.
func TestUnreadableHeapAccusesNobody(t *testing.T) {
	t.Parallel()
	tg := testtarget.Start(t, testtarget.Build(t, "leaks", testtarget.Options{}))
	w := wholeHeap(t, tg.PID)
	memory := &failing{Memory: w.img.Memory}
	w.img.Memory = memory
	search := func(fail dlvext.Range) (leaked []uint64, doubts []string) {
		memory.fail = fail
		r, err := w.searchLeaks(t.Context())
		if err != nil {
			return nil, []string{err.Error()}
		}
		for g := range r.suspects {
			leaked = append(leaked, g.id)
		}
		slices.Sort(leaked)
		return leaked, r.doubts
	}
	want, doubts := search(dlvext.Range{})
	if len(want) != 2 || len(doubts) > 0 {
		t.Fatalf("leaked are %v, with doubts %v", want, doubts)
	}
	reads, harmless := memory.reads, 0
	seen := map[dlvext.Range]bool{}
	for _, fail := range reads {
		if seen[fail] {
			continue
		}
		seen[fail] = true
		got, doubts := search(fail)
		if len(doubts) > 0 {
			continue
		}
		harmless++
		for _, id := range got {
			if !slices.Contains(want, id) {
				t.Errorf("when %d bytes at %#x cannot be read, go:%d is said to have leaked", fail.Len, fail.Addr, id)
			}
		}
	}
	t.Logf("%d reads, of which %d can fail without a doubt", len(seen), harmless)
}

// BenchmarkLeaks looks for leaks in a heap of a gigabyte with 100,000
// goroutines: go test -run '^$' -bench Leaks -benchtime 3x ./walker/golang
func BenchmarkLeaks(b *testing.B) {
	tg := testtarget.Start(b, testtarget.Build(b, "bigheap", testtarget.Options{}))
	begin := time.Now()
	w := wholeHeap(b, tg.PID)
	b.Logf("captured and walked in %v", time.Since(begin))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		h, err := w.openHeap()
		if err != nil {
			b.Fatal(err)
		}
		r := w.newReach(b.Context(), h)
		r.run()
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(h.Size()), "own/heap")
		b.ReportMetric(float64(len(r.suspects)), "leaked")
		objects, bytes := r.marks.Count()
		b.ReportMetric(float64(objects), "objects")
		b.ReportMetric(float64(bytes)/1e6, "MB")
		if len(r.doubts) > 0 {
			b.Error(r.doubts)
		}
		b.StartTimer()
	}
}
