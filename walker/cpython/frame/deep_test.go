package frame

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/dlv-async/dlv-async/dlvext"
	"github.com/dlv-async/dlv-async/internal/testtarget"
	"github.com/dlv-async/dlv-async/walker"
	"github.com/dlv-async/dlv-async/walker/cpython/object"
)

type toldTasks struct {
	Many []object.Ref
	Deep object.Ref
}

// A chain of 10,000 awaits is followed as far as any is, and said to be cut.
func TestDeepChain(t *testing.T) {
	eachPython(t, func(t *testing.T, py testtarget.Python) {
		p := start(t, py, "frames_deep.py")
		want := ask[toldTasks](t, p, "tasks")
		links, leaf := p.Chain(want.Deep, nil)
		p.noError(t)
		if len(links) != walker.MaxDepth || leaf.Kind != AtCut {
			t.Fatalf("%d links, and it ends at %v", len(links), leaf)
		}
		for _, l := range links {
			if l.Func != "__main__.deep" || l.State != Awaiting {
				t.Fatalf("%s, %v, is in the chain", l.Func, l.State)
			}
		}
		// It can be followed from there.
		next, leaf := p.Chain(leaf.Object, nil)
		p.noError(t)
		if len(next) != walker.MaxDepth || leaf.Kind != AtCut || next[0].Gen == links[len(links)-1].Gen {
			t.Fatalf("%d further links, and it ends at %v", len(next), leaf)
		}
	})
}

// What it takes to follow the chains of 10,000 tasks, each of 5 frames, and to
// look for with statements in them, once their memory is copied.
func BenchmarkChains(b *testing.B) {
	const tasks, depth = 10_000, 3 // and sleep
	for _, py := range testtarget.Pythons(b) {
		b.Run(py.Name, func(b *testing.B) {
			tg := testtarget.StartPython(b, py, "frames_deep.py", strconv.Itoa(tasks), strconv.Itoa(depth))
			p := read(b, py, tg)
			want := ask[toldTasks](b, p, "tasks")
			opened, err := dlvext.OpenProcess(tg.PID)
			if err != nil {
				b.Fatal(err)
			}
			defer opened.Close()
			private := dlvext.CaptureOptions{Private: true, MaxStop: time.Minute}
			img, err := opened.Capture(b.Context(), private, func(context.Context, *dlvext.Image) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
			defer img.Close()
			frames := 0
			for b.Loop() {
				frames = 0
				fresh := NewReader(object.NewReader(img, p.layout))
				for _, coroutine := range want.Many {
					links, _ := fresh.Chain(coroutine, nil)
					for i := range links {
						var next *Frame
						if i+1 < len(links) {
							next = &links[i+1].Frame
						}
						if len(fresh.Managers(&links[i].Frame, next)) != 0 {
							b.Fatal("there is a with statement")
						}
					}
					frames += len(links)
				}
				if err := fresh.o.Take(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(frames), "frames")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(frames), "ns/frame")
		})
	}
}
