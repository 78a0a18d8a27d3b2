package golang

import (
	"context"
	"fmt"
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
	if err := in.Walk(t.Context(), img, graph.NewBuilder("")); err != nil {
		t.Fatal(err)
	}
	return &walk{collection: in.collection, b: graph.NewBuilder(""), frames: newFrameTable(in.program)}
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
